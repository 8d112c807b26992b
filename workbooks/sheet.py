"""One data sheet's values: titles found, blank rows dropped, every cell still addressable."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import fastexcel
import polars as pl

from checks.definition import Sheet
from checks.finding import WARNING, Finding
from checks.normalise import BLANKS
from checks.rows import ROW, SHEET, Rows, letters
from plans.sentence import Sentence
from workbooks.cell_facts import findings_of, hidden_sheet
from workbooks.marks import RESULTS
from workbooks.package import Package, SheetPart
from workbooks.pieces import LARGE, Piece, Pieces
from workbooks.refusal import Refused, damaged
from workbooks.sheet_xml import GAP_ROWS, SheetXml

READERS = 2
"""How many pieces are read at once; each reader holds all texts of the workbook."""


@dataclass(frozen=True)
class SheetReading:
    """The sheet's rows as they stand, and what is wrong with its cells."""

    rows: Rows
    findings: list[Finding]


@dataclass(frozen=True)
class _Run:
    """A run of rows: its data, the positions of columns with data but no title, and its cells' findings."""

    body: pl.DataFrame
    nameless: set[int]
    findings: list[Finding]


def read_sheet(path: Path, package: Package, part: SheetPart, sheet: Sheet) -> SheetReading:
    """The sheet as the definition's; `Refused` where its extent is absurd or its inside broken."""
    large = package.size(part.member) > LARGE
    titles, rows, runs = (_in_pieces if large else _at_once)(path, package, part, sheet)
    body = pl.concat([run.body for run in runs], how="diagonal")
    if rows - body.height > GAP_ROWS:
        raise _blank_rows(part.name, rows - body.height)
    nameless = sorted(set().union(*(run.nameless for run in runs)))
    found = [*hidden_sheet(part, sheet), *_unnamed(sheet.name, nameless)]
    found += [finding for run in runs for finding in run.findings]
    return SheetReading(Rows(body, {sheet.name: _read(titles)}), found)


def grid_of(reader: fastexcel.ExcelReader, name: str, skip: int | None = 0) -> pl.DataFrame:
    """Every cell as text from row 1 on (with ``skip`` None from the first row that holds anything).

    The first column is the sheet's first used one.
    """
    try:
        found: pl.DataFrame = reader.load_sheet(
            name, header_row=None, skip_rows=skip, dtypes="string"
        ).to_polars()
    except fastexcel.FastExcelError as error:
        raise damaged(Sentence("工作表“%(name)s”", name=name)) from error
    return found


def opened(path: Path) -> fastexcel.ExcelReader:
    """The workbook opened for its values."""
    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise damaged() from error


def _at_once(
    path: Path, package: Package, part: SheetPart, sheet: Sheet
) -> tuple[tuple[str, ...], int, list[_Run]]:
    xml = SheetXml(part.name, package.read(part.member))
    rows = xml.demand_bounds()
    grid = grid_of(opened(path), part.name)
    titles = _titles(grid, xml.first_column)
    return titles, rows, [_run(sheet, grid, titles, xml, xml.first_column, 1)]


def _in_pieces(
    _: Path, package: Package, part: SheetPart, sheet: Sheet
) -> tuple[tuple[str, ...], int, list[_Run]]:
    with TemporaryDirectory() as folder:
        pieces = Pieces(package, part, Path(folder) / "pieces.xlsx")
        head, *rest = pieces.found
        xml, reader = pieces.xml(head), opened(pieces.path)
        grid = grid_of(reader, head.name)
        titles = _titles(grid, xml.first_column)
        runs = [_run(sheet, grid, titles, xml, xml.first_column, 1)]
        readers = threading.local()
        spare = [reader]

        def read(piece: Piece) -> _Run:
            if not hasattr(readers, "own"):
                readers.own = spare.pop() if spare else opened(pieces.path)
            grid = grid_of(readers.own, piece.name, None)
            return _run(sheet, grid, titles, pieces.xml(piece), 0, piece.anchor or 1)

        with ThreadPoolExecutor(min(READERS, os.cpu_count() or 1)) as pool:
            try:
                runs += pool.map(read, rest)
            finally:
                pool.shutdown(cancel_futures=True)
    return titles, pieces.rows, runs


def _titles(grid: pl.DataFrame, first: int) -> tuple[str, ...]:
    """Row 1 without blanks, from column A on; names that our own columns have lose their underline."""
    cells = grid.row(0) if grid.height else ()
    names = (re.sub(r"\s+", "", cell or "").strip(BLANKS) for cell in cells)
    return ("",) * first + tuple(name.strip("_") if name in (SHEET, ROW) else name for name in names)


def _read(titles: Sequence[str]) -> tuple[str, ...]:
    """The titles of the columns that are read, up to the last of them."""
    own = ["" if title == RESULTS else title for title in titles]
    while own and not own[-1]:
        own.pop()
    return tuple(own)


def _run(
    sheet: Sheet, grid: pl.DataFrame, titles: Sequence[str], xml: SheetXml, first: int, number: int
) -> _Run:
    """The rows below the grid's first, whose number it is; the grid begins at column ``first``.

    Each column stands under its title (the first of equal ones); what an earlier return said of the rows is
    no data.
    """
    chosen: dict[str, str] = {}
    nameless: dict[int, str] = {}
    for position, column in enumerate(grid.columns, first):
        title = titles[position] if position < len(titles) else ""
        if not title:
            nameless[position] = column
        elif title != RESULTS:
            chosen.setdefault(title, column)
    below = grid.with_row_index(ROW, offset=number).slice(1)
    kept = _not_blank(below, list(chosen.values()))
    columns = [pl.col(column).alias(title) for title, column in chosen.items()]
    body = kept.select(pl.lit(sheet.name).alias(SHEET), pl.col(ROW).cast(pl.Int64), *columns)
    rows = Rows(body, {sheet.name: _read(titles)})
    used = {place for place, column in nameless.items() if below.select(_filled(column).any()).item()}
    return _Run(body, used, list(findings_of(xml, sheet, rows)))


def _not_blank(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """The rows that hold anything; nearly always each has something in its first column."""
    if not columns:
        return rows.clear()
    if rows.select(_filled(columns[0]).fill_null(False).all()).item():
        return rows
    return rows.filter(pl.any_horizontal(_filled(column) for column in columns))


def _filled(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars(BLANKS).str.len_bytes() > 0


def _unnamed(sheet: str, positions: Sequence[int]) -> Iterator[Finding]:
    """Columns with data under no title: not read, so said."""
    for position in positions:
        yield Finding(
            rule="unknown-column",
            severity=WARNING,
            message=Sentence(
                "%(column)s 列有内容但第 1 行没有列名，这一列没有读取。", column=letters(position)
            ),
            remedy=Sentence("需要的，请在第 1 行写上模板中的列名；不需要的，请删除这一列。"),
            sheet=sheet,
            cell=f"{letters(position)}1",
            row=1,
        )


def _blank_rows(sheet: str, count: int) -> Refused:
    return Refused(
        "unreadable-empty-rows",
        Sentence("工作表“%(sheet)s”里有 %(count)s 行空白行，表格大得异常。", sheet=sheet, count=count),
        Sentence("请选中数据以下的全部空白行，右键“删除”（不是清除内容），保存后重新上传。"),
        sheet,
    )
