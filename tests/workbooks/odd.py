"""Files that look wrong inside and can be read all the same: what is odd is named, and nothing else."""

from __future__ import annotations

from pathlib import Path

from checks.rows import letters
from tests.workbooks.books import STUDENTS, student
from tests.workbooks.hostile import MAIN, SHEET, Build, pack, plain, with_member

AT = {name: letters(place) for place, name in enumerate(STUDENTS)}
Marks = set[tuple[str, str]]


def cell(reference: str, value: str) -> str:
    """A cell of text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def row(number: int, values: list[str], **cells: str) -> str:
    """A row of text cells; ``cells`` replaces some by their XML, by column name."""
    found = [
        cells.get(name) or (cell(f"{AT[name]}{number}", value) if value else "")
        for name, value in zip(STUDENTS, values, strict=True)
    ]
    return f'<row r="{number}">{"".join(found)}</row>'


def sheet(*rows: str, after: str = "") -> bytes:
    return f"<worksheet {MAIN}><sheetData>{''.join(rows)}</sheetData>{after}</worksheet>".encode()


def with_cells(after: str = "", **cells: str) -> Build:
    """A sheet of one clean student but for these cells."""
    return with_member(SHEET, sheet(row(1, STUDENTS), row(2, student(2), **cells), after=after))


def raw_sheet(old: bytes, new: bytes) -> Build:
    """A clean sheet with bytes that are not what they should be."""

    def build(path: Path) -> None:
        content = sheet(row(1, STUDENTS), row(2, student(2)))
        assert old in content
        pack(path, plain(path) | {SHEET: content.replace(old, new)})

    return build


def number(name: str, value: str) -> str:
    return f'<c r="{AT[name]}2"><v>{value}</v></c>'


def formula(name: str, text: str, value: str, attributes: str = "") -> str:
    return f'<c r="{AT[name]}2" t="str"><f{attributes}>{text}</f><v>{value}</v></c>'


NESTED = f"<worksheet {MAIN}>".encode() + b"<a>" * 400_000 + b"</a>" * 400_000 + b"</worksheet>"
MANY_STYLES = f'<styleSheet {MAIN}><cellXfs count="4000000000"><xf numFmtId="0"/></cellXfs></styleSheet>'
DDE = "cmd|'/c calc'!A0"
MERGED = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
MANY_MERGED = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(3, 20_003))
OUT_OF_ORDER = sheet(row(1, STUDENTS), row(7, student(7, 性别="X")), row(3, student(3)))

ODD: dict[str, tuple[Build, Marks]] = {
    "not a number": (with_cells(学制=number("学制", "NaN")), {("type", "H2")}),
    "infinity": (with_cells(学制=number("学制", "1e999")), {("type", "H2")}),
    "number of three hundred digits": (with_cells(学制=number("学制", "1e300")), {("type", "H2")}),
    "number for text": (with_cells(学号=number("学号", "201800002")), {("numeric-identity", "A2")}),
    "truth for text": (
        with_cells(身份证号='<c r="D2" t="b"><v>1</v></c>'),
        {("numeric-identity", "D2"), ("pattern", "D2")},
    ),
    "error value": (with_cells(民族='<c r="F2" t="e"><v>#REF!</v></c>'), {("type", "F2")}),
    "array formula": (
        with_cells(民族=formula("民族", "A1:A9", "汉族", ' t="array" ref="F2:F9"')),
        {("formula", "F2")},
    ),
    "data table": (
        with_cells(民族=formula("民族", "", "汉族", ' t="dataTable" ref="F2:F9" r1="A1"')),
        {("formula", "F2")},
    ),
    "command for another program": (with_cells(民族=formula("民族", DDE, "汉族")), {("formula", "F2")}),
    "nested without end": (with_member(SHEET, NESTED), {("no-rows", ""), ("missing-column", "")}),
    "nested custom data": (
        with_member("docProps/custom.xml", b"<a>" * 200_000 + b"</a>" * 200_000),
        set(),
    ),
    "false count of styles": (with_member("xl/styles.xml", MANY_STYLES.encode()), set()),
    "merged to the corner": (with_cells(after=MERGED), {("merged-cells", "A1")}),
    "many merged cells": (
        with_cells(after=f"<mergeCells>{MANY_MERGED}</mergeCells>"),
        {("merged-cells", f"A{n}") for n in range(3, 20_003)},
    ),
    "rows out of order": (with_member(SHEET, OUT_OF_ORDER), {("enum", "C7")}),
    "text of a million characters": (with_cells(姓名=cell("B2", "长" * 1_000_000)), set()),
    "pivot cache": (with_member("xl/pivotCache/pivotCacheDefinition1.xml", b"<a/>"), set()),
}

BROKEN: dict[str, tuple[Build, str]] = {
    "unknown error value": (with_cells(民族='<c r="F2" t="e"><v>#EVIL!</v></c>'), "unreadable-damaged"),
    "unknown kind of cell": (with_cells(民族='<c r="F2" t="zz"><v>1</v></c>'), "unreadable-damaged"),
    "text that is not there": (with_cells(民族='<c r="F2" t="s"><v>99999999</v></c>'), "unreadable-damaged"),
    "no utf-8": (raw_sheet("学生".encode(), b"\xff\xfe\xfd"), "unreadable-damaged"),
    "surrogates": (raw_sheet("学生".encode(), b"&#xD800;"), "unreadable-damaged"),
    "row zero": (with_member(SHEET, sheet(row(1, STUDENTS), row(0, student(1)))), "unreadable-damaged"),
    "negative row": (with_member(SHEET, sheet(row(1, STUDENTS), row(-5, student(1)))), "unreadable-damaged"),
}
