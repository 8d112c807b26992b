"""Both files together."""

from __future__ import annotations

from pathlib import Path

import pytest

from plans.load import load_files, load_plan
from plans.problems import PlanError
from tests.plans.small_plan import (
    HEADER,
    OTHER,
    SCHEDULE,
    SOURCE,
    TASKS,
    brief_error,
    row_with,
    schedule_with,
    small_plan,
)


def refused(tasks: str, schedule: str = SCHEDULE) -> PlanError:
    with pytest.raises(PlanError) as caught:
        load_plan(tasks, schedule)
    return caught.value


def test_a_plan_keeps_the_text_it_was_read_from() -> None:
    plan = load_plan(TASKS, SCHEDULE)
    assert plan.text == {"tasks": TASKS, "schedule": SCHEDULE}
    assert [table.code for table in plan.tables] == ["1.1", "1.2"]


def test_a_table_fans_out_over_its_group() -> None:
    pairs = [(each.code, each.department, each.reviewer) for each in small_plan().obligations()]
    assert pairs == [("1.1", "教务部", "教务部"), ("1.2", "一系", "教务部"), ("1.2", "二系", "教务部")]


def test_a_department_named_beside_its_group_owes_once() -> None:
    plan = small_plan(row_with("collect", "各系部、一系、教务部"))
    assert [each.department for each in plan.obligations()] == ["一系", "二系", "教务部"]


def test_a_table_without_reviewer_goes_to_the_default_one() -> None:
    plan = small_plan(row_with("review", ""))
    assert plan.tables[0].review is None
    assert {each.reviewer for each in plan.obligations()} == {"教务部"}


def test_an_unknown_department_is_told_with_its_line_and_near_names() -> None:
    (problem,) = refused("\n".join([HEADER, SOURCE, row_with("collect", "教物部")])).problems
    assert (problem.id, problem.file, problem.line, problem.where) == (
        "unknown-unit",
        "tasks.csv",
        3,
        "tasks.csv: 2",
    )
    assert "“教物部”" in problem.message
    assert "是不是 教务部" in problem.message


def test_a_name_near_to_none_suggests_nothing_but_shows_an_example() -> None:
    (problem,) = refused("\n".join([HEADER, row_with("collect", "后勤集团")])).problems
    assert "是不是" not in problem.message
    assert problem.example == "教务部、一系、二系"


def test_a_group_cannot_review() -> None:
    (problem,) = refused("\n".join([HEADER, row_with("review", "各系部")])).problems
    assert problem.id == "unknown-unit"
    assert "review" in problem.message


def test_problems_of_both_files_come_together() -> None:
    error = refused("\n".join([HEADER, row_with("due", "月底")]), schedule_with("limit: 60", "limit: x"))
    assert [problem.file for problem in error.problems] == ["schedule.yaml", "tasks.csv"]


def test_departments_are_not_judged_by_a_broken_schedule() -> None:
    error = refused("\n".join([HEADER, row_with("collect", "谁")]), schedule_with("limit: 60", "limit: x"))
    assert [problem.id for problem in error.problems] == ["bad-value"]


def test_a_bad_row_beside_an_unknown_department_are_both_told() -> None:
    error = refused("\n".join([HEADER, row_with("due", "月底"), row_with("collect", "谁", SOURCE)]))
    assert brief_error(error) == [("bad-date", 2), ("unknown-unit", 3)]


def test_a_file_with_headings_only_has_no_table() -> None:
    assert brief_error(refused(HEADER)) == [("bad-value", None)]


def test_files_of_other_names_are_told_by_their_names(tmp_path: Path) -> None:
    tasks, schedule = tmp_path / "分解.csv", tmp_path / "约定.yaml"
    tasks.write_text(TASKS.replace("2020-11-18", "月底"), encoding="gb18030")
    schedule.write_text(SCHEDULE.replace("limit: 60", "limit: x"), encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_files(tasks, schedule)
    assert [problem.file for problem in caught.value.problems] == ["约定.yaml", "分解.csv"]


def test_files_as_excel_and_notepad_save_them(tmp_path: Path) -> None:
    tasks, schedule = tmp_path / "tasks.csv", tmp_path / "schedule.yaml"
    tasks.write_text("\n".join([HEADER, SOURCE, OTHER]), encoding="gb18030", newline="\r\n")
    schedule.write_text(SCHEDULE, encoding="utf-8-sig", newline="\r\n")
    assert load_files(tasks, schedule) == small_plan()


def test_a_missing_file_and_a_folder_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "schedule.yaml").write_text(SCHEDULE, encoding="utf-8")
    for tasks, said in ((tmp_path / "tasks.csv", "找不到"), (tmp_path, "打不开")):
        with pytest.raises(PlanError) as caught:
            load_files(tasks, tmp_path / "schedule.yaml")
        assert said in caught.value.message
        assert brief_error(caught.value) == [("unreadable-file", None)]


def test_an_error_says_what_to_do_and_what_is_safe() -> None:
    error = refused("\n".join([HEADER, row_with("due", "月底")]))
    assert error.status == 422
    assert "原有的计划和数据都不受影响" in error.remedy
    assert error.problems[0].as_dict() == {
        "id": "bad-date",
        "file": "tasks.csv",
        "line": 2,
        "where": "tasks.csv: 2",
        "message": "due 列应是日期（年-月-日），现在是“月底”",
        "example": "2020-11-18",
    }
