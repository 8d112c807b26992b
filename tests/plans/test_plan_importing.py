"""Decompositions as offices have them: Word, Excel, CSV in, tables or exact problems out."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import docx
import openpyxl
import pytest

from plans.importing import MOST_UNPACKED, import_plan
from plans.problems import PlanError
from plans.tasks_file import load_tasks, write_tasks
from tests.plans.documents import CODES, HEADINGS, ROWS, Rows, write_csv, write_excel, write_word
from tests.plans.small_plan import TASKS

Writer = Callable[..., Path]
WRITERS = [
    pytest.param(write_csv, "分解表.csv", id="csv"),
    pytest.param(write_word, "分解表.docx", id="word"),
    pytest.param(write_excel, "分解表.xlsx", id="excel"),
]


def refused(path: Path, year: int | None = None) -> PlanError:
    with pytest.raises(PlanError) as caught:
        import_plan(path, year)
    return caught.value


def changed(at: int, column: int, text: str) -> Rows:
    """The usual rows with one cell changed; row 0 holds the headings."""
    rows = [list(row) for row in ROWS]
    rows[at][column] = text
    return rows


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_each_kind_of_file_gives_the_same_tables(write: Writer, name: str, tmp_path: Path) -> None:
    found = import_plan(write(tmp_path / name))
    assert [table.code for table in found.tables] == CODES
    first, item, joint, last = (found.tables[at] for at in (0, 2, 3, 5))
    assert (first.name, first.printed, first.directory, first.step) == ("机构设置", "1.6机构设置", None, 1)
    assert (first.due, first.due_stage) == (date(2020, 11, 11), "reviewed")
    assert (item.name, item.printed, item.directory, item.step) == (
        "培训进修",
        "1 培训进修",
        "六、师资队伍",
        2,
    )
    assert (item.due, item.due_stage) == (date(2020, 11, 18), "collected")
    assert (joint.name, joint.collect) == ("挂职锻炼", ("教务部", "学务部"))
    assert (last.name, last.directory, last.review) == ("有关说明", "十二、有关说明", None)
    assert [doubt.id for doubt in found.doubts] == ["year-from-title"]


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_columns_may_stand_in_any_order(write: Writer, name: str, tmp_path: Path) -> None:
    turned = [tuple(reversed(row)) for row in ROWS]
    as_usual = import_plan(write_csv(tmp_path / "usual.csv")).tables
    keywords = {} if name.endswith("csv") else {"step_column": 4}
    assert import_plan(write(tmp_path / name, turned, **keywords)).tables == as_usual


@pytest.mark.parametrize(
    "headings",
    [
        ("序号", "步骤", "数据表名称", "采集部门", "审核部门", "截止日期"),
        ("No.", "采集步骤", "采集表", "责任单位", "审核单位", "完成时间"),
        ("序 号", "采集步骤", "表格名称", "数据采集\n部门", "数据审核部门", "采集期限"),
    ],
)
def test_headings_have_other_names_elsewhere(headings: tuple[str, ...], tmp_path: Path) -> None:
    found = import_plan(write_csv(tmp_path / "a.csv", [headings, *ROWS[1:]]))
    assert [table.code for table in found.tables] == CODES
    assert found.tables[1].review == "教务部"


def test_a_given_year_comes_before_the_titles(tmp_path: Path) -> None:
    found = import_plan(write_csv(tmp_path / "a.csv"), year=2021)
    assert found.tables[0].due == date(2021, 11, 11)
    assert found.doubts == ()


def test_without_any_year_each_deadline_is_told(tmp_path: Path) -> None:
    error = refused(write_csv(tmp_path / "a.csv", title="任务分解表"))
    assert {problem.id for problem in error.problems} == {"bad-date"}
    assert len(error.problems) == len(CODES)
    assert "--year" in error.message
    assert import_plan(tmp_path / "a.csv", 2020).tables[0].due == date(2020, 11, 11)


def test_full_width_digits_are_read_and_the_printed_name_stays(tmp_path: Path) -> None:
    rows = [
        *changed(1, 2, "１．６机构设置")[:1],
        ("１", "第一步", "１．６机构设置", "政务部", "", "１１月１１日"),
    ]
    (table,) = import_plan(write_csv(tmp_path / "a.csv", rows)).tables
    assert (table.no, table.code, table.name, table.printed) == (1, "1.6", "机构设置", "１．６机构设置")


def test_a_year_in_the_name_is_no_part_of_the_code(tmp_path: Path) -> None:
    (table, *_) = import_plan(
        write_csv(tmp_path / "a.csv", changed(1, 2, "11.5 2020-2021学年开设专业"))
    ).tables
    assert (table.code, table.name) == ("11.5", "2020-2021学年开设专业")


def test_a_year_glued_to_the_code_is_asked_about(tmp_path: Path) -> None:
    error = refused(write_csv(tmp_path / "a.csv", changed(1, 2, "1.32020年招生计划")))
    assert [(problem.id, problem.line) for problem in error.problems] == [("bad-value", 3)]
    assert "加空格" in error.message


def test_an_empty_deadline_is_the_headings_and_a_doubt(tmp_path: Path) -> None:
    found = import_plan(write_csv(tmp_path / "a.csv", changed(3, 5, "")))
    assert found.tables[1].due == date(2020, 11, 18)
    assert [doubt.id for doubt in found.doubts] == ["deadline-from-heading", "year-from-title"]


def test_an_empty_deadline_under_a_heading_without_one_is_an_error(tmp_path: Path) -> None:
    error = refused(write_csv(tmp_path / "a.csv", changed(8, 5, "")))
    assert [(problem.id, problem.line) for problem in error.problems] == [("bad-date", 10)]


@pytest.mark.parametrize(
    ("at", "column", "text", "id"),
    [
        (3, 3, "", "bad-value"),
        (3, 4, "教务部、学务部", "bad-value"),
        (3, 5, "月底前", "bad-date"),
        (3, 2, "教师授课情况", "bad-value"),
        (3, 2, "=6.2 教师", "bad-value"),
        (3, 0, "", "row-without-number"),
        (3, 2, "1.6 教师", "duplicate-code"),
        (3, 0, "1", "duplicate-no"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(at: int, column: int, text: str, id: str, tmp_path: Path) -> None:
    error = refused(write_csv(tmp_path / "a.csv", changed(at, column, text)))
    assert id in {problem.id for problem in error.problems}
    assert all(problem.file == "a.csv" for problem in error.problems)


def test_a_row_of_words_without_number_is_a_doubt(tmp_path: Path) -> None:
    found = import_plan(write_csv(tmp_path / "a.csv", [*ROWS, ("", "", "注：以上为初稿", "", "", "")]))
    assert [table.code for table in found.tables] == CODES
    assert next((doubt.id, doubt.line) for doubt in found.doubts) == ("row-without-number", 12)


def test_headings_repeated_on_a_new_page_are_no_row(tmp_path: Path) -> None:
    rows = [*ROWS[:4], HEADINGS, ("", "", "", "", "", ""), *ROWS[4:]]
    assert [table.code for table in import_plan(write_csv(tmp_path / "a.csv", rows)).tables] == CODES


def test_without_a_number_column_every_row_with_a_department_counts(tmp_path: Path) -> None:
    found = import_plan(write_csv(tmp_path / "a.csv", [row[1:] for row in ROWS]))
    assert [(table.no, table.code) for table in found.tables] == list(enumerate(CODES, 1))


def test_without_a_step_column_nothing_is_a_source_table(tmp_path: Path) -> None:
    found = import_plan(write_csv(tmp_path / "a.csv", [(row[0], *row[2:]) for row in ROWS]))
    assert {table.step for table in found.tables} == {2}
    assert "no-step-column" in {doubt.id for doubt in found.doubts}


def test_a_code_may_have_its_own_column(tmp_path: Path) -> None:
    rows = [("编号", *HEADINGS), ("6.3.1", "1", "第二步", "培训进修", "各系部", "", "11月18日")]
    (table,) = import_plan(write_csv(tmp_path / "a.csv", rows)).tables
    assert (table.code, table.name, table.printed, table.step) == ("6.3.1", "培训进修", "培训进修", 2)


def test_a_csv_that_is_a_tasks_file_is_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text(TASKS, encoding="gb18030")
    assert import_plan(path).tables == load_tasks(TASKS)


def test_what_was_imported_is_a_tasks_file_that_loads(tmp_path: Path) -> None:
    tables = import_plan(write_csv(tmp_path / "a.csv", encoding="gb18030")).tables
    assert load_tasks(write_tasks(tables)) == tables


def test_a_decomposition_over_two_tables_is_read_through(tmp_path: Path) -> None:
    path = write_word(tmp_path / "a.docx", ROWS[:5])
    document = docx.Document(str(path))
    table = document.add_table(rows=0, cols=6)
    for row in (HEADINGS, *ROWS[5:]):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))
    assert [table.code for table in import_plan(path).tables] == CODES


def test_a_word_cell_of_two_paragraphs_names_two_departments(tmp_path: Path) -> None:
    found = import_plan(write_word(tmp_path / "a.docx", changed(3, 3, "教务部\n学务部")))
    assert found.tables[1].collect == ("教务部", "学务部")


def test_a_word_heading_across_the_row_is_understood(tmp_path: Path) -> None:
    path = write_word(tmp_path / "a.docx", step_column=None)
    document = docx.Document(str(path))
    heading = document.tables[1].rows[2]
    for cell in heading.cells:
        cell.text = ""
    heading.cells[0].merge(heading.cells[5]).text = "六、师资队伍（一级数据目录）"
    document.save(str(path))
    assert import_plan(path).tables[1].directory == "六、师资队伍"


def test_excel_dates_numbers_and_headings_across_the_row(tmp_path: Path) -> None:
    path = write_excel(tmp_path / "a.xlsx", step_column=None)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["A3"], sheet["F3"] = 1, datetime(2020, 11, 12)  # noqa: DTZ001
    sheet["A5"] = 31.0
    sheet["C4"], sheet["A4"] = None, "六、师资队伍（一级数据目录）"
    sheet.merge_cells("A4:F4")
    book.save(path)
    first, second, *_ = import_plan(path).tables
    assert (first.no, first.due, second.no, second.directory) == (1, date(2020, 11, 12), 31, "六、师资队伍")


def test_an_excel_department_merged_over_rows_counts_for_each(tmp_path: Path) -> None:
    path = write_excel(tmp_path / "a.xlsx", changed(6, 3, ""))
    book = openpyxl.load_workbook(path)
    book.worksheets[0].merge_cells("D7:D8")
    book.save(path)
    assert import_plan(path).tables[3].collect == ("各系部",)


def test_a_far_corner_cell_does_not_hold_things_up(tmp_path: Path) -> None:
    path = write_excel(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["XFD1048576"] = "x"
    book.save(path)
    assert [table.code for table in import_plan(path).tables] == CODES


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04broken", b"%PDF-1.7"])
def test_a_file_of_another_kind_is_a_sentence(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    error = refused(tmp_path / name)
    assert [problem.id for problem in error.problems] == ["unreadable-file"]
    assert "另存" in error.message


def test_a_workbook_named_as_a_document_is_a_sentence(tmp_path: Path) -> None:
    path = write_excel(tmp_path / "a.xlsx").rename(tmp_path / "a.docx")
    assert [problem.id for problem in refused(path).problems] == ["unreadable-file"]


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * (MOST_UNPACKED + 1))
    assert [problem.id for problem in refused(tmp_path / "a.xlsx").problems] == ["unreadable-file"]


@pytest.mark.parametrize("name", ["a.doc", "a.xls", "a.pdf", "a"])
def test_an_old_or_foreign_format_names_the_way_out(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert "另存为新格式" in refused(tmp_path / name).message


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    assert "找不到" in refused(tmp_path / "a.docx").message


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_a_file_without_decomposition_says_what_it_lacks(write: Writer, name: str, tmp_path: Path) -> None:
    without = [tuple(cell for at, cell in enumerate(row) if at != 5) for row in ROWS]
    (problem,) = refused(write(tmp_path / name, without)).problems
    assert problem.id == "missing-column"
    assert "缺少列 数据采集截止时间" in problem.message


def test_headings_without_a_row_are_no_plan(tmp_path: Path) -> None:
    assert "没有一行" in refused(write_csv(tmp_path / "a.csv", [HEADINGS])).message
