"""A workbook of any number of students as Excel writes it: shared texts, numbers as numbers; row by row."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

from checks.rows import letters
from tests.workbooks.books import STUDENTS
from tests.workbooks.seeded import CODE, Seeded

SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
NUMBERS = ("年级", "学制")
AT_ONCE = 5_000


def write_students(path: Path, students: int, faults: Seeded) -> None:
    """The students of 10.1.1 under their titles."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in _frame().items():
            book.writestr(name, content)
        _write(book, SHEET, _sheet(students, faults, texts))
        _write(book, TEXTS, _texts(texts))


def _frame() -> dict[str, bytes]:
    """Every part of a workbook but the sheet and its texts."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet(CODE).write_string(0, 0, "x")
    with zipfile.ZipFile(buffer) as parts:
        return {name: parts.read(name) for name in parts.namelist() if name not in (SHEET, TEXTS)}


def _write(book: zipfile.ZipFile, member: str, lines: Iterator[str]) -> None:
    with book.open(member, "w", force_zip64=True) as file:
        while block := "".join(islice(lines, AT_ONCE)):
            file.write(block.encode())


def _sheet(students: int, faults: Seeded, texts: dict[str, int]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet {MAIN}><sheetData>'
    yield _row(1, {name: name for name in STUDENTS}, texts)
    for number in range(students):
        yield _row(number + 2, faults.student(number), texts)
    yield "</sheetData></worksheet>"


def _row(line: int, cells: dict[str, str], texts: dict[str, int]) -> str:
    found = [f'<row r="{line}" spans="1:{len(STUDENTS)}">']
    for place, name in enumerate(STUDENTS):
        value = cells[name]
        if name in NUMBERS and value.isdigit():
            found.append(f'<c r="{LETTERS[place]}{line}" s="1"><v>{value}</v></c>')
        elif value:
            text = texts.setdefault(value, len(texts))
            found.append(f'<c r="{LETTERS[place]}{line}" s="1" t="s"><v>{text}</v></c>')
    found.append("</row>")
    return "".join(found)


LETTERS = [letters(place) for place in range(len(STUDENTS))]


def _texts(texts: dict[str, int]) -> Iterator[str]:
    count = len(texts)
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<sst {MAIN} count="{count}" uniqueCount="{count}">'
    for text in texts:
        yield f"<si><t>{escape(text)}</t></si>"
    yield "</sst>"
