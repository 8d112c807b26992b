"""A schedule by form: what was typed stands in its place, all else stays to the letter."""

from __future__ import annotations

import difflib

import pytest

from plans.load import load_plan
from plans.problems import PlanError
from plans.schedule_form import OTHERS, ScheduleForm
from settings import ROOT

SCHEDULE = (ROOT / "schedule.yaml").read_text(encoding="utf-8")
TASKS = (ROOT / "tasks.csv").read_text(encoding="utf-8")


def different(answers: dict[str, str]) -> list[str]:
    form = ScheduleForm(SCHEDULE)
    made = form.filled(form.answers() | answers)
    lines = difflib.unified_diff(SCHEDULE.splitlines(), made.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_the_same_answers_leave_it_as_it_is() -> None:
    form = ScheduleForm(SCHEDULE)
    assert form.filled(form.answers()) is SCHEDULE
    as_browsers_send = {path: text.replace("\n", "\r\n") for path, text in form.answers().items()}
    assert form.filled(as_browsers_send | {"deadlines.roster": "2020-11-07T17:30"}) is SCHEDULE


@pytest.mark.parametrize(
    ("path", "typed", "line"),
    [
        ("contacts.phone", "0731-1234", '+  phone: "0731-1234"'),
        ("contacts.chat.number", "7", '+    number: "7"'),
        ("deadlines.review_within", " 3 ", "+  review_within: 3"),
        ("deadlines.due_time", "18:00", '+  due_time: "18:00"'),
        ("mail.per_minute", "30", "+  per_minute: 30"),
        ("campaign.college", "某学院", "+  college: 某学院"),
    ],
)
def test_a_field_is_changed_in_its_line(path: str, typed: str, line: str) -> None:
    [old, new] = different({path: typed})
    assert (new.partition("#")[0].rstrip(), new.partition("#")[2]) == (line, old.partition("#")[2])


def test_days_may_be_written_in_any_way() -> None:
    [_old, new] = different({"calendar.holidays": "2020-11-20，2020-11-23\n2020-12-01"})
    assert new.startswith("+  holidays: [2020-11-20, 2020-11-23, 2020-12-01]")


def test_a_rung_is_moved_and_another_put_out_of_use() -> None:
    found = different({"reminders.collect-5-before.days": "-6", "escalation.leaders-3-after.used": ""})
    assert [line for line in found if line[0] == "+"] == [
        '+  - {id: collect-5-before, kind: reminder, audience: collector, days: -6, at: "08:30"}'
    ]
    assert [line.split(",")[0] for line in found if line[0] == "-"] == [
        "-  - {id: collect-5-before",
        "-  - {id: leaders-3-after",
    ]


def test_departments_keep_their_place_and_new_ones_follow() -> None:
    form = ScheduleForm(SCHEDULE)
    assert form.marks() == {"": "", "teaching": "各系部"}
    answers = form.answers()
    assert answers[OTHERS].splitlines()[:2] == ["政务部", "教务部"]
    teaching = "示例二系（机电工程）\n\n 艺术系 \n"
    made = form.filled(answers | {OTHERS + "teaching": teaching, OTHERS: answers[OTHERS] + "\n团委"})
    departments = load_plan(TASKS, made).schedule.departments
    assert [(each.name, each.groups, each.sample) for each in departments[6:]] == [
        ("示例二系（机电工程）", ("teaching",), True),
        ("团委", (), False),
        ("艺术系", ("teaching",), False),
    ]


@pytest.mark.parametrize(
    ("path", "typed", "told"),
    [
        ("deadlines.review_within", "bald", "bald"),
        ("calendar.holidays", "2020-13-01", "2020-13-01"),
        ("calendar.work_end", "07:00", "下班时刻应晚于上班时刻"),
        ("departments.", "", "部门"),
        ("reminders.collect-5-before.at", "25:00", "25:00"),
    ],
)
def test_what_cannot_be_used_is_told_by_reading_it(path: str, typed: str, told: str) -> None:
    form = ScheduleForm(SCHEDULE)
    with pytest.raises(PlanError) as refused:
        load_plan(TASKS, form.filled(form.answers() | {path: typed}))
    assert any(told in each.sentence() for each in refused.value.problems)


def test_a_section_that_is_absent_is_made() -> None:
    form = ScheduleForm("contacts:\n  office: a\n")
    assert form.answers()["contacts.chat.kind"] == ""
    assert form.filled({"contacts.chat.kind": "QQ", "mail.per_minute": "5"}) == (
        "contacts:\n  office: a\n  chat:\n    kind: QQ\nmail:\n  per_minute: 5\n"
    )


def test_what_is_no_field_is_not_written() -> None:
    assert different({"campaign.start": "2021-01-01", "csrf": "x", "reminders.none.days": "1"}) == []


def test_a_department_of_two_groups_and_one_that_changes_groups() -> None:
    text = """departments:
  - {name: 甲系, groups: [teaching, old], sample: true}
  - {name: 乙部}
  - name: 丙中心
    groups: [labs]
groups:
  各系部: teaching
  各中心: labs
  全体: all
"""
    form = ScheduleForm(text)
    assert [form.answers()[OTHERS + mark] for mark in ("", "teaching", "labs")] == ["乙部", "甲系", "丙中心"]
    made = form.filled({OTHERS: "", OTHERS + "labs": "甲系\n丙中心\n乙部", OTHERS + "teaching": "甲系"})
    assert made == text.replace("[teaching, old]", "[old, teaching, labs]").replace(
        "{name: 乙部}", "{name: 乙部, groups: [labs]}"
    )


def test_a_department_that_goes_leaves_the_remark_below_it() -> None:
    gone = different({OTHERS: "政务部\n教务部\n学务部\n财务处\n质量部"})
    assert gone == ["-  - name: 图书馆"]


def test_a_ladder_without_rungs_leaves_the_remark_of_what_follows() -> None:
    form = ScheduleForm(SCHEDULE)
    answers = {
        path: "" for path in form.answers() if path.startswith("escalation.") and path.endswith(".used")
    }
    made = form.filled(form.answers() | answers)
    assert "# 年级对照，照方案所印" in made.partition("escalation")[2].partition("cohorts:")[0]
    assert ScheduleForm(made).rungs("escalation") == []


def test_a_remark_on_a_day_stays_with_it() -> None:
    text = "calendar:\n  holidays:\n    - 2020-11-20   # 校庆\n    - 2020-11-23   # 运动会\n"
    made = ScheduleForm(text).filled({"calendar.holidays": "2020-11-23\n2020-12-01"})
    assert made == "calendar:\n  holidays:\n    - 2020-11-23   # 运动会\n    - 2020-12-01\n"


def test_a_text_of_several_lines_stays_one_and_may_be_changed() -> None:
    text = "contacts:\n  platform: |\n    一\n    二\n  office: a\n"
    form = ScheduleForm(text)
    assert form.filled(form.answers() | {"contacts.platform": "一\r\n二"}) is text
    assert form.filled({"contacts.platform": "一\r\n三"}) == text.replace("二", "三")


def test_a_letter_is_no_blank() -> None:
    form = ScheduleForm("campaign:\n  college: IT学院\n")
    assert form.filled({"campaign.college": "I 学院"}) == "campaign:\n  college: I 学院\n"


def test_many_departments_are_read_in_no_time() -> None:
    """Each was looked for among all, for each."""
    entries = "".join(f"  - {{name: 部{n}}}\n" for n in range(3000))
    form = ScheduleForm(f"departments:\n{entries}")
    names = [f"部{n}" for n in range(1, 3001)]
    assert ScheduleForm(form.filled({OTHERS: "\n".join(names)})).answers()[OTHERS].splitlines() == names
