"""Reads the three files of a late report back: what stands in them, number for number."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import docx
import openpyxl

HELD = ("采集", "审核", "系统检测")
Line = dict[str, Any]


def read_book(content: bytes) -> dict[str, Any]:
    """The sheets by name, each row by its headings; what has changed, counted."""
    book = openpyxl.load_workbook(BytesIO(content))
    sheets: dict[str, Any] = {}
    for sheet in book:
        headings, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
        sheets[sheet.title] = [dict(zip(headings, row, strict=True)) for row in rows if any(row)]
    kinds = Counter(row["变化"] for row in sheets.get("与上期相比", []))
    return {**sheets, "changed": [kinds["新增"], kinds["已解决"]]}


def read_word(content: bytes) -> dict[str, Any]:
    document = docx.Document(BytesIO(content))
    [told] = [each.text for each in document.paragraphs if each.text.startswith("截至")]
    found = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    tables = {table[0][1]: table[1:] for table in found}
    return {
        "told": told,
        "numbers": _numbers(told),
        "departments": _counts(tables["应交"]),
        "lines": [_line(row) for row in tables.get("表号、表名", [])],
        "outlook": tables.get("截止", []),
    }


def read_page(content: bytes) -> dict[str, Any]:
    page = _Page()
    page.feed(content.decode())
    return {
        "numbers": page.numbers,
        "departments": _counts(page.tables["departments"][1:]),
        "lines": [_line(row) for row in _ungrouped(page.tables.get("lines", [[]])[1:])],
        "outlook": page.tables.get("outlook", [[]])[1:],
    }


def _numbers(told: str) -> list[int]:
    counted = [int(number) for number in re.findall(r"(\d+) 项", told)]
    return counted if "现有逾期" in told else [*counted[:2], 0, 0, 0, 0, *counted[2:]]


def _counts(rows: list[list[str]]) -> list[tuple[object, ...]]:
    return [(row[0], *(int(number) for number in row[1:])) for row in rows]


def _line(row: list[str]) -> Line:
    spent = dict(part.rsplit(" ", 1) for part in row[7].split("，") if part)
    return {
        "department": row[0],
        "table": row[1].removesuffix("〔源表〕").removesuffix(" 源表"),
        "source": row[1].endswith("源表") or row[1].endswith("〔源表〕"),
        "reviewer": row[2],
        "due": row[3],
        "stage": row[4],
        "days": int(row[5]),
        "held_by": row[6],
        "spent": tuple(int(spent.pop(each, 0)) for each in HELD),
        "waited": {name.removeprefix("等"): int(days) for name, days in spent.items()},
        "notes": sorted(row[8].split("；")),
    }


def _ungrouped(rows: list[list[str]]) -> list[list[str]]:
    """The rows of the page, each with the department that stands above it."""
    found, department = [], ""
    for row in rows:
        if len(row) == 1:
            department = row[0].rpartition("（")[0]
        else:
            found.append([department, *row])
    return found


class _Page(HTMLParser):
    """The cells of every table, and the three numbers above them."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.numbers: list[int] = []
        self._rows: list[list[str]] = []
        self._into = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows = self.tables.setdefault(dict(attrs)["id"] or "", [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        self._into = tag if tag in ("td", "th", "dd", "span") else ""

    def handle_endtag(self, tag: str) -> None:
        self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into == "dd":
            self.numbers.append(int(data))
        elif self._into:
            self._rows[-1][-1] += data
