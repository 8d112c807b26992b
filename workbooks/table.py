"""A workbook's sheets as a table's rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from checks.definition import TABLES, Definition, Sheet
from checks.finding import ERROR, Finding
from checks.rows import ROW, SHEET, Rows, empty_rows
from plans.sentence import Sentence
from workbooks.package import SHARED, Package, SheetPart
from workbooks.refusal import Refused
from workbooks.sheet import SheetReading, grid_of, opened, read_sheet
from workbooks.sheet_xml import SheetXml
from workbooks.stamp import NOTES

TABLE_CODE = re.compile(r"^\s*(\d+(?:\.\d+)+(?![\d.])|\d+(?=\s*$))")
"""A code at a sheet's name's start; one without a point must be the whole name (12, not 2020年)."""
LONGEST_NOTES = 5_000_000
CLAIM = 4_096


def read_table(path: Path, package: Package, definition: Definition) -> SheetReading:
    """The rows as they stand, with what is wrong with the cells; `Refused` where there are none."""
    parts = {sheet.name: part for sheet in definition.sheets if (part := _part(package, sheet.name))}
    if not parts:
        raise _no_sheet(package, definition)
    _demand_honest_strings(package)
    readings = [read_sheet(path, package, part, definition.sheet(name)) for name, part in parts.items()]
    gone = [_absent(sheet) for sheet in definition.sheets if sheet.name not in parts]
    found = [finding for reading in readings for finding in reading.findings]
    return SheetReading(_together(definition, [reading.rows for reading in readings]), gone + found)


def notes_rows(path: Path, package: Package) -> list[tuple[str | None, ...]]:
    """The cells of the sheet `说明`; nothing where there is none, or far more than we write there."""
    part = _part(package, NOTES)
    if part is None or package.size(part.member) > LONGEST_NOTES:
        return []
    SheetXml(part.name, package.read(part.member)).demand_bounds()
    return list(grid_of(opened(path), part.name).iter_rows())


def code_among(names: Sequence[str]) -> str:
    """The table of the first sheet that is named by its code; 6.1.2 is a sheet of 6.1."""
    for name in names:
        match = TABLE_CODE.match(name)
        code = match[1] if match else ""
        while code:
            if (TABLES / f"{code}.yaml").is_file():
                return code
            code = code.rpartition(".")[0]
    return ""


def sheet_named(names: Sequence[str], wanted: str) -> str | None:
    """The sheet of this name; a title behind the code doesn't matter."""
    exact = [name for name in names if name.strip() == wanted]
    near = [name for name in names if re.match(rf"\s*{re.escape(wanted)}(?![\d.])", name)]
    return next(iter(exact + near), None)


def _part(package: Package, name: str) -> SheetPart | None:
    found = sheet_named([part.name for part in package.sheets], name)
    return next((part for part in package.sheets if part.name == found), None)


def _no_sheet(package: Package, definition: Definition) -> Refused:
    names = "、".join(f"“{part.name}”" for part in package.sheets[:5]) or Sentence("没有工作表")
    other = code_among([part.name for part in package.sheets])
    if other:
        return wrong_table(definition, other)
    wanted = "、".join(sheet.name for sheet in definition.sheets)
    return Refused(
        "unreadable-no-sheet",
        Sentence("工作簿里没有名为“%(wanted)s”的工作表（现有：%(names)s）。", wanted=wanted, names=names),
        Sentence("请下载 %(label)s 的模板，把数据粘贴到模板中；工作表名不要改动。", label=definition.label),
    )


def wrong_table(definition: Definition, other: str) -> Refused:
    """The workbook belongs to another table."""
    return Refused(
        "wrong-table",
        Sentence(
            "这个工作簿属于数据表 %(other)s，而这里要的是 %(label)s。", other=other, label=definition.label
        ),
        Sentence(
            "请到数据表 %(other)s 的页面上传它，或在这里上传 %(label)s 的工作簿。",
            other=other,
            label=definition.label,
        ),
    )


def _absent(sheet: Sheet) -> Finding:
    return Finding(
        rule="missing-sheet",
        severity=ERROR,
        message=Sentence("工作簿里缺少工作表“%(name)s”（%(title)s）。", name=sheet.name, title=sheet.title),
        remedy=Sentence("请用模板填报，保留全部工作表；没有数据的工作表只留第 1 行列名。"),
        sheet=sheet.name,
    )


def _demand_honest_strings(package: Package) -> None:
    """The shared texts must not claim to be more than their bytes can hold."""
    if SHARED not in package.names():
        return
    head = next(package.blocks(SHARED, CLAIM), b"")
    for claim in re.findall(rb'\s(?:uniqueCount)="(\d+)"', head):
        if int(claim) > package.size(SHARED):
            raise Refused(
                "unreadable-shared-strings",
                Sentence("文件内部的文字数量与实际不符，可能不安全，已停止读取。"),
            )


def _together(definition: Definition, parts: list[Rows]) -> Rows:
    """The sheets under each other, columns in the definition's order and unknown ones behind."""
    frame = pl.concat([part.frame for part in parts], how="diagonal")
    order = [field.name for field in definition.fields if field.name in frame.columns]
    rest = [name for name in frame.columns if name not in order and name not in (SHEET, ROW)]
    columns = {sheet: names for part in parts for sheet, names in part.columns.items()}
    whole = Rows(frame.select(SHEET, ROW, *order, *rest), columns)
    return whole if frame.height else replace(empty_rows(definition), columns=columns)
