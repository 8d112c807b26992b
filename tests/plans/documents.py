"""Decompositions as Word, Excel and CSV files, made for a test."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import docx
import openpyxl

HEADINGS = ("序号", "采集步骤", "数据采集表格名称", "数据采集的部门", "审核部门", "数据采集截止时间")
TITLE = "2020年任务分解表"
ROWS: tuple[tuple[str, ...], ...] = (
    HEADINGS,
    ("1", "第一步：源数据", "1.6机构设置", "政务部", "政务部", "11月11日"),
    ("", "第二步：其他", "六、师资队伍（一级数据目录）", "", "", "11月18日"),
    ("31", "第二步：其他", "6.2 教师授课情况", "各系部", "教务部", "11月18日"),
    ("", "第二步：其他", "6.3 教师其他情况", "", "", "11月18日"),
    ("32", "第二步：其他", "1 培训进修", "各系部", "教务部", "11月18日"),
    ("33", "第二步：其他", "2挂职锻炼", "教务部、学务部", "教务部", "11月18日"),
    ("", "第二步：其他", "七、专业（一级数据目录）", "", "", ""),
    ("39", "第二步：其他", "7.1.2 专业带头人", "各系部", "教务部", "11月18日"),
    ("72", "第二步：其他", "十二、有关说明", "所有部门", "", "11月18日"),
)
CODES = ["1.6", "6.2", "6.3.1", "6.3.2", "7.1.2", "12"]
Rows = Sequence[Sequence[str]]


def write_csv(path: Path, rows: Rows = ROWS, title: str = TITLE, encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([[title], *rows] if title else rows)
    return path


def write_word(path: Path, rows: Rows = ROWS, title: str = TITLE, step_column: int | None = 1) -> Path:
    """A document whose equal neighbours in ``step_column`` are one merged cell."""
    document = docx.Document()
    document.add_paragraph(title)
    document.add_table(rows=1, cols=2).cell(0, 0).text = "另一张表"
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    for first, last in _runs(rows, step_column):
        merged = table.cell(first, step_column or 0).merge(table.cell(last, step_column or 0))
        merged.text = rows[first][step_column or 0]
    document.save(str(path))
    return path


def write_excel(path: Path, rows: Rows = ROWS, title: str = TITLE, step_column: int | None = 1) -> Path:
    """A workbook with the title above and the step column merged; directory headings run across."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([title])
    for row in rows:
        sheet.append(list(row))
    for first, last in _runs(rows, step_column):
        column = (step_column or 0) + 1
        sheet.merge_cells(start_row=first + 2, end_row=last + 2, start_column=column, end_column=column)
    book.save(path)
    return path


def _runs(rows: Rows, column: int | None) -> list[tuple[int, int]]:
    """First and last index of each run of equal cells below the headings."""
    found: list[tuple[int, int]] = []
    for at in range(1, len(rows)) if column is not None else ():
        same = found and rows[at][column or 0] == rows[found[-1][0]][column or 0]
        found[-1:] = [(found[-1][0], at)] if same else [*found[-1:], (at, at)]
    return [(first, last) for first, last in found if last > first]
