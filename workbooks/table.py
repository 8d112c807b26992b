"""A workbook's sheets as a table's rows: headings found, blank rows dropped, every cell still addressable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import fastexcel
import polars as pl

from checks.definition import Definition, Sheet
from checks.finding import ERROR, WARNING, Finding
from checks.normalise import BLANKS
from checks.rows import ROW, SHEET, Rows, empty_rows, letters
from workbooks.cell_facts import findings_of
from workbooks.marks import RESULTS
from workbooks.package import Package, SheetPart
from workbooks.refusal import Refused, damaged
from workbooks.sheet_xml import GAP_ROWS, SheetXml
from workbooks.stamp import NOTES

TABLE_CODE = re.compile(r"^\s*(\d+(?:\.\d+)+)(?![\d.])")
SHARED = "xl/sharedStrings.xml"


@dataclass(frozen=True)
class Reading:
    """What a workbook holds for a table."""

    rows: Rows
    findings: list[Finding]


def read_table(path: Path, package: Package, definition: Definition) -> Reading:
    """The rows as they stand, with what is wrong with the cells; `Refused` where there are none."""
    parts = {sheet.name: part for sheet in definition.sheets if (part := _part(package, sheet.name))}
    if not parts:
        raise _no_sheet(package, definition)
    _demand_honest_strings(package)
    book = _Book(path, package)
    readings = [book.read(definition.sheet(name), part) for name, part in parts.items()]
    gone = [_absent(sheet) for sheet in definition.sheets if sheet.name not in parts]
    found = [finding for reading in readings for finding in reading.findings]
    return Reading(_together(definition, [reading.rows for reading in readings]), gone + found)


def notes_rows(path: Path, package: Package) -> list[tuple[str | None, ...]]:
    """The cells of the sheet `说明`; nothing where there is none."""
    part = _part(package, NOTES)
    return list(_Book(path, package).load(part).iter_rows()) if part else []


def sheet_named(names: Sequence[str], wanted: str) -> str | None:
    """The sheet of this name; a title behind the code doesn't matter."""
    exact = [name for name in names if name.strip() == wanted]
    near = [name for name in names if re.match(rf"\s*{re.escape(wanted)}(?![\d.])", name)]
    return next(iter(exact + near), None)


def _part(package: Package, name: str) -> SheetPart | None:
    found = sheet_named([part.name for part in package.sheets], name)
    return next((part for part in package.sheets if part.name == found), None)


def _no_sheet(package: Package, definition: Definition) -> Refused:
    names = "、".join(f"“{part.name}”" for part in package.sheets[:5]) or "没有工作表"
    other = next((match[1] for part in package.sheets if (match := TABLE_CODE.match(part.name))), None)
    if other is not None:
        return wrong_table(definition, other)
    wanted = "、".join(sheet.name for sheet in definition.sheets)
    return Refused(
        "unreadable-no-sheet",
        f"工作簿里没有名为“{wanted}”的工作表（现有：{names}）。",
        f"请下载 {definition.label} 的模板，把数据粘贴到模板中；工作表名不要改动。",
    )


def wrong_table(definition: Definition, other: str) -> Refused:
    """The workbook belongs to another table."""
    return Refused(
        "wrong-table",
        f"这个工作簿属于数据表 {other}，而这里要的是 {definition.label}。",
        f"请到数据表 {other} 的页面上传它，或在这里上传 {definition.label} 的工作簿。",
    )


def _absent(sheet: Sheet) -> Finding:
    return Finding(
        rule="missing-sheet",
        severity=ERROR,
        message=f"工作簿里缺少工作表“{sheet.name}”（{sheet.title}）。",
        remedy="请用模板填报，保留全部工作表；没有数据的工作表只留第 1 行列名。",
        sheet=sheet.name,
    )


def _demand_honest_strings(package: Package) -> None:
    """The shared texts must not claim to be more than their bytes can hold."""
    if SHARED not in package.names():
        return
    content = package.read(SHARED)
    for claim in re.findall(rb'\s(?:uniqueCount)="(\d+)"', content[:4096]):
        if int(claim) > len(content):
            raise Refused(
                "unreadable-shared-strings", "文件内部的文字数量与实际不符，可能不安全，已停止读取。"
            )


