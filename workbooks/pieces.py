"""A large worksheet cut into runs of rows, each a sheet of its own in a workbook beside it.

So that memory holds a few pieces instead of all cells at once, and pieces are read side by side.  The extent
of every piece is checked before anything is made of its values.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from plans.sentence import Sentence
from workbooks.package import SHARED, STYLES, Package, SheetPart
from workbooks.refusal import Refused
from workbooks.sheet_xml import HEAD, SheetXml, tag_of

LARGE = 20_000_000
"""Bytes of XML beyond which a sheet is cut."""
PIECE = 12_000_000
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True)
class Piece:
    """A run of rows as a sheet in the workbook of pieces; ``alike`` as `SheetXml` says.

    ``anchor``: the row number of the cell that was put before the rows, in column A, so that a reader begins
    there; None for the piece that begins with the sheet itself.
    """

    name: str
    anchor: int | None
    alike: bool


class Pieces:
    """The workbook of pieces; ``rows`` counts the sheet's row elements.  `Refused` where it cannot be cut."""

    def __init__(self, package: Package, part: SheetPart, path: Path) -> None:
        self.path = path
        self.part = part
        self.found: list[Piece] = []
        self.rows = 0
        self._places: dict[str, tuple[int, int]] = {}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as out:
            self._copy(package, out)
            with (
                closing(package.blocks(part.member, PIECE)) as blocks,
                ThreadPoolExecutor(1) as unpacking,
                ThreadPoolExecutor(1) as writing,
                closing(self._cut(_ahead(unpacking, blocks))) as runs,
            ):
                written: Future[None] | None = None
                for content, last in runs:
                    parts = self._add(content, last)
                    if written:
                        written.result()
                    written = writing.submit(self._write, out, _member(self.found[-1]), *parts)
                if written:
                    written.result()
            out.writestr("xl/workbook.xml", _workbook(self.found, package.date_1904))
            out.writestr("xl/_rels/workbook.xml.rels", _links("worksheet", _targets(self.found)))
            out.writestr("_rels/.rels", _links("officeDocument", {"w": "xl/workbook.xml"}))

    def xml(self, piece: Piece) -> SheetXml:
        """The piece's own rows, for its facts."""
        start, length = self._places[_member(piece)]
        with self.path.open("rb") as file:
            file.seek(start)
            return SheetXml(self.part.name, file.read(length), self._tag, piece.alike)

    def _copy(self, package: Package, out: zipfile.ZipFile) -> None:
        """What values need besides their sheet: texts, and the styles that make numbers dates."""
        for member in (SHARED, STYLES):
            if member in package.names():
                out.writestr(member, package.read(member))

    def _cut(self, blocks: Iterator[bytes]) -> Generator[tuple[bytes, bool]]:
        """The rows in runs: the first row, which holds the titles, alone; the last with all that follows."""
        held = next(blocks, b"")
        self._tag = tag_of(self.part.name, held[:HEAD])
        begin = re.search(rb"<" + re.escape(self._tag) + rb"sheetData[^>/]*>", held)
        end = b"</" + self._tag + b"row>"
        if begin is None:
            raise _uncuttable(self.part.name)
        self._head = held[: begin.end()]
        held = held[begin.end() :]
        first = held.find(end) + len(end)
        if first >= len(end):
            yield held[:first], False
            held = held[first:]
        for block in blocks:
            held += block
            cut = held.rfind(end) + len(end)
            if cut >= len(end):
                yield held[:cut], False
                held = held[cut:]
        yield held, True

    def _add(self, content: bytes, last: bool) -> tuple[bytes, bytes, bytes]:
        """Check a piece's extent, and make a sheet of it."""
        xml = SheetXml(self.part.name, content, self._tag)
        rows = xml.demand_bounds(self.rows)
        anchor = self._anchor(content) if self.found and rows else None
        piece = Piece(f"p{len(self.found)}", anchor, xml.alike)
        closing = b"" if last else b"</%bsheetData></%bworksheet>" % (self._tag, self._tag)
        self.found.append(piece)
        self.rows += rows
        return self._opening(anchor), content, closing

    def _write(
        self, out: zipfile.ZipFile, member: str, opening: bytes, content: bytes, closing: bytes
    ) -> None:
        """Nothing is packed, so that the rows can be read again where they stand."""
        with out.open(member, "w", force_zip64=True) as file:
            file.write(opening)
            self._places[member] = (out.fp.tell() if out.fp else 0, len(content))
            file.write(content)
            file.write(closing)

    def _anchor(self, content: bytes) -> int:
        """The row number before the piece's first; rows must go down the sheet."""
        row = re.search(rb"<" + re.escape(self._tag) + rb'row\b[^>]*?\sr="(\d{1,7})"', content)
        last = max((piece.anchor or 0 for piece in self.found), default=0)
        if row is None or int(row[1]) - 1 <= last:
            raise Refused(
                "unreadable-layout",
                Sentence("工作表“%(name)s”的行没有按顺序标明行号，无法可靠读取。", name=self.part.name),
                sheet=self.part.name,
            )
        return int(row[1]) - 1

    def _opening(self, anchor: int | None) -> bytes:
        if anchor is None:
            return self._head
        tag = self._tag
        cell = b'<%bc r="A%d" t="str"><%bv>-</%bv></%bc>' % (tag, anchor, tag, tag, tag)
        return self._head + b'<%brow r="%d">%b</%brow>' % (tag, anchor, cell, tag)


def _ahead(pool: ThreadPoolExecutor, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks, the next one unpacked while one is looked at."""
    coming = pool.submit(next, blocks, b"")
    while block := coming.result():
        coming = pool.submit(next, blocks, b"")
        yield block


def _uncuttable(name: str) -> Refused:
    return Refused(
        "unreadable-layout", Sentence("工作表“%(name)s”里找不到数据区，无法可靠读取。", name=name), sheet=name
    )


def _member(piece: Piece) -> str:
    return f"xl/worksheets/{piece.name}.xml"


def _workbook(pieces: list[Piece], date_1904: bool) -> str:
    sheets = "".join(
        f'<sheet name="{piece.name}" sheetId="{number}" r:id="{piece.name}"/>'
        for number, piece in enumerate(pieces, 1)
    )
    system = '<workbookPr date1904="1"/>' if date_1904 else ""
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{system}<sheets>{sheets}</sheets></workbook>'


def _targets(pieces: list[Piece]) -> dict[str, str]:
    return {piece.name: f"worksheets/{piece.name}.xml" for piece in pieces}


def _links(kind: str, targets: Mapping[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, target in targets.items()
    )
    return f'<Relationships xmlns="{LINKS}">{links}</Relationships>'
