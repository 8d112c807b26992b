"""The 2020 plan that is shipped: the Word sample, tasks.csv and schedule.yaml say the same."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time

import pytest

from plans.cohorts import FIVE_YEAR, THREE_YEAR, year_label
from plans.importing import import_plan
from plans.lint import lint
from plans.plan import Plan
from plans.show import as_document
from settings import ROOT
from tests.plans.small_plan import PlainWeek

SAMPLE = ROOT / "plans" / "sample" / "plan-2020-sample.docx"


def test_the_word_sample_gives_the_rows_of_tasks_csv(plan: Plan) -> None:
    assert import_plan(SAMPLE).tables == plan.tables


def test_the_counts_of_the_decomposition(plan: Plan) -> None:
    assert [table.no for table in plan.tables] == list(range(1, 73))
    assert Counter("、".join(table.collect) for table in plan.tables) == {
        "各系部": 21,
        "学务部": 17,
        "教务部": 11,
        "政务部": 9,
        "财务处": 9,
        "质量部": 2,
        "图书馆": 1,
        "教务部、学务部": 1,
        "参与数据采集的所有部门": 1,
    }
    assert Counter((table.due, table.due_stage, table.source) for table in plan.tables) == {
        (date(2020, 11, 11), "reviewed", True): 5,
        (date(2020, 11, 18), "collected", False): 67,
    }


@pytest.mark.parametrize(
    ("no", "code", "name", "printed", "directory"),
    [
        (1, "1.6", "机构设置", "1.6机构设置", None),
        (8, "1.3", "2020年招生计划", "1.3 2020年招生计划", "一、基本信息"),
        (12, "2.2", "参与教学、联系学生", "2.2参与教学、联系学生", "二、院校领导"),
        (23, "5.1", "学费收入", "5.1 学费收入", "五、办学经费"),
        (31, "6.2", "教师授课情况", "6.2 教师授课情况", "六、师资队伍"),
        (32, "6.3.1", "培训进修", "1 培训进修", "六、师资队伍"),
        (38, "6.3.7", "著作论文", "7 著作论文", "六、师资队伍"),
        (70, "11.5", "2020-2021学年开设专业", "11.5 2020-2021学年开设专业", "十一、新增数据项"),
        (72, "12", "系统未尽事宜有关说明", "十二、系统未尽事宜有关说明", "十二、系统未尽事宜有关说明"),
    ],
)
def test_the_rows_that_are_easy_to_misread(
    plan: Plan, no: int, code: str, name: str, printed: str, directory: str | None
) -> None:
    table = plan.tables[no - 1]
    assert (table.code, table.name, table.printed, table.directory) == (code, name, printed, directory)


def test_each_department_owes_its_own(plan: Plan) -> None:
    owed = plan.obligations()
    assert len(owed) == len(set(owed)) == as_document(plan)["assignments"] == 189
    assert {each.reviewer for each in owed if each.code == "12"} == {"质量部"}
    assert [each.department for each in owed if each.code == "8.1"] == ["教务部", "学务部"]


def test_deadlines_are_moments_of_the_campaigns_zone(plan: Plan) -> None:
    due = plan.schedule.due_at(plan.table("10.1.1").due)
    assert due.astimezone(UTC) == datetime(2020, 11, 11, 15, 59, 59, tzinfo=UTC)
    assert plan.schedule.roster_due.isoformat() == "2020-11-07T17:30:00+08:00"


def test_every_department_without_a_name_in_the_plan_is_marked_a_sample(plan: Plan) -> None:
    samples = [department for department in plan.schedule.departments if department.sample]
    assert len(samples) == 6
    assert all(department.name.startswith("示例") for department in samples)
    assert plan.schedule.groups["各系部"] == tuple(department.name for department in samples)


def test_the_ladders_reach_everybody_they_should(plan: Plan) -> None:
    reminders, escalation = plan.schedule.reminders, plan.schedule.escalation
    collector = [rule.days for rule in reminders if rule.audience == "collector" and rule.days is not None]
    assert collector == [-5, -3, -1, 0, 1]
    assert {rule.kind for rule in reminders} == {"reminder", "overdue", "roster-reminder"}
    assert {rule.at for rule in (*reminders, *escalation) if rule.at} == {time(8, 30)}
    assert [(rule.kind, rule.audience, rule.days, rule.hours, rule.on) for rule in escalation] == [
        ("forewarning", "head", None, -4, None),
        ("escalation", "office", None, None, "deadline"),
        ("escalation", "leader", 1, None, None),
        ("escalation", "leaders", 3, None, None),
        ("escalation", "office", 5, None, None),
        ("report", "office", None, None, "deadline"),
        ("report", "office", 1, None, None),
    ]


def test_its_doubts_are_told(plan: Plan) -> None:
    found = lint(plan, PlainWeek())
    assert found.errors == ()
    assert [doubt.id for doubt in found.doubts] == [
        "stale-cohorts",
        "five-year-cohorts",
        "no-reviewer",
        "sample-departments",
        "no-review-deadline",
        "graduates-enrolled",
        "calendar-year-unsaid",
        "preloaded-unknown",
        "printed-code-unusual",
        "printed-code-unusual",
        "codes-absent",
        "deadline-on-holiday",
        "reviewer-overloaded",
        "reviewer-without-tables",
    ]
    messages = {doubt.id: doubt.message for doubt in found.doubts}
    assert "缺 7.6.2、9.1、9.2、11.4；" in messages["codes-absent"]
    assert "教务部 要审核 90 次" in messages["reviewer-overloaded"]
    assert "2020-11-07（星期六）" in messages["deadline-on-holiday"]


@pytest.mark.parametrize(
    ("entry", "programme", "label"),
    [
        (2020, THREE_YEAR, "新生"),
        (2019, THREE_YEAR, "一年级"),
        (2017, THREE_YEAR, "三年级"),
        (2016, THREE_YEAR, None),
        (2021, THREE_YEAR, None),
        (2017, FIVE_YEAR, "一年级"),
        (2015, FIVE_YEAR, "三年级"),
        (2018, FIVE_YEAR, None),
        (2014, FIVE_YEAR, None),
    ],
)
def test_years_of_study_by_the_school_year(plan: Plan, entry: int, programme: int, label: str | None) -> None:
    assert year_label(plan.schedule, entry, programme) == label
