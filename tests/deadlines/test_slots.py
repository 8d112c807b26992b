"""When a rung falls due for a deadline: days off, sending hours, repetitions."""

from __future__ import annotations

from datetime import time

import pytest

from deadlines.calendar import WorkingCalendar
from deadlines.slots import Timetable
from plans.plan import Rule
from tests.deadlines.campaign_2020 import ISSUED, SHANGHAI, at, on, schedule

NINE = time(9)


def moments(rule: Rule, deadline: str, until: str = "12-31 23:59", issued: str = "") -> list[str]:
    """The slots of the only rule, as ``MM-DD HH:MM``."""
    plan = schedule((rule,), (), start=at(issued) if issued else ISSUED)
    timetable = Timetable(plan, WorkingCalendar(plan.calendar, SHANGHAI), at(until))
    return [f"{slot.at:%m-%d %H:%M}" for slot in timetable.slots(0, at(deadline))]


@pytest.mark.parametrize(
    ("rule", "deadline", "found"),
    [
        (Rule("r", "reminder", "collector", days=-3, at=NINE), "11-11 23:59:59", ["11-06 09:00"]),
        (Rule("r", "reminder", "collector", days=0, at=NINE), "11-11 23:59:59", ["11-11 09:00"]),
        (Rule("r", "roster-reminder", "head", days=0, at=NINE), "11-07 17:30", ["11-06 09:00"]),
        (Rule("r", "roster-reminder", "head", days=-1, at=NINE), "11-07 17:30", ["11-06 09:00"]),
        (Rule("r", "reminder", "collector", days=-1, at=NINE), "10-10 23:59:59", ["10-09 09:00"]),
        (Rule("r", "reminder", "collector", days=-1, at=NINE), "10-09 23:59:59", ["09-30 09:00"]),
        (Rule("r", "reminder", "collector", days=-1, at=NINE), "2024-03-01 23:59:59", ["02-29 09:00"]),
        (Rule("r", "reminder", "collector", days=0, at=NINE), "11-11 08:45", ["11-11 08:45"]),
        (Rule("r", "reminder", "collector", days=0, at=NINE), "11-11 08:00", ["11-10 17:30"]),
    ],
)
def test_reminders_move_to_before(rule: Rule, deadline: str, found: list[str]) -> None:
    assert moments(rule, deadline, "2024-12-31 23:59") == found


@pytest.mark.parametrize(
    ("rule", "deadline", "found"),
    [
        (Rule("r", "escalation", "office", on="deadline"), "11-11 23:59:59", ["11-12 08:30"]),
        (Rule("r", "escalation", "office", on="deadline"), "11-11 12:00", ["11-11 12:01"]),
        (Rule("r", "escalation", "office", on="deadline"), "11-11 17:30", ["11-12 08:30"]),
        (Rule("r", "escalation", "office", on="deadline"), "11-07 17:30", ["11-09 08:30"]),
        (Rule("r", "escalation", "office", on="deadline"), "12-31 23:59:59", ["01-04 08:30"]),
        (Rule("r", "escalation", "leader", days=1, at=NINE), "11-07 17:30", ["11-09 09:00"]),
        (Rule("r", "escalation", "leader", days=0, at=NINE), "11-11 23:59:59", ["11-12 08:30"]),
        (Rule("r", "overdue", "collector", days=0, at=NINE), "11-07 08:00", ["11-09 09:00"]),
        (Rule("r", "overdue", "collector", days=1, at=NINE), "09-30 23:59:59", ["10-09 09:00"]),
        (Rule("r", "overdue", "collector", days=2, at=NINE), "09-30 23:59:59", ["10-10 09:00"]),
    ],
)
def test_what_follows_a_deadline_moves_to_after(rule: Rule, deadline: str, found: list[str]) -> None:
    assert moments(rule, deadline, "2021-12-31 23:59") == found


@pytest.mark.parametrize(("wanted", "sent"), [(time(6), "08:30"), (time(12), "12:00"), (time(21), "17:30")])
def test_nothing_is_sent_outside_working_hours(wanted: time, sent: str) -> None:
    assert moments(Rule("r", "reminder", "collector", days=0, at=wanted), "11-11 23:59:59") == [
        f"11-11 {sent}"
    ]
    assert moments(Rule("r", "overdue", "collector", days=1, at=wanted), "11-11 23:59:59") == [
        f"11-12 {sent}"
    ]


@pytest.mark.parametrize(
    ("issued", "clock", "found"),
    [
        ("11-06 08:00", None, "11-06 08:30"),
        ("11-06 08:00", time(10), "11-06 10:00"),
        ("11-06 11:00", time(10), "11-06 11:00"),
        ("11-06 20:00", time(10), "11-09 08:30"),
        ("11-07 11:00", None, "11-09 08:30"),
    ],
)
def test_the_issue_is_told_once_it_has_happened(issued: str, clock: time | None, found: str) -> None:
    rule = Rule("r", "reminder", "collector", on="issue", at=clock)
    assert moments(rule, "11-18 23:59:59", issued=issued) == [found]


def test_a_forewarning_counts_working_hours_back() -> None:
    assert moments(Rule("r", "forewarning", "head", hours=-4), "11-11 23:59:59") == ["11-11 13:30"]
    assert moments(Rule("r", "forewarning", "head", hours=-4), "11-07 17:30") == ["11-06 13:30"]


def test_overdue_repeats_each_working_day() -> None:
    daily = Rule("r", "overdue", "collector", days=1, every=1, at=NINE)
    assert moments(daily, "11-11 23:59:59", "11-17 12:00") == [
        "11-12 09:00",
        "11-13 09:00",
        "11-16 09:00",
        "11-17 09:00",
    ]
    every_third = Rule("r", "overdue", "collector", days=1, every=3, at=NINE)
    assert moments(every_third, "11-11 23:59:59", "11-18 12:00") == ["11-12 09:00", "11-17 09:00"]


def test_a_repeated_reminder_ends_at_its_deadline() -> None:
    rule = Rule("r", "reminder", "collector", days=-4, every=2, at=NINE)
    assert moments(rule, "11-11 23:59:59") == ["11-05 09:00", "11-09 09:00", "11-11 09:00"]


def test_occurrences_are_days_and_the_deadline_is_shown_in_the_campaigns_zone() -> None:
    plan = schedule((Rule("r", "overdue", "collector", days=1, every=1, at=NINE),), ())
    timetable = Timetable(plan, WorkingCalendar(plan.calendar, SHANGHAI), at("11-13 12:00"))
    slots = timetable.slots(0, at("11-11 23:59:59"))
    assert [slot.occurrence for slot in slots] == [on("11-12"), on("11-13")]
    assert {slot.deadline.isoformat() for slot in slots} == {"2020-11-11T23:59:59+08:00"}
    assert timetable.slots(0, at("11-11 23:59:59")) is slots
