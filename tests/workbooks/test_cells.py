"""What stands in cells survives, or is named by cell."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from checks.finding import Finding
from checks.rows import from_parquet, letters
from plans.plan import Schedule
from tests.checks.frames import marks
from tests.workbooks.books import STUDENTS, student, students_book, write_book
from workbooks.reading import Readers, ReadResult

NAMED = {name: position for position, name in enumerate(STUDENTS)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upload.xlsx"


def _with(number: int, **cells: Any) -> list[Any]:
    """A student's row with raw cells (numbers, dates) in some columns."""
    row: list[Any] = student(number)
    for name, value in cells.items():
        row[NAMED[name]] = value
    return row


def _column(result: ReadResult, name: str) -> list[str | None]:
    return from_parquet(result.rows).frame[name].to_list()


def test_a_clean_workbook_is_clean_and_kept_as_it_is(
    path: Path, readers: Readers, schedule: Schedule
) -> None:
    result = readers.read(students_book(path, [student(1), student(2)]), "10.1.1", schedule)
    assert result.findings == []
    assert result.row_count == 2
    assert _column(result, "身份证号") == ["320100200001010001", "320100200001010002"]


def test_numbers_where_text_is_needed_are_named_by_cell(
    path: Path, readers: Readers, schedule: Schedule
) -> None:
    rows = [_with(1), _with(2, 身份证号=320100200001010002), _with(3, 学号=201800003), _with(4)]
    result = readers.read(students_book(path, rows), "10.1.1", schedule)
    found = [finding for finding in result.findings if finding.rule == "numeric-identity"]
    assert marks(found) == [("numeric-identity", "error", "D3"), ("numeric-identity", "error", "A4")]
    assert found[1].value == "201800003"
    assert found[1].key == "201800003"


@pytest.mark.parametrize("date_1904", [False, True])
def test_dates_of_both_systems(path: Path, readers: Readers, schedule: Schedule, date_1904: bool) -> None:
    row = _with(1, 出生日期=datetime(2000, 1, 1), 入学日期=datetime(2018, 9, 1))  # noqa: DTZ001
    write_book(path, {"10.1.1": [STUDENTS, row]}, date_1904=date_1904)
    result = readers.read(path, "10.1.1", schedule)
    assert result.findings == []
    assert (_column(result, "出生日期"), _column(result, "入学日期")) == (["20000101"], ["201809"])


def test_a_date_that_would_lose_its_day_is_listed(path: Path, readers: Readers, schedule: Schedule) -> None:
    row = _with(1, 入学日期=datetime(2018, 9, 15))  # noqa: DTZ001
    result = readers.read(students_book(path, [row]), "10.1.1", schedule)
    assert marks(result.findings) == [("normalised", "info", "I2")]
    assert _column(result, "入学日期") == ["201809"]


def test_numbers_as_text_and_numbers_are_the_same(path: Path, readers: Readers, schedule: Schedule) -> None:
    rows = [_with(1, 年级=2018, 学制=3), _with(2, 年级="2018", 学制="３ ")]
    result = readers.read(students_book(path, rows), "10.1.1", schedule)
    assert marks(result.findings) == [("normalised", "info", "H3")]
    assert _column(result, "学制") == ["3", "3"]


def test_formulas_errors_and_merged_cells_are_named(path: Path, readers: Readers, schedule: Schedule) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        page: Any = book.add_worksheet("10.1.1")
        rows = [STUDENTS, student(1), student(2, 性别=""), student(3, 性别="")]
        for line, row in enumerate(rows):
            page.write_row(line, 0, row)
        page.write_formula(1, NAMED["姓名"], '="学"&"生"', None, "学生")
        page.write_formula(2, NAMED["姓名"], "=A1", None, "")
        page.write_formula(3, NAMED["民族"], "=1/0", None, "#DIV/0!")
        page.merge_range(1, NAMED["性别"], 3, NAMED["性别"], "男")
    result = readers.read(path, "10.1.1", schedule)
    assert set(marks(result.findings)) == {
        ("formula", "warning", "B2"),
        ("formula", "error", "B3"),
        ("required", "error", "B3"),
        ("formula", "error", "F4"),
        ("type", "error", "F4"),
        ("merged-cells", "warning", "C2"),
        ("required", "error", "C3"),
        ("required", "error", "C4"),
    }


def test_hidden_sheets_are_read_and_said(path: Path, readers: Readers, schedule: Schedule) -> None:
    students_book(path, [student(1)])
    book = openpyxl.load_workbook(path)
    book.create_sheet("其他")
    book["10.1.1"].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    result = readers.read(path, "10.1.1", schedule)
    assert [(finding.rule, finding.severity) for finding in result.findings] == [("hidden-sheet", "info")]
    assert result.row_count == 1


def test_addresses_hold_with_columns_moved_and_blank_rows_between(
    path: Path, readers: Readers, schedule: Schedule
) -> None:
    order = [*reversed(STUDENTS)]
    moved = [*reversed(_with(1, 性别="X"))]
    write_book(path, {"10.1.1": [["", *order], [""], [""], ["", *moved]]})
    (finding,) = readers.read(path, "10.1.1", schedule).findings
    assert (finding.rule, finding.row, finding.column) == ("enum", 4, "性别")
    sheet = openpyxl.load_workbook(path)["10.1.1"]
    assert sheet[finding.cell].value == "X"


