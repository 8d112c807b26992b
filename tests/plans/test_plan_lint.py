"""Each doubt: a plan where it appears, and one where it doesn't."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plans.lint import lint
from plans.lint_people import DepartmentRoles
from plans.load import load_plan
from plans.plan import Cohort, Plan
from plans.problems import PlanProblem
from tests.plans.small_plan import OTHER, SOURCE, PlainWeek, row_with, schedule_with, small_plan


def doubts(plan: Plan, id: str, roles: dict[str, DepartmentRoles] | None = None) -> list[PlanProblem]:
    return [doubt for doubt in lint(plan, PlainWeek(), roles).doubts if doubt.id == id]


def table(number: int, code: str, row: str = OTHER) -> str:
    return row_with("printed", f"{code} 表", row_with("no", str(number), row_with("code", code, row)))


def with_cohorts(*cohorts: Cohort, offset: int = 2) -> Plan:
    plan = small_plan()
    return replace(plan, schedule=replace(plan.schedule, cohorts=cohorts, five_year_offset=offset))


def test_a_plan_without_doubts_about_it_has_no_errors() -> None:
    assert lint(small_plan(), PlainWeek()).errors == ()


def test_an_unknown_department_of_a_plan_edited_elsewhere_is_an_error() -> None:
    plan = small_plan()
    edited = replace(plan, tables=(replace(plan.tables[0], review="没有"), *plan.tables[1:]))
    assert [(each.id, each.where, each.line) for each in lint(edited, PlainWeek()).errors] == [
        ("unknown-unit", "tasks.csv: 1", None)
    ]


def test_every_doubt_has_a_place_and_a_sentence() -> None:
    for doubt in lint(small_plan(row_with("review", "")), PlainWeek(set())).doubts:
        assert doubt.where.startswith(f"{doubt.file}: ")
        assert len(doubt.message) > 10


def test_stale_cohorts() -> None:
    stale = with_cohorts(Cohort(2016, "三年级", None), Cohort(2019, "新生", None))
    (doubt,) = doubts(stale, "stale-cohorts")
    assert doubt.where == "schedule.yaml: cohorts"
    assert "2016 级印作三年级（推算为已离校）" in doubt.message
    assert "2019 级印作新生（推算为一年级）" in doubt.message
    right = with_cohorts(
        Cohort(2017, "三年级", None),
        Cohort(2018, "二年级", None),
        Cohort(2019, "一年级", None),
        Cohort(2020, "新生", None),
    )
    assert doubts(right, "stale-cohorts") == []


def test_five_year_cohorts() -> None:
    skipping = with_cohorts(Cohort(2014, None, "三年级"), Cohort(2015, None, "一年级"))
    (doubt,) = doubts(skipping, "five-year-cohorts")
    assert "2014 级三年级、2015 级一年级" in doubt.message
    assert "入学第 3 年算一年级" in doubt.message
    steady = with_cohorts(Cohort(2014, None, "三年级"), Cohort(2015, None, "二年级"))
    assert doubts(steady, "five-year-cohorts") == []


def test_no_reviewer() -> None:
    (doubt,) = doubts(small_plan(SOURCE, row_with("review", "")), "no-reviewer")
    assert (doubt.where, "现由 教务部 审核" in doubt.message) == ("tasks.csv: 2", True)
    nobody = small_plan(row_with("review", ""), schedule=schedule_with("  default: 教务部\n", ""))
    assert "无人审核" in doubts(nobody, "no-reviewer")[0].message
    assert doubts(small_plan(), "no-reviewer") == []


def test_group_empty() -> None:
    (doubt,) = doubts(small_plan(schedule=schedule_with("各系部: teaching", "各系部: x")), "group-empty")
    assert doubt.where == "schedule.yaml: groups.各系部"
    unused = small_plan(schedule=schedule_with("全部: all", "全部: x"))
    assert doubts(unused, "group-empty") == []


def test_sample_departments() -> None:
    marked = small_plan(schedule=schedule_with("- name: 教务部", "- name: 教务部\n    sample: true"))
    assert [doubt.where for doubt in doubts(marked, "sample-departments")] == ["schedule.yaml: departments"]
    assert doubts(small_plan(), "sample-departments") == []


def test_deadline_on_holiday() -> None:
    saturday = small_plan(
        SOURCE, row_with("due", "2020-11-14"), table(3, "1.3", row_with("due", "2020-11-14"))
    )
    (doubt,) = doubts(saturday, "deadline-on-holiday")
    assert doubt.where == "tasks.csv: 2、3"
    assert "2020-11-14（星期六）" in doubt.message
    roster = small_plan(schedule=schedule_with("2020-11-09 17:30", "2020-11-08 17:30"))
    assert [each.where for each in doubts(roster, "deadline-on-holiday")] == [
        "schedule.yaml: deadlines.roster"
    ]
    assert doubts(small_plan(), "deadline-on-holiday") == []


def test_no_calendar_data() -> None:
    found = lint(small_plan(SOURCE, row_with("due", "2021-01-08")), PlainWeek()).doubts
    (doubt,) = [each for each in found if each.id == "no-calendar-data"]
    assert "2021 年" in doubt.message
    assert doubts(small_plan(), "no-calendar-data") == []


def test_review_before_collect() -> None:
    early = small_plan(row_with("due", "2020-11-09", SOURCE), OTHER)
    assert [doubt.where for doubt in doubts(early, "review-before-collect")] == ["tasks.csv: 1"]
    late = small_plan(row_with("due", "2020-11-19", SOURCE), OTHER)
    assert "晚于引用它的表" in doubts(late, "review-before-collect")[0].message
    assert doubts(small_plan(), "review-before-collect") == []


def test_no_review_deadline() -> None:
    (doubt,) = doubts(small_plan(), "no-review-deadline")
    assert "1 张表只有采集期限；审核按提交后 2 个工作日" in doubt.message
    assert doubts(small_plan(SOURCE), "no-review-deadline") == []


def test_graduates_enrolled() -> None:
    counted = small_plan(schedule=schedule_with("enrolled: [在读]", "enrolled: [在读, 毕业]"))
    assert [doubt.where for doubt in doubts(counted, "graduates-enrolled")] == [
        "schedule.yaml: statuses.enrolled"
    ]
    assert doubts(small_plan(), "graduates-enrolled") == []


def test_calendar_year_unsaid() -> None:
    (doubt,) = doubts(small_plan(table(3, "5.1")), "calendar-year-unsaid")
    assert "2019 年还是 2020 年，现取 2019 年" in doubt.message
    unset = small_plan(table(3, "5.1"), schedule=schedule_with("  calendar_year: 2019\n", ""))
    assert "没有设定" in doubts(unset, "calendar-year-unsaid")[0].message
    one_year = small_plan(table(3, "5.1"), schedule=schedule_with("2019-09-01", "2020-01-01"))
    assert doubts(one_year, "calendar-year-unsaid") == []
    assert doubts(small_plan(), "calendar-year-unsaid") == []


def test_preloaded_unknown() -> None:
    assert [doubt.where for doubt in doubts(small_plan(OTHER), "preloaded-unknown")] == [
        "tasks.csv: preloaded"
    ]
    assert doubts(small_plan(SOURCE), "preloaded-unknown") == []


def test_a_code_beside_its_own_sub_codes_is_unusual() -> None:
    plan = small_plan(table(1, "5.1"), table(2, "5.1.2"), table(3, "5.1.3"))
    (doubt,) = doubts(plan, "printed-code-unusual")
    assert (doubt.where, "5.1.2–5.1.3" in doubt.message) == ("tasks.csv: 1", True)
    assert doubts(small_plan(table(1, "5.1"), table(2, "5.2")), "printed-code-unusual") == []


@pytest.mark.parametrize(
    ("printed", "unusual"), [("1 培训", True), ("6.3.1培训", False), ("6.3.12 培训", True)]
)
def test_a_code_that_does_not_stand_in_print_is_unusual(printed: str, unusual: bool) -> None:
    plan = small_plan(row_with("printed", printed, table(7, "6.3.1")))
    assert [doubt.where for doubt in doubts(plan, "printed-code-unusual")] == ["tasks.csv: 7"] * unusual


def test_codes_absent() -> None:
    plan = small_plan(table(1, "1.1"), table(2, "1.3"), table(3, "1.4.2"), table(4, "3.1"))
    (doubt,) = doubts(plan, "codes-absent")
    assert "缺 1.2、1.4.1、2；" in doubt.message
    assert doubts(small_plan(), "codes-absent") == []


def test_a_table_stands_for_the_first_of_its_own_sub_codes() -> None:
    plan = small_plan(table(1, "1.1"), table(2, "1.1.2"))
    assert doubts(plan, "codes-absent") == []


def test_reviewer_overloaded() -> None:
    strict = small_plan(schedule=schedule_with("limit: 60", "limit: 2"))
    (doubt,) = doubts(strict, "reviewer-overloaded")
    assert "教务部 要审核 3 次，都由一人完成，超过 2 次" in doubt.message
    shared = {"教务部": DepartmentRoles(reviewers=("T1", "T2"))}
    assert doubts(strict, "reviewer-overloaded", shared) == []
    tight = small_plan(schedule=schedule_with("limit: 60", "limit: 1"))
    assert "2 人分担每人约 2 次" in doubts(tight, "reviewer-overloaded", shared)[0].message
    assert doubts(small_plan(), "reviewer-overloaded") == []


def test_same_person_both_roles() -> None:
    both = {"一系": DepartmentRoles(("T1",), ("T1", "T2")), "二系": DepartmentRoles(("T3",), ("T4",))}
    (doubt,) = doubts(small_plan(), "same-person-both-roles", both)
    assert doubt.where == "people.xlsx: 一系"
    assert doubts(small_plan(), "same-person-both-roles", {"二系": both["二系"]}) == []
    assert doubts(small_plan(), "same-person-both-roles") == []


def test_reviewer_without_tables() -> None:
    (doubt,) = doubts(small_plan(), "reviewer-without-tables")
    assert doubt.message.startswith("一系、二系 要报审核员")
    named = {"教务部": DepartmentRoles(reviewers=("T1",)), "一系": DepartmentRoles(collectors=("T2",))}
    assert doubts(small_plan(), "reviewer-without-tables", named) == []
    idle = {"二系": DepartmentRoles(reviewers=("T9",))}
    assert doubts(small_plan(), "reviewer-without-tables", idle)[0].message.startswith("二系 要报审核员")


def test_no_rung_with_the_draft_of_a_circular(plan: Plan) -> None:
    assert doubts(plan, "no-circular-draft") == []
    (doubt,) = doubts(small_plan(), "no-circular-draft")
    assert doubt.where == "schedule.yaml: escalation"
    added = load_plan(plan.text["tasks"], plan.text["schedule"].replace(", attach: circular}", "}"))
    (doubt,) = doubts(added, "no-circular-draft")
    assert doubt.message.endswith(f"这一行：{doubt.example}")
    assert f"  {doubt.example}\n" in plan.text["schedule"]
