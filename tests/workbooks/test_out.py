"""Rows going out again: the summary's workbooks, pages, and `caiji check`'s document."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import openpyxl

from checks.definition import load_definition
from checks.rows import letters, to_parquet
from plans.plan import Schedule
from tests.checks.frames import rows_of
from tests.workbooks.books import STUDENTS, student, students_book, write_book
from workbooks.check_file import check_file
from workbooks.export import DEPARTMENT, write_rows
from workbooks.reading import Readers
from workbooks.view import read_rows

PAYLOADS = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", '=HYPERLINK("http://x")', "http://example.cn"]


def _generic(*values: str) -> bytes:
    rows = rows_of(["项目", "内容"], [[value, value] for value in values], "13.1")
    return to_parquet(load_definition("13.1"), rows)


def _exported(rows: dict[str, bytes]) -> bytes:
    out = BytesIO()
    write_rows(load_definition("13.1", "学院自加的表"), rows, out)
    return out.getvalue()


def test_departments_are_merged_with_theirs_as_the_last_column() -> None:
    out = BytesIO()
    written = write_rows(load_definition("13.1"), {"乙系": _generic("b"), "甲系": _generic("a", "c")}, out)
    page = openpyxl.load_workbook(out)["13.1"]
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    assert written == 3
    assert cells[0] == ["项目", "内容", "单位", "说明", DEPARTMENT]
    assert [(row[0], row[-1]) for row in cells[1:]] == [("b", "乙系"), ("a", "甲系"), ("c", "甲系")]


def test_the_same_rows_give_the_same_bytes_in_any_order() -> None:
    parts = {"乙系": _generic("b"), "甲系": _generic("a")}
    assert _exported(parts) == _exported(dict(reversed(list(parts.items()))))


def test_no_text_becomes_a_formula_or_a_link() -> None:
    page = openpyxl.load_workbook(BytesIO(_exported({"甲系": _generic(*PAYLOADS)})))["13.1"]
    cells = [page.cell(line, 1) for line in range(2, 2 + len(PAYLOADS))]
    assert [cell.value for cell in cells] == PAYLOADS
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


def test_numbers_are_numbers_and_identity_numbers_text() -> None:
    definition = load_definition("10.1.1")
    rows = rows_of(["学号", "年级", "出生日期"], [["00123", "2018", "20000101"]], "10.1.1")
    out = BytesIO()
    write_rows(definition, {"学务部": to_parquet(definition, rows)}, out)
    page = openpyxl.load_workbook(out)["10.1.1"]
    found = {title.value: value.value for title, value in zip(page[1], page[2], strict=True)}
    assert (found["学号"], found["年级"], found["出生日期"]) == ("00123", 2018, "20000101")


def test_added_columns_are_exported_where_they_hold_something() -> None:
    rows = rows_of(["项目", "备用", "空列"], [["a", "x", None]], "13.1")
    content = to_parquet(load_definition("13.1"), rows)
    page = openpyxl.load_workbook(BytesIO(_exported({"甲系": content})))["13.1"]
    assert [cell.value for cell in page[1]] == ["项目", "内容", "单位", "说明", "备用", DEPARTMENT]


def test_rows_are_shown_a_page_at_a_time() -> None:
    shown = read_rows(_generic(*(f"第{number}项" for number in range(250))), offset=200, limit=100)
    assert shown.columns == ("项目", "内容")
    assert shown.total == 250
    assert shown.sheets == {"13.1": 250}
    assert [row.row for row in shown.rows] == list(range(202, 252))
    assert shown.rows[0].cells == ("第200项", "第200项")


def test_one_sheet_is_shown_without_columns_that_are_empty_there(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    names = ["教工号", "姓名", "性别", "出生日期"]
    teacher = ["甲", "男", "19800101"]
    sheets = {"6.1.1": [names, ["T1", *teacher]], "6.1.3": [[*names, "聘任系部"], ["T2", *teacher, "一系"]]}
    content = readers.read(write_book(tmp_path / "t.xlsx", sheets), "6.1", schedule).rows
    assert read_rows(content, sheet="6.1.1").columns == tuple(names)
    shown = read_rows(content, sheet="6.1.3")
    assert "聘任系部" in shown.columns
    assert [(row.sheet, row.row, row.cells[0]) for row in shown.rows] == [("6.1.3", 2, "T2")]


FAULTS = {
    "姓名": ("", "required"),
    "性别": ("X", "enum"),
    "身份证号": ("123", "pattern"),
    "出生日期": ("20000230", "type"),
    "年级": ("2010", "cohort"),
    "学制": ("9", "range"),
    "入学日期": ("202101", "period"),
    "学籍状态": ("休学", "student-status"),
}


def test_seeded_faults_are_found_and_nothing_else(tmp_path: Path, schedule: Schedule) -> None:
    chance = random.Random(2020)
    rows = [student(number) for number in range(1000)]
    expected = set()
    for line in chance.sample(range(1, 1000), 80):
        name = chance.choice(list(FAULTS))
        value, rule = FAULTS[name]
        position = STUDENTS.index(name)
        rows[line][position] = value
        expected.add((rule, f"{letters(position)}{line + 2}"))
    rows[0][0] = rows[1][0]
    expected.add(("unique-key", "A3"))
    document = check_file("10.1.1", students_book(tmp_path / "s.xlsx", rows), schedule)
    assert {(f["rule"], f["cell"]) for f in document["findings"]} == expected
    assert (document["rows"], document["errors"], document["warnings"]) == (1000, 81, 0)
    places = [finding["row"] for finding in document["findings"]]
    assert places == sorted(places)


def test_the_document_of_caiji_check(tmp_path: Path, schedule: Schedule) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    majors = ["所属系部", "专业代码", "专业名称", "修业年限", "在校生数/总人数"]
    write_book(sources / "7.1.1.xlsx", {"7.1.1": [majors, ["一系", "610101", "专业", 3, 30]]})
    path = students_book(tmp_path / "s.xlsx", [student(1), student(2, 专业代码="610999", 姓名=" 乙")])
    document = check_file("10.1.1", path, schedule, sources)
    assert {key: document[key] for key in ("table", "rows", "errors", "warnings", "infos")} == {
        "table": "10.1.1",
        "rows": 2,
        "errors": 1,
        "warnings": 0,
        "infos": 1,
    }
    keys = {"rule", "severity", "sheet", "cell", "row", "column", "key", "value", "message", "remedy"} | {
        "proposal",
        "released",
    }
    assert set(document["findings"][0]) == keys
    assert [finding["rule"] for finding in document["findings"]] == ["normalised", "reference"]
    assert document["findings"][1]["key"] == "201800002"


def test_a_source_that_cannot_be_read_is_not_referred_to(tmp_path: Path, schedule: Schedule) -> None:
    (tmp_path / "7.1.1.xlsx").write_bytes(b"no workbook")
    path = students_book(tmp_path / "s.xlsx", [student(1)])
    assert check_file("10.1.1", path, schedule, tmp_path)["findings"] == []
