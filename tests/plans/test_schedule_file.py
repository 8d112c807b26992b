"""`schedule.yaml`: values in, exact problems out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from plans.plan import Department, Period, Rule
from plans.problems import PlanError, PlanProblem
from plans.schedule_file import load_schedule
from tests.plans.small_plan import SCHEDULE, brief, schedule_with

ZONE = ZoneInfo("Asia/Shanghai")


def problems(text: str) -> tuple[PlanProblem, ...]:
    with pytest.raises(PlanError) as caught:
        load_schedule(text)
    return caught.value.problems


def line_of(text: str, piece: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if piece in line)


def test_the_campaign_is_read() -> None:
    schedule = load_schedule(SCHEDULE)
    assert (schedule.name, schedule.year, schedule.college) == ("试采集", 2020, "某学院")
    assert schedule.start == datetime(2020, 11, 6, 8, 0, tzinfo=ZONE)
    assert schedule.roster_due == datetime(2020, 11, 9, 17, 30, tzinfo=ZONE)
    assert schedule.period == Period(date(2019, 9, 1), date(2020, 8, 31))
    assert schedule.calendar_year == 2019


def test_a_name_is_one_line_whatever_was_pasted() -> None:
    """A line break in the sender's name, or in a department's that stands in a subject, stops every mail."""
    text = (
        schedule_with("name: 试采集", 'name: "试采\\n集  一"') + 'mail: {from_name: "质量部\\r\\nBcc: a@b"}\n'
    )
    schedule = load_schedule(text.replace("name: 二系", 'name: "二\\a系"'))
    assert schedule.departments[2].name == "二系"
    assert (schedule.name, schedule.mail_from_name) == ("试采集 一", "质量部 Bcc: a@b")


def test_a_phone_number_stays_as_typed() -> None:
    assert load_schedule(SCHEDULE).contacts.phone == "02880000"


def test_what_is_left_out_has_its_default() -> None:
    schedule = load_schedule(SCHEDULE)
    assert (schedule.review_within, schedule.mend_within, schedule.close_after) == (2, 1, 5)
    assert (schedule.due_time, schedule.evidence) == (time(23, 59, 59), "upload")
    assert (schedule.calendar.start, schedule.calendar.end) == (time(8, 30), time(17, 30))
    assert (schedule.mails_per_minute, schedule.five_year_offset, schedule.cohorts) == (60, 0, ())


def test_zero_is_a_value_and_no_absence() -> None:
    text = schedule_with("17:30\ncal", "17:30\n  review_within: 0\n  close_after: ０\ncal")
    schedule = load_schedule(text)
    assert (schedule.review_within, schedule.close_after) == (0, 0)


def test_departments_and_groups_fan_out() -> None:
    schedule = load_schedule(SCHEDULE)
    assert schedule.departments[1] == Department("一系", ("teaching",))
    assert schedule.groups == {"各系部": ("一系", "二系"), "全部": ("教务部", "一系", "二系")}


def test_a_group_may_list_its_departments() -> None:
    text = schedule_with("各系部: teaching", "各系部: [二系, 教务部]")
    assert load_schedule(text).groups["各系部"] == ("二系", "教务部")


def test_a_group_without_members_is_empty_and_no_error() -> None:
    assert load_schedule(schedule_with("各系部: teaching", "各系部: nobody")).groups["各系部"] == ()


def test_rules_are_read() -> None:
    schedule = load_schedule(SCHEDULE)
    assert schedule.reminders == (Rule("three-before", "reminder", "collector", days=-3, at=time(8, 30)),)
    office = Rule("office", "escalation", "office", on="deadline")
    assert schedule.escalation == (office,)
    drafting = load_schedule(schedule_with("on: deadline", "on: deadline, attach: circular"))
    assert drafting.escalation == (replace(office, attach="circular"),)


def test_the_calendars_own_days_are_read() -> None:
    assert load_schedule(SCHEDULE).calendar.holidays == {date(2020, 11, 20)}


@pytest.mark.parametrize(
    ("old", "new", "id", "piece", "example"),
    [
        ("year: 2020", "year: 二零", "bad-value", "year: 二零", "year: 2020"),
        ("year: 2020", "year: 1020", "bad-value", "year: 1020", "year: 2020"),
        ("year: 2020", "year: 20200", "bad-value", "year: 20200", "year: 2020"),
        ("days: -3", "days: -99999999", "bad-value", "-99999999", "days: -3"),
        ("name: 试采集", "name: [a]", "bad-value", "name: [a]", "name: 示例"),
        ("name: 试采集", "name: ''", "bad-value", "name: ''", "name: 示例"),
        ("Asia/Shanghai", "Asia/Nowhere", "bad-value", "timezone", "timezone: Asia/Shanghai"),
        ("Asia/Shanghai", "../etc", "bad-value", "timezone", "timezone: Asia/Shanghai"),
        ("2020-11-06 08:00", "2020-11-06", "bad-date", "start: 2020-11-06", "start: 2020-11-07 17:30"),
        ("end: 2020-08-31", "end: 2020-08-32", "bad-date", "end:", "end: 2020-11-18"),
        ("end: 2020-08-31", "end: 2018-08-31", "bad-date", "end:", "end: 2020-08-31"),
        ("2020-11-09 17:30", "下班前", "bad-date", "roster", "roster: 2020-11-07 17:30"),
        ("[2020-11-20]", "[国庆]", "bad-date", "holidays", "holidays: [2020-11-18]"),
        ("[2020-11-20]", "2020-11-20", "bad-value", "holidays", "holidays: [2020-11-18]"),
        ("limit: 60", "limit: 0", "bad-value", "limit: 0", "limit: 60"),
        ("kind: reminder", "kind: nag", "bad-value", "nag", "kind: roster-reminder"),
        ("audience: collector", "audience: 所有人", "bad-value", "所有人", "audience: collector"),
        ("days: -3", "days: 三", "bad-value", "days: 三", "days: -3"),
        ('at: "08:30"', "at: 25:00", "bad-value", "25:00", 'at: "08:30"'),
        ("on: deadline", "on: sunday", "bad-value", "sunday", "on: issue"),
        ("default: 教务部", "default: 教务布", "unknown-unit", "default: 教务布", "教务部"),
        ("各系部: teaching", "各系部: [三系]", "unknown-unit", "三系", "教务部"),
    ],
)
def test_a_wrong_value_is_told_with_its_line_and_an_example(
    old: str, new: str, id: str, piece: str, example: str
) -> None:
    text = schedule_with(old, new)
    (problem,) = problems(text)
    assert (problem.id, problem.file, problem.line) == (id, "schedule.yaml", line_of(text, piece))
    assert problem.example == example


@pytest.mark.parametrize(
    ("old", "where"),
    [
        ("  name: 试采集\n", "schedule.yaml: campaign.name"),
        ("  start: 2020-11-06 08:00\n", "schedule.yaml: campaign.start"),
        ("  phone: 02880000\n", "schedule.yaml: contacts.phone"),
        ("  roster: 2020-11-09 17:30\n", "schedule.yaml: deadlines"),
        ("    start: 2019-09-01\n", "schedule.yaml: campaign.period.start"),
    ],
)
def test_a_missing_value_names_its_place_once(old: str, where: str) -> None:
    (problem,) = problems(schedule_with(old, ""))
    assert (problem.id, problem.where) == ("missing-key", where)


def test_an_empty_file_is_one_problem() -> None:
    assert brief(problems("")) == [("unreadable-file", 1)]
    assert brief(problems("- 一\n- 二\n")) == [("unreadable-file", 1)]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1\nb: 2\n", 2), ("a: 1\n  b: 2\n", 2), ("\ta: 1\n", 1), ("a: 1\n--- b\n", 2), ("a: *x\n", 1)],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, line: int) -> None:
    assert brief(problems(text)) == [("unreadable-file", line)]


def test_characters_no_yaml_may_hold_are_a_sentence() -> None:
    assert brief(problems("a: \x00\n")) == [("unreadable-file", None)]


def test_too_many_levels_are_a_sentence() -> None:
    assert brief(problems("a: " + "[" * 700)) == [("unreadable-file", 1)]


def test_a_key_that_nobody_knows_suggests_the_nearest() -> None:
    text = schedule_with("limit: 60", "limits: 60")
    (problem,) = problems(text)
    assert (problem.id, problem.line, problem.example) == (
        "unknown-key",
        line_of(text, "limits"),
        "limit",
    )
    assert problem.where == "schedule.yaml: review.limits"


def test_a_key_near_to_none_lists_what_may_stand_there() -> None:
    (problem,) = problems(SCHEDULE + "天气: 晴\n")
    assert problem.id == "unknown-key"
    assert "campaign" in problem.message


def test_a_key_written_twice() -> None:
    text = schedule_with("year: 2020", "year: 2020\n  year: 2021")
    assert brief(problems(text)) == [("duplicate-key", line_of(text, "2021"))]


def test_a_section_that_is_a_value_and_a_list_that_holds_words() -> None:
    text = schedule_with("statuses:\n  enrolled: [在读]", "statuses: 在读")
    assert brief(problems(text)) == [("bad-value", line_of(text, "statuses"))]
    text = schedule_with("  - name: 教务部", "  - 教务部")
    assert ("bad-value", line_of(text, "- 教务部")) in brief(problems(text))


def test_a_department_twice_or_none_at_all() -> None:
    assert {problem.id for problem in problems(schedule_with("name: 二系", "name: 一系"))} == {
        "duplicate-department"
    }
    start, end = SCHEDULE.index("departments:"), SCHEDULE.index("groups:\n  各")
    without = SCHEDULE[:start] + SCHEDULE[end:]
    assert ("missing-key", "departments") in [
        (problem.id, problem.where.removeprefix("schedule.yaml: ")) for problem in problems(without)
    ]


def test_a_day_cannot_be_off_and_worked() -> None:
    text = schedule_with("[2020-11-20]", "[2020-11-20]\n  workdays: [2020-11-20]")
    assert brief(problems(text)) == [("bad-date", line_of(text, "workdays"))]


def test_work_ends_after_it_starts() -> None:
    text = schedule_with("[2020-11-20]", '[2020-11-20]\n  work_end: "08:00"')
    assert brief(problems(text)) == [("bad-value", line_of(text, "work_end"))]


@pytest.mark.parametrize(
    ("old", "new", "id"),
    [
        ("days: -3, ", "", "bad-value"),
        ("days: -3, ", "days: -3, on: issue, ", "bad-value"),
        (', at: "08:30"', "", "missing-key"),
        ("on: deadline", "on: deadline, every: 1", "bad-value"),
        ("on: deadline", "days: 1, every: 0", "bad-value"),
        ("on: deadline", "on: deadline, attach: letter", "bad-value"),
        ("days: -3, ", "days: -3, attach: circular, ", "bad-value"),
        ("id: office", "id: three-before", "duplicate-rule"),
    ],
)
def test_a_rung_has_one_moment_and_its_own_id(old: str, new: str, id: str) -> None:
    (problem,) = problems(schedule_with(old, new))
    assert problem.id == id


def test_each_mistake_of_a_file_is_told_in_its_order() -> None:
    text = (
        schedule_with("year: 2020", "year: x").replace("limit: 60", "limit: y").replace("days: -3", "days: z")
    )
    assert brief(problems(text)) == [
        ("bad-value", line_of(text, "year: x")),
        ("bad-value", line_of(text, "limit: y")),
        ("bad-value", line_of(text, "days: z")),
    ]


def test_cohorts_and_words_are_read() -> None:
    more = (
        "cohorts:\n  five_year_offset: 2\n  printed:\n    - {entry: 2016, three_year: 三年级}\n"
        "destinations:\n  employed: [就业]\n  unemployed: [其他]\ncase_themes: [教学改革]\n"
        "mail: {per_minute: 5}\n"
    )
    schedule = load_schedule(SCHEDULE + more)
    assert (schedule.cohorts[0].entry, schedule.cohorts[0].three_year) == (2016, "三年级")
    assert schedule.cohorts[0].five_year is None
    assert (schedule.five_year_offset, schedule.employed, schedule.unemployed) == (2, ("就业",), ("其他",))
    assert (schedule.case_themes, schedule.mails_per_minute) == (("教学改革",), 5)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('["07:30", "17:00"]', (time(7, 30), time(17))),
        ('["07:00", "19:30"]', (time(7), time(19, 30))),
    ],
)
def test_the_hours_of_the_digest(written: str, read: tuple[time, time]) -> None:
    text = f"{SCHEDULE}mail:\n  digest_between: {written}\n"
    assert load_schedule(text).digest_hours == read


@pytest.mark.parametrize(
    "written",
    [
        '["17:00", "07:30"]', '["06:30", "17:00"]', '["08:00", "20:00"]', '["08:00"]', '"08:00"',
        '["08:05", "08:25"]', '["07:30:01", "07:59"]',
    ],
)  # fmt: skip
def test_hours_of_the_night_or_the_wrong_way_round_are_told(written: str) -> None:
    text = f"{SCHEDULE}mail:\n  digest_between: {written}\n"
    last = problems(text)[-1]
    assert last.line == line_of(text, "digest_between")
    assert "digest_between" in last.sentence()
