"""What is due when, who holds it and how late it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from deadlines.effective import DeadlineRules
from deadlines.facts import AssignmentFacts, RosterFacts
from tests.deadlines.campaign_2020 import at, plain, schedule, source

RULES = DeadlineRules(schedule())
DEADLINE = at("11-18 23:59:59")


def test_the_effective_deadline_is_the_later_of_both() -> None:
    assert plain().effective == DEADLINE
    assert plain(extended_until=at("11-20 12:00")).effective == at("11-20 12:00")
    assert plain(extended_until=at("11-16 12:00")).effective == DEADLINE


def test_source_tables_are_reviewed_by_their_deadline() -> None:
    waiting = source(stage="collected", collected_at=at("11-09 10:00"))
    assert RULES.review_due(waiting) == at("11-11 23:59:59")
    assert RULES.overdue(waiting, at("11-12 00:00"))
    assert not RULES.overdue(replace(waiting, stage="reviewed"), at("11-12 00:00"))


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("11-09 10:00", "11-11 17:30"),
        ("11-13 22:00", "11-17 17:30"),
        ("11-14 09:00", "11-17 17:30"),
        ("12-31 16:00", "2021-01-05 17:30"),
        ("2024-02-28 09:00", "2024-03-01 17:30"),
    ],
)
def test_other_tables_are_reviewed_within_two_working_days(submitted: str, due: str) -> None:
    waiting = plain(stage="collected", collected_at=at(submitted).astimezone(UTC))
    assert RULES.review_due(waiting) == RULES.due_now(waiting) == at(due)


@pytest.mark.parametrize(
    ("returned", "due"),
    [
        ("11-10 10:00", "11-18 23:59:59"),
        ("11-18 20:00", "11-19 17:30"),
        ("11-20 15:00", "11-23 17:30"),
    ],
)
def test_mending_is_due_at_the_later_of_both(returned: str, due: str) -> None:
    assert RULES.mend_due(plain(stage="returned", returned_at=at(returned))) == at(due)


def test_a_failed_check_gives_time_from_its_failure() -> None:
    failed = plain(stage="failed", returned_at=at("11-10 09:00"), failed_at=at("11-19 09:00"))
    assert RULES.mend_due(failed) == at("11-20 17:30")
    rechecked = replace(failed, checked_at=at("11-19 10:00"), failed_at=at("11-20 09:00"))
    assert RULES.mend_due(rechecked) == at("11-23 17:30")
    assert RULES.mend_due(plain(stage="failed")) == DEADLINE


@pytest.mark.parametrize(
    ("facts", "closes"),
    [
        (plain(), "11-25 23:59:59"),
        (plain(extended_until=at("11-20 12:00")), "11-27 23:59:59"),
        (source(), "11-18 23:59:59"),
        (plain(stage="returned", returned_at=at("11-25 15:00")), "11-26 17:30"),
    ],
)
def test_acceptance_closes(facts: AssignmentFacts, closes: str) -> None:
    assert RULES.closes_at(facts) == at(closes)


@pytest.mark.parametrize(
    ("now", "overdue", "soon", "late_by"),
    [
        ("11-12 12:00", False, False, 0),
        ("11-13 12:00", False, True, 0),
        ("11-18 23:59:59", False, True, 0),
        ("11-19 00:00", True, False, 1),
        ("11-22 12:00", True, False, 2),
        ("11-23 12:00", True, False, 3),
    ],
)
def test_states_of_time(now: str, overdue: bool, soon: bool, late_by: int) -> None:
    moment = at(now).astimezone(UTC)
    assert RULES.overdue(plain(), moment) is overdue
    assert RULES.due_soon(plain(), moment) is soon
    assert RULES.late_by(plain(), moment) == late_by


@pytest.mark.parametrize("flags", [{"exempt": True}, {"closed": True}, {"stage": "checked"}])
def test_nothing_is_owed_any_more(flags: dict[str, object]) -> None:
    later = at("12-18 12:00")
    settled = plain(**flags)
    assert RULES.due_now(settled) is None
    assert not RULES.overdue(settled, later)
    assert not RULES.due_soon(settled, at("11-18 12:00"))
    assert RULES.late_by(settled, later) == 0
    assert RULES.held_by(settled, later) is None


def test_a_first_submission_in_time_stays_in_time() -> None:
    first = plain(stage="returned", first_collected_at=DEADLINE, returned_at=at("11-19 09:00"))
    assert RULES.was_in_time(first)
    assert not RULES.overdue(first, at("11-20 12:00"))
    assert not RULES.was_in_time(replace(first, first_collected_at=at("11-19 00:00")))
    assert not RULES.was_in_time(plain())


@pytest.mark.parametrize(
    ("stage", "holder"),
    [
        ("pending", "collector"),
        ("returned", "collector"),
        ("failed", "collector"),
        ("collected", "reviewer"),
        ("reviewed", "system-check"),
        ("checked", None),
    ],
)
def test_who_holds_what_is_late(stage: str, holder: str | None) -> None:
    facts = source(stage=stage, collected_at=at("11-09 10:00"), reviewed_at=at("11-10 10:00"))
    facts = replace(facts, returned_at=at("11-10 10:00"))
    assert RULES.held_by(facts, at("11-11 12:00")) is None
    assert RULES.held_by(facts, at("11-13 12:00")) == holder


def test_what_waits_for_the_system_check_is_late_by_the_tables_deadline() -> None:
    waiting = source(stage="reviewed", reviewed_at=at("11-10 10:00"))
    assert not RULES.overdue(waiting, at("11-13 12:00"))
    assert RULES.late_by(waiting, at("11-13 12:00")) == 2
    assert RULES.late_by(waiting, at("11-11 12:00")) == 0


def test_lateness_is_put_down_to_who_held_it() -> None:
    history = [
        (at("11-13 10:00"), "collected"),
        (at("11-17 10:00"), "returned"),
        (at("11-18 10:00"), "collected"),
        (at("11-18 11:00"), "reviewed"),
        (at("11-20 10:00"), "checked"),
    ]
    found = RULES.lateness(at("11-11 23:59:59"), history, at("11-24 12:00"))
    assert found == {"collector": 2, "reviewer": 2, "system-check": 2}
    until_noon = RULES.lateness(at("11-11 23:59:59"), history[:1], at("11-13 09:00"))
    assert until_noon == {"collector": 2, "reviewer": 0, "system-check": 0}
    assert sum(RULES.lateness(at("11-11 23:59:59"), [], at("11-11 12:00")).values()) == 0


def test_lateness_adds_up_to_the_working_days_late() -> None:
    now = at("11-30 12:00")
    assert sum(RULES.lateness(DEADLINE, [], now).values()) == RULES.late_by(plain(), now) == 8


def test_a_roster_is_late_until_both_are_named() -> None:
    half, now = RosterFacts("教务部", has_collector=True), at("11-10 09:00")
    assert RULES.roster_overdue(half, now)
    assert RULES.roster_late_by(half, now) == 2
    assert not RULES.roster_overdue(half, at("11-07 17:30"))
    named = replace(half, has_reviewer=True, completed_at=at("11-10 08:00"))
    assert not RULES.roster_overdue(named, now)
    assert RULES.roster_late_by(named, now) == 0
