"""Workbooks too large to be edited come back written anew, to the same effect."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from checks.definition import load_definition
from checks.finding import ERROR, WARNING, Finding
from checks.rows import from_parquet, to_parquet
from plans.plan import Schedule
from tests.checks.frames import rows_of
from tests.workbooks.books import STUDENTS, student, write_book
from tests.workbooks.seeded import seeded
from workbooks.annotated_anew import MOST_COMMENTS, annotate_anew
from workbooks.marks import COLOURS, RESULTS
from workbooks.reading import Readers
from workbooks.stamp import TemplateStamp
from workbooks.tasks import MOST_ROWS
from workbooks.template import write_template

STAMP = TemplateStamp("2020 年采集", 17, "10.1.1", "学务部", 3)


def _fault(row: int, column: str, severity: str = ERROR) -> Finding:
    cell = f"{chr(ord('A') + STUDENTS.index(column))}{row}"
    return Finding("enum", severity, "错。", "改。", sheet="10.1.1", cell=cell, row=row, column=column)


def _anew(
    rows: bytes, findings: list[Finding], path: Path, schedule: Schedule, stamp: TemplateStamp | None = STAMP
) -> Path:
    annotate_anew(rows, findings, load_definition("10.1.1"), path, stamp=stamp, schedule=schedule)
    return path


@pytest.fixture
def typed(tmp_path: Path, readers: Readers, schedule: Schedule) -> bytes:
    """Columns in another order, one of the person's own, a blank row between."""
    order = [*reversed(STUDENTS), "备用"]
    rows = [[*reversed(student(number)), "=1"] for number in range(3)]
    path = write_book(tmp_path / "o.xlsx", {"10.1.1": [order, rows[0], [""], *rows[1:]]})
    return readers.read(path, "10.1.1", schedule).rows


def test_cells_are_found_again_by_row_and_column(
    typed: bytes, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    moved = Finding("enum", ERROR, "错。", sheet="10.1.1", cell="V4", row=4, column="性别")
    path = _anew(typed, [moved, _fault(5, "姓名", WARNING)], tmp_path / "a.xlsx", schedule)
    page = openpyxl.load_workbook(path)["10.1.1"]
    assert [cell.value for cell in page[1]] == [*STUDENTS, "备用", RESULTS]
    assert (page["C4"].value, page["C4"].fill.fgColor.rgb) == ("男", COLOURS[ERROR])
    assert page["C4"].comment.text == "【错误】错。"
    assert page["B5"].fill.fgColor.rgb == COLOURS[WARNING]
    assert [cell.value for cell in page["Z"]] == [
        RESULTS,
        None,
        None,
        "【错误】性别：错。",
        "【警告】姓名：错。改。",
    ]
    assert page["A3"].value is None
    again = readers.read(path, "10.1.1", schedule)
    names = [*STUDENTS, "备用"]
    assert (
        from_parquet(again.rows)
        .frame.select("_row", *names)
        .equals(from_parquet(typed).frame.select("_row", *names))
    )
    assert again.stamp == STAMP


def test_faulty_blanks_and_titles_and_the_whole_sheet_are_marked(
    typed: bytes, tmp_path: Path, schedule: Schedule
) -> None:
    found = [
        _fault(2, "民族"),
        Finding("missing-column", ERROR, "缺列。", sheet="10.1.1"),
        Finding("unknown-column", WARNING, "多列。", sheet="10.1.1", cell="Y1", row=1, column="备用"),
    ]
    page = openpyxl.load_workbook(_anew(typed, found, tmp_path / "a.xlsx", schedule))["10.1.1"]
    assert (page["F2"].value, page["F2"].fill.fgColor.rgb) == (None, COLOURS[ERROR])
    assert page["Y1"].comment.text == "【警告】多列。"
    assert page["Z1"].comment.text == "【错误】缺列。"


def test_comments_end_where_a_program_would_slow_down(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    count = MOST_COMMENTS + 10
    rows = [student(number) for number in range(count)]
    path = write_book(tmp_path / "m.xlsx", {"10.1.1": [STUDENTS, *rows]})
    read = readers.read(path, "10.1.1", schedule)
    found = [_fault(row, "性别") for row in range(2, count + 2)]
    annotated = readers.annotate(path, "10.1.1", schedule, found, read.rows)
    assert annotated.anew
    page = openpyxl.load_workbook(BytesIO(annotated.content))["10.1.1"]
    assert page[f"C{MOST_COMMENTS + 1}"].comment is not None
    assert page[f"C{MOST_COMMENTS + 2}"].comment is None
    assert page[f"C{count + 1}"].fill.fgColor.rgb == COLOURS[ERROR]
    assert page[f"Y{count + 1}"].value == "【错误】性别：错。改。"


def test_a_large_workbook_comes_back_anew_and_reads_the_same(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    faults = seeded(MOST_ROWS + 1, 30)
    students = (faults.student(number) for number in range(MOST_ROWS + 1))
    cells = [[each[name] or None for name in STUDENTS] for each in students]
    definition, path = load_definition("10.1.1"), tmp_path / "l.xlsx"
    prior = to_parquet(definition, rows_of(STUDENTS, cells, "10.1.1"))
    write_template(definition, path, stamp=STAMP, schedule=schedule, prior=prior)
    read = readers.read(path, "10.1.1", schedule)
    assert {(finding.rule, finding.cell) for finding in read.findings} == faults.expected()
    annotated = readers.annotate(path, "10.1.1", schedule, read.findings, read.rows)
    assert (annotated.anew, annotated.refused) == (True, None)
    path.write_bytes(annotated.content)
    again = readers.read(path, "10.1.1", schedule)
    assert (again.findings, again.stamp) == (read.findings, STAMP)


def test_without_a_stamp_there_is_none(
    typed: bytes, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    path = _anew(typed, [], tmp_path / "a.xlsx", schedule, stamp=None)
    assert readers.read(path, "10.1.1", schedule).stamp is None
