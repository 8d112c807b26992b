"""What a worksheet's XML tells that its values don't: extent, formulas, errors, merged cells, numeric cells.

Scanned by byte patterns: a hundred thousand rows in a fraction of a second, and nothing is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workbooks.refusal import Refused, damaged

FAR_COLUMN = 104
LAST_ROW = 1_048_576
GAP_ROWS = 100_000


@dataclass(frozen=True)
class CellPlace:
    """A cell by 1-based row and 0-based column."""

    row: int
    column: int

    @classmethod
    def parse(cls, reference: bytes) -> CellPlace:
        """The place of a reference such as b"F17"."""
        letters = reference.rstrip(b"0123456789")
        column = 0
        for letter in letters:
            column = column * 26 + letter - ord("A") + 1
        return cls(int(reference[len(letters) :]), column - 1)


class SheetXml:
    """One worksheet's XML; `Refused` where its extent is absurd or its cells have no references."""

    def __init__(self, name: str, content: bytes) -> None:
        self._xml = content
        worksheet = re.search(rb"<((?:\w+:)?)worksheet\b", content[:65_536])
        if worksheet is None:
            raise damaged(name)
        self._tag = re.escape(worksheet[1])
        self.name = name
        row = b"<" + worksheet[1] + b"row"
        self.row_elements = sum(content.count(row + end) for end in (b" ", b">", b"/", b"\t", b"\n", b"\r"))
        self._cell = self._cell_start(worksheet[1])
        self._demand_references()
        self._demand_reasonable_extent()

    def _cell_start(self, tag: bytes) -> bytes:
        """How a cell's reference begins; a literal one, many times faster, where all cells begin alike."""
        usual = b"<" + tag + b'c r="'
        alike = self._xml.count(usual)
        if alike and alike == self._xml.count(b"<" + tag + b"c "):
            return re.escape(usual)
        return rb"<" + self._tag + rb'c\b[^>]*?\sr="'

    def _demand_references(self) -> None:
        first = re.search(rb"<" + self._tag + rb"c\b[^>]*>", self._xml)
        if first is not None and not re.search(rb'\sr="[A-Z]+\d+"', first[0]):
            raise Refused(
                "unreadable-layout",
                f"工作表“{self.name}”的单元格没有标明位置，无法可靠读取。",
                sheet=self.name,
            )

    def _demand_reasonable_extent(self) -> None:
        """No cell far to the right, none far below the others."""
        last = min(self.row_elements + GAP_ROWS, LAST_ROW)
        leading, digits = int(str(last)[0]), len(str(last))
        low = rb"[A-Z]{1,2}(?:[%d-9]\d{%d}|\d{%d,})" % (leading, digits - 1, digits + 1)
        far = self._cell + rb"([A-Z]{3,}\d+|[D-Z][A-Z]\d+|" + low + rb')"'
        for match in re.finditer(far, self._xml):
            place = CellPlace.parse(match[1])
            if place.row > last or place.column >= FAR_COLUMN:
                raise self._far(place)

    def _far(self, place: CellPlace) -> Refused:
        from checks.rows import letters

        cell = f"{letters(place.column)}{place.row}"
        return Refused(
            "unreadable-far-cell",
            f"工作表“{self.name}”在很远的位置 {cell} 还有内容，表格大得异常。",
            "请删除数据区以外的内容（按 Ctrl+End 可以跳到最后一个单元格）后重新上传。",
            self.name,
            cell,
        )

    @property
    def first_column(self) -> int:
        """The leftmost column that has a cell."""
        if re.search(self._cell + rb"A\d", self._xml):
            return 0
        found = set(re.findall(self._cell + rb"([A-Z]+)\d", self._xml))
        return min((CellPlace.parse(letters + b"1").column for letters in found), default=0)

    def formulas(self) -> list[CellPlace]:
        """Cells that hold a formula."""
        if not re.search(rb"<" + self._tag + rb"f[\s>/]", self._xml):
            return []
        pattern = self._cell + rb'([A-Z]+\d+)"[^>]*>\s*<' + self._tag + rb"f[\s>/]"
        return [CellPlace.parse(found) for found in re.findall(pattern, self._xml)]

    def errors(self) -> list[CellPlace]:
        """Cells that show an error such as #REF!."""
        if b't="e"' not in self._xml:
            return []
        cells = re.findall(rb"<" + self._tag + rb'c\b[^>]*\st="e"[^>]*>', self._xml)
        found = (re.search(rb'\sr="([A-Z]+\d+)"', cell) for cell in cells)
        return [CellPlace.parse(match[1]) for match in found if match]

    def numbers(self, columns: Iterable[str]) -> list[CellPlace]:
        """Cells of the columns (by letters) that hold a number (or TRUE, FALSE) instead of text."""
        letters = "|".join(columns).encode()
        if not letters:
            return []
        # Text cells, nearly all, must fail here already: a match costs a hundred times as much.
        attributes = rb"(?:(?!\st=)[^>]|\st=\"[nb]\")*"
        pattern = (
            self._cell + rb"((?:" + letters + rb')\d+)"(' + attributes + rb")(?<!/)>\s*<" + self._tag + rb"v>"
        )
        return [
            CellPlace.parse(match[1])
            for match in re.finditer(pattern, self._xml)
            if not re.search(rb'\st="(?![nb]")', match[0])
        ]

    def merged(self) -> list[str]:
        """Merged ranges such as A2:A5."""
        found = re.findall(rb"<" + self._tag + rb'mergeCell\s[^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"', self._xml)
        return [match.decode() for match in found]
