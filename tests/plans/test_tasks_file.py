"""`tasks.csv`: tables in, exact problems out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.plan import PlanTable
from plans.problems import PlanError
from plans.tasks_file import COLUMNS, decode, load_tasks, write_tasks
from tests.plans.small_plan import HEADER, OTHER, SOURCE, TASKS, brief_error, row_with

FIRST = PlanTable(
    no=1,
    code="1.1",
    name="机构",
    printed="1.1机构",
    directory=None,
    step=1,
    collect=("教务部",),
    review="教务部",
    due=date(2020, 11, 11),
    due_stage="reviewed",
    evidence=None,
    preloaded=True,
)
WORDS = st.text("采集表情况（一）、abc 0123/-", min_size=1, max_size=12).map(lambda text: f"表{text}表")
UNITS = st.lists(st.sampled_from(["教务部", "学务部", "各系部", "一系（机电）"]), min_size=1, unique=True)


def refused(text: str) -> PlanError:
    with pytest.raises(PlanError) as caught:
        load_tasks(text)
    return caught.value


def test_rows_are_read_as_they_stand() -> None:
    first, second = load_tasks(TASKS)
    assert first == FIRST
    assert (second.directory, second.collect, second.review) == ("一、基本信息", ("各系部",), "教务部")
    assert (second.due_stage, second.preloaded, second.source) == ("collected", False, False)


def test_a_bom_blank_lines_and_windows_line_ends_do_no_harm() -> None:
    lines = [HEADER, "", SOURCE, ",,,,,,,,,,,", OTHER, ""]
    assert load_tasks("\ufeff" + "\r\n".join(lines)) == load_tasks(TASKS)


def test_columns_may_stand_in_any_order_with_others_beside_them() -> None:
    order = [11, 0, 5, 3, 2, 1, 4, 6, 7, 8, 9, 10]
    shuffled = [",".join([*(line.split(",")[at] for at in order), "备注"]) for line in TASKS.splitlines()]
    assert load_tasks("\n".join(shuffled)) == load_tasks(TASKS)


def test_full_width_digits_and_other_dates_are_understood() -> None:
    row = "２,１．２,联系,１．２ 联系,一、基本信息,２,各系部,教务部,2020年11月18日,,,否"
    assert (
        load_tasks(f"{HEADER}\n{row}")[0] == load_tasks(f"{HEADER}\n{row_with('printed', '１．２ 联系')}")[0]
    )


def test_what_may_be_left_empty_has_its_default() -> None:
    source = load_tasks(f"{HEADER}\n1,1.1,机构,,,1,教务部,,2020-11-11,,,")[0]
    assert (source.printed, source.directory, source.review) == ("1.1 机构", None, None)
    assert (source.due_stage, source.evidence, source.preloaded) == ("reviewed", None, False)
    assert load_tasks(f"{HEADER}\n1,1.1,机构,,,2,教务部,,2020-11-11,,,")[0].due_stage == "collected"


def test_a_cell_with_a_line_break_keeps_the_lines_right() -> None:
    error = refused(f'{HEADER}\n1,1.1,"机\n构",,,1,教务部,,2020-11-11,,,\n{row_with("due", "月底")}')
    assert brief_error(error) == [("bad-date", 4)]


@pytest.mark.parametrize("column", COLUMNS)
def test_each_column_is_needed(column: str) -> None:
    error = refused(
        TASKS.replace(column, "x" + column, 1) if column != "due" else TASKS.replace(",due,", ",x,")
    )
    problem = error.problems[0]
    assert (problem.id, problem.line, problem.example) == ("missing-column", 1, HEADER)
    assert column in problem.message


def test_an_empty_file_lacks_its_columns() -> None:
    assert brief_error(refused("")) == [("missing-column", 1)]


@pytest.mark.parametrize(
    ("column", "value", "id", "example"),
    [
        ("no", "零", "bad-value", "12"),
        ("no", "0", "bad-value", "12"),
        ("no", "", "bad-value", "12"),
        ("code", "", "bad-value", "10.1.1"),
        ("code", "A1", "bad-value", "10.1.1"),
        ("code", "1..2", "bad-value", "10.1.1"),
        ("name", "", "bad-value", "校内实践基地"),
        ("name", "=1+1", "bad-value", "1+1"),
        ("printed", "@SUM", "bad-value", "SUM"),
        ("directory", "-一", "bad-value", "一"),
        ("step", "第二步", "bad-value", "2"),
        ("collect", "", "bad-value", "教务部、学务部"),
        ("collect", "+教务部", "bad-value", "教务部"),
        ("review", "教务部、学务部", "bad-value", "教务部"),
        ("due", "11月18日", "bad-date", "2020-11-18"),
        ("due", "", "bad-date", "2020-11-18"),
        ("due", "2020-11-31", "bad-date", "2020-11-18"),
        ("due_stage", "checked", "bad-value", "reviewed"),
        ("evidence", "paper", "bad-value", "upload"),
        ("preloaded", "也许", "bad-value", "yes"),
    ],
)
def test_a_wrong_cell_is_told_with_its_line_and_an_example(
    column: str, value: str, id: str, example: str
) -> None:
    problems = refused(f"{HEADER}\n{SOURCE}\n{row_with(column, value)}").problems
    assert [(each.id, each.line, each.file, each.example) for each in problems] == [
        (id, 3, "tasks.csv", example)
    ]
    assert column in problems[0].message


def test_a_code_that_excel_made_a_date_is_explained() -> None:
    assert "Excel" in refused(f"{HEADER}\n{row_with('code', '2010/1/1')}").message


def test_every_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    rows = [row_with("due", "x"), row_with("no", "x"), SOURCE, SOURCE]
    error = refused("\n".join([HEADER, *rows]))
    assert brief_error(error) == [("bad-date", 2), ("bad-value", 3), ("duplicate-code", 5)]
    assert error.message.endswith("另有 2 处问题。")
    assert "tasks.csv 第 2 行" in error.message


def test_the_same_row_twice_is_told_as_such() -> None:
    problem = refused("\n".join([HEADER, SOURCE, OTHER, SOURCE])).problems[0]
    assert (problem.id, problem.line, problem.where) == ("duplicate-code", 4, "tasks.csv: 1")
    assert problem.message == "这一行与第 2 行完全相同（1.1 机构），请删去一行"


def test_one_code_for_two_tables_names_both() -> None:
    problem = refused("\n".join([HEADER, SOURCE, row_with("code", "1.1")])).problems[0]
    assert (problem.id, problem.line) == ("duplicate-code", 3)
    assert "第 2 行给了“机构”" in problem.message


def test_one_number_for_two_tables() -> None:
    problem = refused("\n".join([HEADER, SOURCE, row_with("no", "1")])).problems[0]
    assert (problem.id, problem.line, problem.example) == ("duplicate-no", 3, "2")


def test_excel_in_china_saves_gb18030_and_a_bom_stays_in_the_text() -> None:
    assert load_tasks(decode(TASKS.encode("gb18030"), "tasks.csv")) == load_tasks(TASKS)
    assert load_tasks(decode(TASKS.encode("utf-8-sig"), "tasks.csv")) == load_tasks(TASKS)
    assert decode(TASKS.encode("utf-8-sig"), "tasks.csv") == "\ufeff" + TASKS


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(PlanError) as caught:
        decode(b"\xff\xff\x00\x81", "tasks.csv")
    assert brief_error(caught.value) == [("unreadable-file", None)]
    assert "CSV UTF-8" in caught.value.message


def test_a_cell_larger_than_csv_allows_is_a_sentence() -> None:
    error = refused(f"{HEADER}\n{SOURCE}\n{'长' * 200_000},2\n")
    assert brief_error(error) == [("unreadable-file", 3)]


def test_the_written_file_begins_with_a_bom_and_the_columns() -> None:
    text = write_tasks(load_tasks(TASKS))
    assert text.splitlines()[0] == "\ufeff" + HEADER
    assert text.splitlines()[1] == SOURCE


tables = st.builds(
    PlanTable,
    no=st.integers(1, 999),
    code=st.lists(st.integers(1, 99), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts))),
    name=WORDS,
    printed=WORDS,
    directory=st.none() | WORDS,
    step=st.integers(1, 9),
    collect=UNITS.map(tuple),
    review=st.none() | st.sampled_from(["教务部", "学务部"]),
    due=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    due_stage=st.sampled_from(["reviewed", "collected"]),
    evidence=st.none() | st.sampled_from(["upload", "form", "attest"]),
    preloaded=st.booleans(),
)


@given(st.lists(tables, unique_by=(lambda table: table.no, lambda table: table.code)))
def test_what_is_written_is_read_back(rows: list[PlanTable]) -> None:
    text = write_tasks(rows)
    again = load_tasks(text)
    assert [table.no for table in again] == [table.no for table in rows]
    assert write_tasks(again) == write_tasks(load_tasks(write_tasks(again)))
    for table, read in zip(rows, again, strict=True):
        assert (read.code, read.collect, read.review, read.due) == (
            table.code,
            table.collect,
            table.review,
            table.due,
        )
        assert (read.step, read.due_stage, read.evidence) == (table.step, table.due_stage, table.evidence)
        assert read.name == " ".join(table.name.split())
        assert read.preloaded == table.preloaded
