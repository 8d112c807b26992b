"""The very moments: deadlines, ends of holds and waits, a slot as the work comes, the first and last year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from deadlines.calendar import WorkingCalendar
from deadlines.course import AN_INSTANT, foresee
from deadlines.effective import DeadlineRules
from deadlines.facts import Facts, HeldBack, Wait
from deadlines.owed import owed
from deadlines.withdrawal import Present
from plans.plan import CalendarRules, Rule
from tests.deadlines.campaign_2020 import ESCALATION, at, facts, plain, schedule, source

PLAN = schedule()
RULES = DeadlineRules(PLAN)
EVE_ONLY = schedule((Rule("eve", "reminder", "collector", days=0, at=time(8, 30)),), ())


def told(found: Facts, since: str, now: str) -> list[str]:
    return [each.rule for each in owed(PLAN, found, at(since), at(now))]


@pytest.mark.parametrize("day", [date(2004, 1, 17), date(2026, 2, 14), date(2026, 2, 28)])
def test_saturdays_are_made_up_for_in_the_first_and_last_known_year(day: date) -> None:
    calendar = WorkingCalendar(CalendarRules(), ZoneInfo("Asia/Shanghai"))
    assert (day.weekday(), calendar.is_workday(day)) == (5, True)


def test_at_its_deadline_the_system_check_holds_nothing_up() -> None:
    waiting = source(stage="reviewed")
    assert RULES.held_by(waiting, waiting.effective) is None
    assert RULES.held_by(waiting, waiting.effective + AN_INSTANT) == "system-check"


def test_what_is_handed_over_as_the_day_ends_is_the_others_that_day() -> None:
    history = [(at("11-12 17:30"), "collected")]
    found = RULES.lateness(at("11-11 23:59:59"), history, at("11-12 20:00"))
    assert found == {"collector": 0, "reviewer": 1, "system-check": 0}


@pytest.mark.parametrize("moment", ["11-12 10:00", "11-13 09:00"])
def test_holds_and_waits_begin_at_once_and_end_before_their_end(moment: str) -> None:
    first, last, asked = at("11-12 10:00"), at("11-13 09:00"), at(moment)
    expected = asked == first
    assert HeldBack(first, last).at(asked) is expected
    assert Wait("政务部", first, last).at(asked) is expected
    assert not HeldBack(first, last).at(first - AN_INSTANT)
    assert HeldBack(first, last).at(last - AN_INSTANT)
    assert Wait("政务部", first).at(asked)


def test_who_gets_the_work_as_his_reminder_is_due_gets_the_reminder() -> None:
    slot = at("11-10 08:30")
    came = facts(source(stage="collected", collected_at=slot))
    assert told(came, "11-10 08:00", "11-10 08:31") == ["review-eve"]
    later = facts(source(stage="collected", collected_at=slot + AN_INSTANT))
    assert told(later, "11-10 08:00", "11-10 08:31") == []


def test_a_plan_applied_as_the_report_is_due_has_it() -> None:
    for since, expected in (("11-12 09:30", ["report-daily"]), ("11-12 09:30:01", [])):
        found = facts(source(), since=since)
        assert [each for each in told(found, "11-12 09:29", "11-12 09:31") if "report" in each] == expected


@pytest.mark.parametrize(("due", "expected"), [("09:30", []), ("09:29:59", ["report-daily"])])
def test_nothing_is_late_at_the_deadline_itself(due: str, expected: list[str]) -> None:
    daily = schedule((), ESCALATION[-1:])
    found = facts(source(stage="checked"), plain(due=at(f"11-18 {due}")))
    assert [each.rule for each in owed(daily, found, at("11-18 09:29:59"), at("11-18 09:30"))] == expected


@pytest.mark.parametrize(("until", "expected"), [("12:00", ["warn-leader"]), ("12:00:01", [])])
def test_a_hold_that_ends_with_the_deadline_leaves_the_warning_of_use(
    until: str, expected: list[str]
) -> None:
    warned = schedule((), (Rule("warn-leader", "forewarning", "leader", hours=-2),))
    held = (HeldBack(at("11-18 08:00"), at(f"11-18 {until}")),)
    found = facts(plain(due=at("11-18 12:00"), holds=held))
    assert [each.rule for each in owed(warned, found, at("11-18 11:59"), at("11-18 12:01"))] == expected


def test_a_reminder_that_repeats_is_still_told_at_the_deadline_itself() -> None:
    daily = schedule((Rule("daily", "reminder", "collector", days=-2, every=1, at=time(12)),), ())
    course = foresee(daily, facts(plain(due=at("11-18 12:00"))), at("11-13 08:00"), at("11-20 18:00"))
    assert [f"{each.at:%d %H:%M}" for each in course] == ["16 12:00", "17 12:00", "18 12:00"]


@pytest.mark.parametrize(("due", "first"), [("07:30", "09:00"), ("07:29:59", "07:30")])
def test_no_hour_is_so_early_that_it_is_the_deadline(due: str, first: str) -> None:
    late = replace(
        schedule((Rule("late", "overdue", "collector", days=0, at=time(9)),), ()),
        digest_between=(time(7, 30), time(17)),
    )
    course = foresee(late, facts(plain(due=at(f"11-18 {due}"))), at("11-18 00:00"), at("11-18 18:00"))
    assert [f"{each.at:%H:%M}" for each in course] == [first]


@pytest.mark.parametrize(("now", "expected"), [("09:30", ["eve"]), ("09:30:01", [])])
def test_a_slot_of_an_hour_ago_is_seen_though_its_deadline_has_passed(now: str, expected: list[str]) -> None:
    found = facts(plain(due=at("11-18 09:00")))
    assert [each.rule for each in owed(EVE_ONLY, found, at("11-18 08:00"), at(f"11-18 {now}"))] == expected


@pytest.mark.parametrize(("now", "expected"), [("12:00", ["eve"]), ("12:00:01", [])])
def test_a_missed_reminder_is_of_use_up_to_the_deadline(now: str, expected: list[str]) -> None:
    found = facts(plain(due=at("11-18 12:00")))
    assert [each.rule for each in owed(EVE_ONLY, found, at("11-18 08:00"), at(f"11-18 {now}"))] == expected


@dataclass(frozen=True)
class Said:
    """What its reviewer was told of the awards, as they came to him."""

    decided_at: datetime
    deadline: datetime
    subject: str = "8.2@学务部"
    assignment_id: int | None = 2
    holder: str = "reviewer"


def test_what_was_told_as_the_work_came_is_told_of_this_round() -> None:
    came = at("11-10 10:00")
    present = Present(RULES, facts(plain(stage="collected", collected_at=came)))
    assert [present.holds(Said(moment, at("11-11 17:30"))) for moment in (came, came - AN_INSTANT)] == [
        False,
        True,
    ]
