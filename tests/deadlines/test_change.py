"""What a change changes in what is to come: exact days, numbers and departments, from two courses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from deadlines.change import NoticeChanges, compare
from deadlines.course import foresee, last_day, under, untouched
from deadlines.facts import Facts, RosterFacts
from deadlines.owed import Owed
from plans.plan import Rule, Schedule
from tests.deadlines.campaign_2020 import REMINDERS, SHANGHAI, at, facts, plain, schedule, source
from tests.plans.small_plan import OTHER, SOURCE, small_plan

MONDAY = at("11-09 12:00")
END = at("11-30 23:59")
BOTH = facts(source(), plain())


def course(rules: Schedule, found: Facts, since: datetime = MONDAY) -> list[Owed]:
    return foresee(rules, found, since, END)


def changed(rules: Schedule, found: Facts = BOTH, former: Facts = BOTH) -> NoticeChanges:
    """From the little campaign to other rules or facts, on Monday."""
    after = replace(found, effective_from=MONDAY)
    return compare(course(schedule(), former), course(rules, after), SHANGHAI)


def rows(changes: NoticeChanges) -> list[tuple[str, str, str, int, int]]:
    return [(f"{day.day:%m-%d}", day.kind, day.audience, day.before, day.after) for day in changes.days]


def test_nothing_changes_where_nothing_was_changed() -> None:
    same = changed(schedule())
    assert (same.days, same.first, same.totals) == ((), None, {})
    assert same.as_dict() == {"first": None, "changes": [], "corrected": []}


def test_a_rung_more_is_a_day_more() -> None:
    four = Rule("four-days", "reminder", "collector", days=-4, at=time(8, 30))
    more = changed(schedule(reminders=(*REMINDERS, four)))
    assert rows(more) == [("11-12", "reminder", "collector", 0, 1)]
    assert more.days[0].departments == ("学务部",)
    assert more.totals == {("reminder", "collector"): 1}


def test_a_rung_less_is_a_day_less() -> None:
    fewer = changed(schedule(reminders=tuple(rule for rule in REMINDERS if rule.id != "eve")))
    assert rows(fewer) == [
        ("11-10", "reminder", "collector", 1, 0),
        ("11-17", "reminder", "collector", 1, 0),
    ]
    assert fewer.first == date(2020, 11, 10)
    assert fewer.totals == {("reminder", "collector"): -2}


def test_a_rung_at_another_hour_is_told_with_its_times() -> None:
    later = tuple(replace(rule, at=time(15)) if rule.id == "eve" else rule for rule in REMINDERS)
    moved = changed(schedule(reminders=later))
    assert rows(moved) == [
        ("11-10", "reminder", "collector", 1, 1),
        ("11-17", "reminder", "collector", 1, 1),
    ]
    assert [day.rescheduled for day in moved.days] == [True, True]
    assert moved.as_dict()["changes"][0] == {
        "date": "2020-11-10",
        "kind": "reminder",
        "audience": "collector",
        "before": 1,
        "after": 1,
        "departments": ["教务部"],
        "times_before": ["08:30"],
        "times_after": ["15:00"],
    }


def test_a_rung_of_an_hour_that_has_passed_is_not_made_up_for() -> None:
    monday = Rule("seven-days", "reminder", "collector", days=-7, at=time(9))
    assert rows(changed(schedule(reminders=(*REMINDERS, monday)))) == []


def test_a_deadline_moved_moves_its_rungs_and_no_other() -> None:
    later = plain(due=at("2020-11-19 23:59:59"))
    moved = changed(schedule(), facts(source(), later))
    days = {day.day.day for day in moved.days}
    assert min(days) == 11
    assert {department for day in moved.days for department in day.departments} == {"学务部"}
    collector = [row[0] for row in rows(moved) if row[1:] == ("reminder", "collector", 0, 1)]
    assert collector == ["11-12", "11-16", "11-19"]
    assert moved.totals[("overdue", "collector")] == -1


def test_two_deadlines_changed_for_each_other_are_no_equal_numbers() -> None:
    both = facts(plain(id=1, code="8.1"), plain(due=at("2020-11-20 23:59:59")))
    swapped = facts(plain(id=1, code="8.1", due=at("2020-11-20 23:59:59")), plain())
    found = changed(schedule(), swapped, both)
    assert {day.before - day.after for day in found.days} == {0}
    assert "11-18" in {row[0] for row in rows(found)}


def test_a_roster_s_deadline_moved_is_a_change_of_the_rosters() -> None:
    open_ = facts(rosters=(RosterFacts("教务部"), RosterFacts("学务部", True, True)))
    later = schedule(roster_due=at("11-12 17:30"))
    moved = changed(later, open_, open_)
    assert {each for day in moved.days for each in day.departments} == {"教务部"}
    assert rows(moved) == [
        ("11-10", "report", "office", 1, 0),
        ("11-10", "roster-reminder", "head", 1, 0),
        ("11-11", "escalation", "leaders", 1, 0),
        ("11-11", "report", "office", 1, 0),
        ("11-12", "forewarning", "head", 0, 1),
        ("11-12", "report", "office", 1, 0),
        ("11-13", "escalation", "leader", 0, 1),
        ("11-13", "escalation", "office", 1, 1),
        ("11-13", "report", "office", 1, 1),
        ("11-17", "escalation", "leaders", 0, 1),
        ("11-19", "escalation", "office", 0, 1),
    ]
    assert [day.day.day for day in moved.days if day.rescheduled] == [13, 13]


def test_work_done_is_not_told_of_before_or_after() -> None:
    done = facts(plain(stage="checked"))
    assert changed(schedule(reminders=()), done, done).days == ()


def test_under_a_plan_nothing_of_the_work_is_lost() -> None:
    former = untouched(small_plan())
    first, *others = former.assignments
    worked = replace(former, assignments=(replace(first, stage="reviewed", closed=True), *others))
    found = under(small_plan(SOURCE.replace("2020-11-11", "2020-11-12")), worked, MONDAY)
    assert found.effective_from == MONDAY
    assert found.assignments == (replace(first, stage="reviewed", due=at("2020-11-12 23:59:59")),)
    assert under(small_plan(), former, former.effective_from) == former


def test_what_a_plan_adds_is_pending_under_a_number_of_its_own() -> None:
    former = untouched(small_plan(SOURCE))
    found = under(small_plan(SOURCE, OTHER), former, MONDAY)
    assert [(each.id, each.code, each.stage) for each in found.assignments] == [
        (1, "1.1", "pending"),
        (2, "1.2", "pending"),
        (3, "1.2", "pending"),
    ]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ((BOTH,), "2020-12-02 23:59:59"),
        ((BOTH, facts(plain(extended_until=at("11-20 23:59")))), "2020-12-04 23:59:00"),
        ((facts(plain(closed=True)),), "2020-11-20 08:00:00"),
    ],
)
def test_the_last_day_is_two_weeks_after_the_last_deadline(known: tuple[Facts, ...], expected: str) -> None:
    assert last_day(*known) == at(expected)
