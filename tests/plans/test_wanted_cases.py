"""How many typical cases are asked of whom, and what of it is missing."""

from __future__ import annotations

import pytest

from plans.load import load_plan
from plans.plan import Schedule
from plans.problems import PlanError
from plans.schedule_form import ScheduleForm
from plans.wanted_cases import ANY, WANTED, cases_missing, cases_owed
from tests.conftest import shipped_plan

FIRST, SECOND = "示例一系（信息工程）", "示例二系（机电工程）"


def said(wanted: str, due: str = "") -> Schedule:
    form = ScheduleForm(shipped_plan().text["schedule"])
    text = form.filled(form.answers() | {"cases.wanted": wanted, "cases.due": due})
    return load_plan(shipped_plan().text["tasks"], text).schedule


def test_the_plan_names_no_number_and_no_day_so_nothing_is_owed() -> None:
    schedule = shipped_plan().schedule
    assert (len(schedule.case_themes), schedule.cases_due, cases_owed(schedule)) == (7, None, {})


def test_the_office_asks_a_group_for_one_on_each_of_two_themes() -> None:
    schedule = said("各系部：教学改革、技能大赛 1", "2020-12-04T17:30")
    owed = cases_owed(schedule)
    assert len(owed) == 6
    assert owed[FIRST] == {"教学改革": 1, "技能大赛": 1}
    assert f"{schedule.cases_due:%Y-%m-%d %H:%M %z}" == "2020-12-04 17:30 +0800"


def test_what_is_written_later_counts() -> None:
    owed = cases_owed(said(f"各系部：教学改革 1\n{FIRST}：教学改革 0\n{SECOND}: 教学改革 ３篇"))
    assert (FIRST in owed, owed[SECOND]) == (False, {"教学改革": 3})


@pytest.mark.parametrize(
    ("wanted", "problem", "told"),
    [
        ("各系：教学改革 1", "unknown-unit", "不认识的部门 各系（是不是 各系部？）"),
        ("各系部：教学改格 1", "bad-value", "不认识的主题 教学改格（是不是 教学改革？）"),
        ("各系部 教学改革 1", "bad-value", "“各系部 教学改革 1”不是“部门：主题 篇数”"),
        ("各系部：教学改革", "bad-value", "不是“部门：主题 篇数”"),
        ("各系部：、 1", "bad-value", "不是“部门：主题 篇数”"),
    ],
)
def test_a_wrong_line_is_told(wanted: str, problem: str, told: str) -> None:
    with pytest.raises(PlanError) as error:
        said(wanted)
    (found,) = error.value.problems
    assert found.id == problem
    assert told in found.sentence()
    assert found.line is not None


@pytest.mark.parametrize(
    ("owed", "there", "missing"),
    [
        ({"教学改革": 2}, {}, {"教学改革": 2}),
        ({"教学改革": 2}, {"教学改革": 1, "技能大赛": 5}, {"教学改革": 1}),
        ({ANY: 2}, {"教学改革": 1}, {ANY: 1}),
        ({ANY: 1, "教学改革": 1}, {"教学改革": 1}, {ANY: 1}),
        ({ANY: 1, "教学改革": 1}, {"教学改革": 2}, {}),
        ({ANY: 1, "教学改革": 1}, {"国际交流": 2}, {"教学改革": 1}),
        ({}, {"国际交流": 2}, {}),
    ],
)
def test_what_is_missing(owed: dict[str, int], there: dict[str, int], missing: dict[str, int]) -> None:
    assert cases_missing(owed, there) == missing


def test_a_line_in_any_of_its_spellings() -> None:
    made = WANTED.parse("各系部，政务部 :教学改革, 技能大赛  12 篇")
    assert (made.units, made.themes, made.count) == (("各系部", "政务部"), ("教学改革", "技能大赛"), 12)


def test_taking_everything_off_again_is_fine() -> None:
    form = ScheduleForm(shipped_plan().text["schedule"])
    asked = form.filled(
        form.answers() | {"cases.wanted": "各系部：教学改革 1", "cases.due": "2020-12-04T17:30"}
    )
    form = ScheduleForm(asked)
    assert form.filled(form.answers() | {"cases.due": "2020-12-04T17:30"}) is asked
    schedule = load_plan(
        shipped_plan().text["tasks"], form.filled(form.answers() | {"cases.wanted": "", "cases.due": ""})
    ).schedule
    assert (schedule.wanted_cases, schedule.cases_due) == ((), None)
