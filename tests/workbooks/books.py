"""Workbooks made for tests: honest ones by xlsxwriter, and students to fill them with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from checks.definition import load_definition

Rows = Sequence[Sequence[Any]]
STUDENTS = [field.name for field in load_definition("10.1.1").sheets[0].fields]


def student(number: int, **changed: str) -> list[str]:
    """A clean row of 10.1.1; ``changed`` replaces cells by column name."""
    values = {
        "学号": f"2018{number:05d}",
        "姓名": "学生",
        "性别": "男" if number % 2 else "女",
        "身份证号": f"32010020000101{number % 10000:04d}",
        "出生日期": "20000101",
        "年级": "2018",
        "学制": "3",
        "入学日期": "201809",
        "学籍状态": "在读",
        "专业代码": "610101",
    }
    return [(values | changed).get(name, "") for name in STUDENTS]


def write_book(path: Path, sheets: dict[str, Rows], *, date_1904: bool = False) -> Path:
    """A workbook of the sheets: text as text, numbers as numbers, formulas where a text starts with `=`."""
    with xlsxwriter.Workbook(
        str(path), {"date_1904": date_1904, "default_date_format": "yyyy-mm-dd"}
    ) as book:
        for name, rows in sheets.items():
            page: Any = book.add_worksheet(name)
            for line, row in enumerate(rows):
                for position, value in enumerate(row):
                    if value != "":
                        page.write(line, position, value)
    return path


def students_book(path: Path, rows: Rows) -> Path:
    """A workbook of 10.1.1 with these rows under the definition's titles."""
    return write_book(path, {"10.1.1": [STUDENTS, *rows]})
