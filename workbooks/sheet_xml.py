"""What a worksheet's XML tells that its values don't: extent, formulas, errors, merged cells, numeric cells.

Scanned by byte patterns: a hundred thousand rows in a fraction of a second, and nothing is expanded.  A large
sheet is scanned piece by piece, a piece being any run of whole rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from plans.sentence import Sentence
from workbooks.refusal import Refused, damaged

FAR_COLUMN = 104
LAST_ROW = 1_048_576
GAP_ROWS = 100_000
HEAD = 65_536


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


def tag_of(name: str, head: bytes) -> bytes:
    """The prefix that a sheet's elements have, such as b"x:"; `Refused` where it is no worksheet."""
    worksheet = re.search(rb"<((?:\w+:)?)worksheet\b", head[:HEAD])
    if worksheet is None:
        raise damaged(name)
    return worksheet[1]


class SheetXml:
    """A worksheet's XML or a piece of it; ``alike``: whether all its cells begin with their reference."""

    def __init__(
        self, name: str, content: bytes, tag: bytes | None = None, alike: bool | None = None
    ) -> None:
        self._prefix = tag_of(name, content) if tag is None else tag
        self.name = name
        self._xml = content
        self._tag = re.escape(self._prefix)
        self.alike = self._all_alike() if alike is None else alike
        # A literal beginning is many times faster to find.
        usual, any_other = b"<" + self._prefix + b'c r="', rb"<" + self._tag + rb'c\b[^>]*?\sr="'
        self._cell = re.escape(usual) if self.alike else any_other

    def _all_alike(self) -> bool:
        return re.search(rb"<" + self._tag + rb'c\s(?!r=")', self._xml) is None

    def demand_bounds(self, before: int = 0) -> int:
        """How many row elements there are, ``before`` them others; `Refused` where the extent is absurd."""
        rows = self._xml.count(b"<" + self._prefix + b"row")
        rows -= self._below.count(b"<" + self._prefix + b"rowBreaks")
        self._demand_references()
        self._demand_reasonable_extent(before + rows)
        return rows

    def _demand_references(self) -> None:
        first = re.search(rb"<" + self._tag + rb"c\b[^>]*>", self._xml)
        if first is not None and not re.search(rb'\sr="[A-Z]+\d+"', first[0]):
            raise Refused(
                "unreadable-layout",
                Sentence("工作表“%(name)s”的单元格没有标明位置，无法可靠读取。", name=self.name),
                sheet=self.name,
            )

    def _demand_reasonable_extent(self, rows: int) -> None:
        """No cell far to the right, none far below the others."""
        last = min(rows + GAP_ROWS, LAST_ROW)
        leading, digits = int(str(last)[0]), len(str(last))
        # Near cells, nearly all, must fail here already: a match costs a hundred times as much.
        near = rb'[A-C]?[A-Z](?:\d{1,%d}|[0-%d]\d{%d})"' % (digits - 1, leading - 1, digits - 1)
        for match in re.finditer(self._cell + rb"(?!" + near + rb')([A-Z]+\d+)"', self._xml):
            place = CellPlace.parse(match[1])
            if place.row > last or place.column >= FAR_COLUMN:
                raise self._far(place)

    def _far(self, place: CellPlace) -> Refused:
        from checks.rows import letters

        cell = f"{letters(place.column)}{place.row}"
        return Refused(
            "unreadable-far-cell",
            Sentence(
                "工作表“%(name)s”在很远的位置 %(cell)s 还有内容，表格大得异常。", name=self.name, cell=cell
            ),
            Sentence("请删除数据区以外的内容（按 Ctrl+End 可以跳到最后一个单元格）后重新上传。"),
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
        # Text cells as usually written must fail here already.
        text = rb'(?:\ss="\d+")?\st="(?:s|inlineStr|str)"'
        cell = rb"((?:" + letters + rb')\d+)"(?!' + text + rb")([^>]*)(?<!/)>\s*<" + self._tag + rb"v[\s>]"
        return [
            CellPlace.parse(match[1])
            for match in re.finditer(self._cell + cell, self._xml)
            if not re.search(rb'\st="(?![nb]")', match[0])
        ]

    def merged(self) -> list[str]:
        """Merged ranges such as A2:A5."""
        merge = rb"<" + self._tag + rb'mergeCell\s[^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"'
        return [match.decode() for match in re.findall(merge, self._below)]

    @property
    def _below(self) -> bytes:
        """What follows the last row."""
        return self._xml[max(self._xml.rfind(b"</" + self._prefix + b"row>"), 0) :]
