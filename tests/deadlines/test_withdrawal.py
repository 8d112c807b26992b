"""What was told holds until its deadline moves or nothing is asked any more; done work doesn't change it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from deadlines.effective import DeadlineRules
from deadlines.facts import AssignmentFacts, RosterFacts
from deadlines.withdrawal import Present, gathering
from tests.deadlines.campaign_2020 import at, facts, plain, schedule, source

RULES = DeadlineRules(schedule())
TOLD_AT = at("11-19 08:30")
DUE, MOVED, EARLIER = at("11-18 23:59:59"), at("11-24 23:59:59"), at("11-16 23:59:59")


@dataclass(frozen=True)
class Said:
    holder: str
    deadline: datetime
    decided_at: datetime = TOLD_AT
    subject: str = "8.2@学务部"
    assignment_id: int | None = 2


def holds(said: Said, *assignments: AssignmentFacts, rosters: tuple[RosterFacts, ...] = ()) -> bool:
    return Present(RULES, facts(*assignments, rosters=rosters)).holds(said)


@pytest.mark.parametrize(
    ("changed", "held"),
    [
        ({}, True),
        ({"extended_until": MOVED}, False),
        ({"due": MOVED}, False),
        ({"due": EARLIER}, True),
        ({"extended_until": EARLIER}, True),
        ({"exempt": True}, False),
        ({"closed": True}, False),
        ({"stage": "collected", "collected_at": at("11-19 10:00")}, True),
        ({"stage": "checked"}, True),
        ({"stage": "checked", "extended_until": MOVED}, False),
        ({"stage": "returned", "returned_at": at("11-20 10:00")}, True),
    ],
)
@pytest.mark.parametrize("holder", ["collector", "owner"])
def test_what_was_told_of_collecting(holder: str, changed: dict[str, object], held: bool) -> None:
    assert holds(Said(holder, DUE), plain(**changed)) is held


def test_what_left_the_plan_is_not_asked_any_more() -> None:
    assert not holds(Said("collector", DUE), source())


@pytest.mark.parametrize(
    ("changed", "held"),
    [({}, True), ({"extended_until": MOVED}, False), ({"extended_until": at("11-19 23:59:59")}, True)],
)
def test_what_was_told_of_mending(changed: dict[str, object], held: bool) -> None:
    """Returned on the 19th, it is to be mended by the 20th: only more than that is news."""
    returned = plain(stage="returned", returned_at=at("11-19 10:00"))
    said = Said("collector", at("11-20 17:30"), at("11-23 08:30"))
    assert RULES.mend_due(returned) == said.deadline
    assert holds(said, replace(returned, **changed)) is held


@pytest.mark.parametrize(
    ("changed", "held"),
    [
        ({}, True),
        ({"extended_until": MOVED}, True),
        ({"exempt": True}, False),
        ({"stage": "reviewed", "reviewed_at": at("11-16 10:00")}, True),
        ({"collected_at": at("11-17 10:00")}, True),
    ],
)
def test_what_was_told_of_reviewing_hangs_on_the_submission(changed: dict[str, object], held: bool) -> None:
    waiting = plain(stage="collected", collected_at=at("11-10 10:00"))
    said = Said("reviewer", RULES.review_due(waiting), at("11-13 08:30"))
    assert holds(said, replace(waiting, **changed)) is held


def test_more_time_for_reviewing_is_news_while_the_same_submission_waits() -> None:
    waiting = plain(stage="collected", collected_at=at("11-10 10:00"))
    said = Said("reviewer", RULES.review_due(waiting), at("11-13 08:30"))
    patient = DeadlineRules(replace(schedule(), review_within=4))
    assert not Present(patient, facts(waiting)).holds(said)
    again = replace(waiting, collected_at=at("11-17 10:00"))
    assert Present(patient, facts(again)).holds(said)


@pytest.mark.parametrize(("until", "held"), [(None, True), (MOVED, False)])
@pytest.mark.parametrize("stage", ["collected", "reviewed", "checked"])
def test_a_source_tables_review_is_due_by_the_tables_own_deadline(
    stage: str, until: datetime | None, held: bool
) -> None:
    known = source(stage=stage, collected_at=at("11-10 10:00"), extended_until=until)
    said = Said("reviewer", known.due, at("11-12 08:30"), "7.1.1@教务部", 1)
    assert holds(said, known) is held


def test_what_was_told_of_a_roster() -> None:
    said = Said("roster", at("11-07 17:30"), at("11-09 08:30"), "roster@学务部", None)
    missing = RosterFacts("学务部")
    assert holds(said, rosters=(missing,))
    assert holds(said, rosters=(RosterFacts("学务部", True, True),))
    assert not holds(said, rosters=(RosterFacts("教务部"),))
    later = DeadlineRules(schedule(roster_due=at("11-10 17:30")))
    assert not Present(later, facts(rosters=(missing,))).holds(said)


@pytest.mark.parametrize(
    ("now", "gathered"),
    [
        ("11-19 08:30", "11-19 08:30"),
        ("11-19 08:44:59", "11-19 08:30"),
        ("11-19 08:45", "11-19 08:45"),
        ("11-19 17:30", "11-19 17:30"),
        ("11-19 10:07:31", "11-19 10:00"),
    ],
)
def test_withdrawals_are_gathered_every_quarter_of_an_hour(now: str, gathered: str) -> None:
    assert gathering(RULES.calendar, at(now)) == at(gathered)