class _Book:
    """The workbook opened for its values."""

    def __init__(self, path: Path, package: Package) -> None:
        self._package = package
        try:
            self._reader = fastexcel.read_excel(path)
        except fastexcel.FastExcelError as error:
            raise damaged() from error

    def load(self, part: SheetPart) -> pl.DataFrame:
        """Every cell as text from row 1 on; the sheet's first column is its first used one."""
        self._xml = SheetXml(part.name, self._package.read(part.member))
        try:
            sheet = self._reader.load_sheet(part.name, header_row=None, skip_rows=0, dtypes="string")
            frame: pl.DataFrame = sheet.to_polars()
        except fastexcel.FastExcelError as error:
            raise damaged(f"工作表“{part.name}”") from error
        return frame

    def read(self, sheet: Sheet, part: SheetPart) -> Reading:
        """One data sheet."""
        grid = self.load(part)
        first = self._xml.first_column
        headings = _headings(grid, first)
        if RESULTS in headings:
            grid, headings = _without_results(grid, headings, first)
        body = _body(sheet.name, grid, headings, first)
        if self._xml.row_elements - body.height > GAP_ROWS:
            raise _blank_rows(part.name, self._xml.row_elements - body.height)
        rows = Rows(body, {sheet.name: headings})
        facts = findings_of(self._xml, part, sheet, rows)
        return Reading(rows, [*_unnamed(sheet.name, grid, headings, first), *facts])


def _without_results(
    grid: pl.DataFrame, headings: tuple[str, ...], first: int
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """What an earlier return said of the rows is no data."""
    told = [place for place, name in enumerate(headings) if name == RESULTS]
    blank = [pl.lit(None, pl.String).alias(grid.columns[place - first]) for place in told]
    return grid.with_columns(blank), tuple("" if name == RESULTS else name for name in headings)


def _headings(grid: pl.DataFrame, first: int) -> tuple[str, ...]:
    """Row 1 without blanks, from column A on; names that our own columns have lose their underline."""
    cells = grid.row(0) if grid.height else ()
    names = (re.sub(r"\s+", "", cell or "").strip(BLANKS) for cell in cells)
    return ("",) * first + tuple(name.strip("_") if name in (SHEET, ROW) else name for name in names)


def _body(sheet: str, grid: pl.DataFrame, headings: tuple[str, ...], first: int) -> pl.DataFrame:
    """The rows from row 2 on that hold anything, each column under its heading (the first of equal ones)."""
    chosen: dict[str, str] = {}
    for name, column in zip(headings[first:], grid.columns, strict=True):
        if name:
            chosen.setdefault(name, column)
    numbered = grid.with_row_index(ROW, offset=1).slice(1)
    filled = [pl.col(column).str.strip_chars(BLANKS).str.len_chars() > 0 for column in chosen.values()]
    kept = numbered.filter(pl.any_horizontal(filled)) if filled else numbered.clear()
    columns = [pl.col(column).alias(name) for name, column in chosen.items()]
    return kept.select(pl.lit(sheet).alias(SHEET), pl.col(ROW).cast(pl.Int64), *columns)


def _unnamed(sheet: str, grid: pl.DataFrame, headings: tuple[str, ...], first: int) -> Iterator[Finding]:
    """Columns with data under no heading: not read, so said."""
    for position, column in enumerate(grid.columns, first):
        if not headings[position] and (grid[column].str.strip_chars(BLANKS).str.len_chars() > 0).any():
            yield Finding(
                rule="unknown-column",
                severity=WARNING,
                message=f"{letters(position)} 列有内容但第 1 行没有列名，这一列没有读取。",
                remedy="需要的，请在第 1 行写上模板中的列名；不需要的，请删除这一列。",
                sheet=sheet,
                cell=f"{letters(position)}1",
                row=1,
            )


def _blank_rows(sheet: str, count: int) -> Refused:
    return Refused(
        "unreadable-empty-rows",
        f"工作表“{sheet}”里有 {count} 行空白行，表格大得异常。",
        "请选中数据以下的全部空白行，右键“删除”（不是清除内容），保存后重新上传。",
        sheet,
    )


def _together(definition: Definition, parts: list[Rows]) -> Rows:
    """The sheets under each other, columns in the definition's order and unknown ones behind."""
    frame = pl.concat([part.frame for part in parts], how="diagonal")
    order = [field.name for field in definition.fields if field.name in frame.columns]
    rest = [name for name in frame.columns if name not in order and name not in (SHEET, ROW)]
    columns = {sheet: names for part in parts for sheet, names in part.columns.items()}
    whole = Rows(frame.select(SHEET, ROW, *order, *rest), columns)
    return whole if frame.height else replace(empty_rows(definition), columns=columns)
