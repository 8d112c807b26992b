"""The rehearsal of the real plan's files, and its agreement with the running clock."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pytest

from deadlines.calendar import WorkingCalendar
from deadlines.course import foresee, horizon, untouched
from deadlines.facts import Facts
from deadlines.owed import Owed, owed
from plans.load import load_files
from plans.plan import Plan
from tests.deadlines.campaign_2020 import at, facts, plain, schedule, source

ROOT = Path(__file__).parents[2]
OFF_DAYS = [date(2020, 11, day) for day in (7, 8, 14, 15, 21, 22)]


@cache
def plan() -> Plan:
    return load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")


@cache
def course() -> tuple[Owed, ...]:
    """The whole 2020 campaign if nobody does anything."""
    start = untouched(plan())
    return tuple(foresee(plan().schedule, start, start.effective_from, horizon(plan().schedule, start)))


def test_the_campaign_starts_with_every_assignment_pending() -> None:
    start = untouched(plan())
    assert len(start.assignments) == 189
    assert {each.stage for each in start.assignments} == {"pending"}
    assert Counter(each.due.date() for each in start.assignments)[date(2020, 11, 11)] == 5
    assert [each.department for each in start.rosters] == [each.name for each in plan().schedule.departments]
    assert all(each.reviewer for each in start.assignments)


def test_nothing_is_told_on_days_off_or_outside_working_hours() -> None:
    assert not [each for each in course() if each.at.date() in OFF_DAYS]
    clocks = {each.at.time() for each in course()}
    assert time(8, 30) <= min(clocks) <= max(clocks) <= time(17, 30)


def test_no_escalation_comes_before_its_deadline() -> None:
    late = [each for each in course() if each.kind in ("escalation", "overdue", "report")]
    assert late
    assert all(each.at > each.deadline for each in late)
    assert all(each.at <= each.deadline for each in course() if each.kind in ("reminder", "forewarning"))


def test_every_kind_of_telling_occurs() -> None:
    kinds = {each.kind for each in course()}
    assert kinds == {"roster-reminder", "reminder", "overdue", "forewarning", "escalation", "report"}


def test_the_saturday_roster_is_reminded_on_friday_and_late_on_monday() -> None:
    rosters = [each for each in course() if each.subject.startswith("roster@")]
    friday = {
        each.department
        for each in rosters
        if each.at.date() == date(2020, 11, 6) and each.kind != "forewarning"
    }
    assert friday == {each.name for each in plan().schedule.departments}
    after = [each for each in rosters if each.at.date() > date(2020, 11, 6)]
    assert min(each.at for each in after) == at("11-09 08:30")


def test_every_collector_is_reminded_before_every_deadline() -> None:
    reminded = {(each.subject, each.deadline) for each in course() if each.kind == "reminder"}
    assert reminded == {
        (f"{each.code}@{each.department}", each.due) for each in untouched(plan()).assignments
    }


def test_the_course_is_in_order_and_each_key_is_told_once() -> None:
    moments = [(each.at, each.audience != "office") for each in course()]
    assert moments == sorted(moments)
    keys = Counter((each.rule, each.subject, each.deadline, each.occurrence) for each in course())
    assert set(keys.values()) == {1}


def test_there_is_one_reminder_a_subject_a_day() -> None:
    kinds = ("roster-reminder", "reminder", "overdue")
    told = Counter((each.subject, each.at.date()) for each in course() if each.kind in kinds)
    assert set(told.values()) == {1}


def test_there_is_one_report_each_working_day_from_the_first_deadline_on() -> None:
    calendar = WorkingCalendar(plan().schedule.calendar, plan().schedule.zone)
    days = [each.at.date() for each in course() if each.kind == "report"]
    assert days == [calendar.add_workdays(date(2020, 11, 7), n) for n in range(1, 14)]


@pytest.mark.parametrize("minutes", [7, 60])
def test_what_is_foreseen_is_what_a_running_clock_tells(minutes: int) -> None:
    rules = schedule()
    found = facts(source(), plain(stage="collected", collected_at=at("11-09 10:00")))
    ticked = replay(found, at("11-06 08:00"), at("11-25 18:00"), timedelta(minutes=minutes))
    assert ticked == foresee(rules, found, at("11-06 08:00"), at("11-25 18:00"))
    assert len(ticked) > 40


def replay(found: Facts, since: datetime, until: datetime, step: timedelta) -> list[Owed]:
    told: list[Owed] = []
    while since < until:
        told += owed(schedule(), found, since, min(since + step, until))
        since += step
    return told


def test_both_ends_belong_to_what_is_foreseen() -> None:
    found = facts(source())
    moments = [each.at for each in foresee(schedule(), found, at("11-06 08:30"), at("11-12 09:00"))]
    assert (moments[0], moments[-1]) == (at("11-06 08:30"), at("11-12 09:00"))
    assert foresee(schedule(), found, at("11-06 08:31"), at("11-10 08:29")) == []


def test_the_horizon_is_where_acceptance_ends() -> None:
    assert horizon(schedule(), facts(source(), plain())) == at("11-25 23:59:59")
    assert horizon(schedule(), facts(plain(exempt=True))) == at("11-07 17:30")