def test_unknown_columns_are_kept_and_nameless_ones_said(
    path: Path, readers: Readers, schedule: Schedule
) -> None:
    write_book(path, {"10.1.1": [[*STUDENTS, "备用", ""], [*student(1), "留着", "没有列名"]]})
    result = readers.read(path, "10.1.1", schedule)
    assert [(f.rule, f.severity, f.cell) for f in result.findings] == [
        ("unknown-column", "warning", "Y1"),
        ("unknown-column", "warning", "Z1"),
    ]
    assert _column(result, "备用") == ["留着"]


def test_a_title_behind_the_sheets_code_does_no_harm(
    path: Path, readers: Readers, schedule: Schedule
) -> None:
    write_book(path, {"10.1.1 学生基本信息": [STUDENTS, student(1)]})
    assert readers.read(path, "10.1.1", schedule).findings == []


def test_the_sheet_named_exactly_wins(path: Path, readers: Readers, schedule: Schedule) -> None:
    write_book(path, {"10.1.1 旧": [["别的"]], "10.1.1": [STUDENTS, student(1)]})
    assert readers.read(path, "10.1.1", schedule).row_count == 1


def test_a_column_named_like_ours_is_kept(path: Path, readers: Readers, schedule: Schedule) -> None:
    write_book(path, {"10.1.1": [[*STUDENTS, "_row"], [*student(1), "甲"]]})
    result = readers.read(path, "10.1.1", schedule)
    assert marks(result.findings) == [("unknown-column", "warning", "Y1")]
    assert _column(result, "row") == ["甲"]


def test_titles_broken_into_lines_are_known(path: Path, readers: Readers, schedule: Schedule) -> None:
    write_book(path, {"10.1.1": [[f" {name[:1]}\n{name[1:]} " for name in STUDENTS], student(1)]})
    assert readers.read(path, "10.1.1", schedule).findings == []


def test_long_text_is_cut_in_the_sentence_only(path: Path, readers: Readers, schedule: Schedule) -> None:
    (finding,) = readers.read(students_book(path, [student(1, 性别="男" * 900)]), "10.1.1", schedule).findings
    assert len(finding.message) < 100
    assert len(finding.value) == 900


def test_a_workbook_without_one_of_its_sheets(path: Path, readers: Readers, schedule: Schedule) -> None:
    names = ["教工号", "姓名", "性别", "出生日期"]
    write_book(path, {"6.1.1": [names, ["T1", "甲", "男", "19800101"]]})
    found: list[Finding] = readers.read(path, "6.1", schedule).findings
    gone = [finding.sheet for finding in found if finding.rule == "missing-sheet"]
    assert gone == ["6.1.2", "6.1.3", "6.1.4"]


def test_references_are_checked_where_sources_are_given(
    path: Path, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    majors = ["所属系部", "专业代码", "专业名称", "修业年限", "在校生数/总人数"]
    write_book(path, {"7.1.1": [majors, ["一系", "610101", "专业", 3, 30]]})
    source = tmp_path / "7.1.1.parquet"
    source.write_bytes(readers.read(path, "7.1.1", schedule).rows)
    students_book(path, [student(1), student(2, 专业代码="999999")])
    found = readers.read(path, "10.1.1", schedule, {"7.1.1": [source]}).findings
    assert marks(found) == [("reference", "error", f"{letters(NAMED['专业代码'])}3")]


DIRT = {
    "学号": ("２０１８００００１", "201800001"),
    "姓名": (" 学生　", "学生"),
    "性别": ("男\u200b", "男"),
    "身份证号": ("320100200001010001 ", "320100200001010001"),
    "出生日期": ("2000年1月1日", "20000101"),
    "民族": ("无", None),
    "年级": ("2018级", "2018"),
    "学制": ("3.0", "3"),
    "入学日期": ("2018.9", "201809"),
    "学籍状态": ("在读\n", "在读"),
    "班级代码": ("—", None),
    "专业代码": ("６１０１０１", "610101"),
}


def test_every_kind_of_dirt_is_listed_with_what_stood_there(
    path: Path, readers: Readers, schedule: Schedule
) -> None:
    result = readers.read(
        students_book(path, [student(1, **{name: dirty for name, (dirty, _) in DIRT.items()})]),
        "10.1.1",
        schedule,
    )
    assert {(finding.column, finding.cell, finding.value) for finding in result.findings} == {
        (name, f"{letters(NAMED[name])}2", dirty) for name, (dirty, _) in DIRT.items()
    }
    assert {finding.rule for finding in result.findings} == {"normalised"}
    assert all(finding.proposal == finding.value for finding in result.findings)
    for name, (_, plain) in DIRT.items():
        assert _column(result, name) == [plain]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_however_a_sheet_is_hidden_it_is_said(
    state: str, path: Path, readers: Readers, schedule: Schedule
) -> None:
    students_book(path, [student(1)])
    book = openpyxl.load_workbook(path)
    book.create_sheet("看得见")
    book["10.1.1"].sheet_state = state
    book.active = 1
    book.save(path)
    result = readers.read(path, "10.1.1", schedule)
    assert [finding.rule for finding in result.findings] == ["hidden-sheet"]


def test_the_column_of_results_is_no_data(path: Path, readers: Readers, schedule: Schedule) -> None:
    told = ["【错误】性别：“X”不在可选项中。", ""]
    rows = [[*student(number), text] for number, text in enumerate(told)]
    write_book(path, {"10.1.1": [[*STUDENTS, "检测结果"], *rows, [""] * len(STUDENTS) + ["只有结果"]]})
    result = readers.read(path, "10.1.1", schedule)
    assert result.findings == []
    assert result.row_count == 2
    assert from_parquet(result.rows).columns == {"10.1.1": tuple(STUDENTS)}
