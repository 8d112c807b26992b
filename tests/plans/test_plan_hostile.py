"""Whatever stands in a plan file, people get a plan or sentences: nothing else ever comes out."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.decomposition import Reading, read_grid
from plans.importing import import_plan
from plans.load import load_plan
from plans.plan import Plan
from plans.problems import PlanError, Problems
from plans.tasks_file import load_tasks, read_tasks, write_tasks
from settings import ROOT
from tests.plans.documents import CODES, HEADINGS, ROWS, write_word
from tests.plans.small_plan import HEADER, OTHER, SCHEDULE, SOURCE, TASKS

SHIPPED = (ROOT / "schedule.yaml").read_text(encoding="utf-8")
BITS = st.sampled_from(
    [
        "",
        "1",
        "1.6",
        "１.６ 表",
        "十二、说明",
        "六、队伍（一级数据目录）",
        "6.3 其他",
        "2 培训",
        "教务部",
        "教务部、学务部",
        "11月18日",
        "2020-11-18",
        "月底",
        "=1+1",
        "第一步：甲",
        "第二步：乙",
        "\n",
        "序号",
        "零",
        "99999",
        '"',
        "\x00",
    ]
)
SOME_YAML = st.sampled_from(
    ["", "x", "[]", "{}", "- a", "null", "-1", "0", "'", "2020-13-01", "*a", "&a b", "!!x y"]
)


def outcome(tasks: str, schedule: str) -> Plan | PlanError:
    try:
        return load_plan(tasks, schedule)
    except PlanError as error:
        assert all(problem.sentence() and problem.message for problem in error.problems)
        return error


@given(st.integers(0, len(SHIPPED.splitlines()) - 1))
def test_the_shipped_schedule_without_any_one_line(at: int) -> None:
    lines = SHIPPED.splitlines()
    found = outcome(TASKS, "\n".join([*lines[:at], *lines[at + 1 :]]))
    if isinstance(found, PlanError):
        assert {problem.file for problem in found.problems} <= {"schedule.yaml", "tasks.csv"}


@given(st.integers(0, len(SCHEDULE.splitlines()) - 1), SOME_YAML)
def test_any_value_of_the_schedule_replaced(at: int, value: str) -> None:
    lines = SCHEDULE.splitlines()
    key = lines[at].partition(":")[0]
    found = outcome(TASKS, "\n".join([*lines[:at], f"{key}: {value}", *lines[at + 1 :]]))
    if isinstance(found, PlanError):
        own = [problem for problem in found.problems if problem.file == "schedule.yaml"]
        assert all(problem.line is None or 1 <= problem.line <= len(lines) + 1 for problem in own)


@given(st.text(max_size=200))
def test_any_text_at_all(text: str) -> None:
    outcome(text, text)
    outcome(f"{HEADER}\n{text}", SCHEDULE)


@given(st.integers(0, 11), st.sampled_from([SOURCE, OTHER]), BITS)
def test_a_row_with_any_one_cell_replaced_is_read_or_told_on_its_line(at: int, row: str, value: str) -> None:
    cells = row.split(",")
    cells[at] = value.replace('"', "").replace("\n", "").replace("\x00", "")
    rows, problems = read_tasks(f"{HEADER}\n{','.join(cells)}", "tasks.csv")
    assert len(rows) == (not problems.found)
    assert {problem.line for problem in problems.found} <= {2}


@given(st.lists(st.lists(BITS, min_size=6, max_size=6), max_size=8))
def test_any_grid_under_the_headings_gives_rows_or_problems(rows: list[list[str]]) -> None:
    reading = Reading(Problems("a.csv"), 2020)
    read_grid([list(HEADINGS), *rows], reading)
    for table in reading.tables:
        assert table.no > 0
        assert table.collect
        assert table.name
        assert (table.due_stage == "reviewed") == table.source
    assert all(1 <= (problem.line or 0) <= len(rows) + 1 for problem in reading.problems.found)


@given(st.lists(st.lists(BITS, min_size=6, max_size=6), min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_what_any_csv_imports_loads_again(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "a.csv"
    lines = [["2020年"], HEADINGS, *rows]
    path.write_text(
        "\n".join(",".join(f'"{c.replace(chr(34), "")}"' for c in line) for line in lines), "utf-8"
    )
    with suppress(PlanError):
        tables = import_plan(path).tables
        assert load_tasks(write_tasks(tables)) == tables


@given(st.permutations(range(6)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
def test_a_word_table_with_its_columns_in_any_order(tmp_path: Path, order: list[int]) -> None:
    rows = [[row[at] for at in order] for row in ROWS]
    found = import_plan(write_word(tmp_path / "a.docx", rows, step_column=order.index(1)))
    assert [table.code for table in found.tables] == CODES
    assert [table.no for table in found.tables] == [1, 31, 32, 33, 39, 72]
    assert [table.step for table in found.tables] == [1, 2, 2, 2, 2, 2]
