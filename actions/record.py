"""All that was recorded of the campaign, asked as it stood at a moment.

What came later changes nothing of it: not a submission, not an extension granted or taken back, not an
exemption, not a change of the plan, not a role given or taken away.  Of facts that have not changed since,
those of now are told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from actions.plan_in_force import plan_of, rules_of
from deadlines.effective import DeadlineRules
from deadlines.facts import AssignmentFacts, RosterFacts, Wait
from models import DataTable, Event, Hold, PlanVersion
from models.addition import waits
from models.assignment import REMARKS
from models.database import among
from models.extension import Extension, all_requests
from models.facts import stored_facts
from models.hold import all_holds
from models.rosters import Rosters
from models.stages import BACK, CHECKED, COLLECTED, FAILED, PENDING, RETURNED, REVIEWED
from models.worklist import current_campaign
from plans.plan import Plan

EXEMPTING = ("exempt", "unexempt")
SILENT = [verb for verb in REMARKS if verb not in EXEMPTING]
"""Events that change nothing that is asked here."""


class Known(NamedTuple):
    """What was known of one assignment then: its facts, who was waited for, all extensions granted by then,
    how many requests were waiting then and how many had been refused, and the hold under which it stood."""

    table: DataTable
    facts: AssignmentFacts
    waits: Sequence[Wait]
    extensions: Sequence[Extension]
    waiting: int
    refused: int
    hold: Hold | None = None


class _Event(NamedTuple):
    """What a report needs of an `Event`."""

    at: datetime
    to_stage: str
    verb: str


class Record:
    """Reads the campaign once, for any number of moments; ``now``: what the clock shows.
    A plan may count only from later on (`counts_from`), but of now the one in force is told."""

    def __init__(self, session: Session, now: datetime | None = None) -> None:
        self._now = now
        campaign = current_campaign(session)
        applied = select(PlanVersion).where(PlanVersion.campaign_id == campaign.id)
        self._plans = session.exec(applied.order_by(col(PlanVersion.number))).all()
        self._facts = stored_facts(session, closed=True)
        self._tables = {table.code: table for table in session.exec(select(DataTable))}
        self._rosters = Rosters(session, campaign.id or 0)
        self._session = session
        self._events: dict[int, list[_Event]] = {}
        self._requests, self._waits = all_requests(session), waits(session)
        self._holds = all_holds(session)
        self._reviewers: dict[int, dict[tuple[str, str], str | None]] = {}

    def plan(self, at: datetime) -> Plan:
        """The plan that was in force; the first one for a moment before it."""
        return plan_of(self._version(at))

    def rules(self, at: datetime) -> DeadlineRules:
        """The deadline rules of that plan."""
        return rules_of(self._version(at))

    def assignments(self, at: datetime) -> list[Known]:
        """Every assignment that was owed, the exempt left out, in the order of the plan."""
        planned, later = self._planner(at), _moved_after(self._session, at)
        self._read(later)
        seen = (self._known(facts, planned(facts), at, later) for facts in self._facts)
        return [known for known in seen if known.facts.active]

    def rosters(self, at: datetime) -> tuple[RosterFacts, ...]:
        """Who had named collector and reviewer.  Where the plan was loaded later than that, as for a plan of
        last year, all who were ever named count."""
        return self._rosters.ever() if at < self._plans[0].applied_at else self._rosters.at(at)

    def _version(self, at: datetime) -> PlanVersion:
        if self._now is not None and at >= self._now:
            return self._plans[-1]
        return next((plan for plan in reversed(self._plans) if plan.applied_at <= at), self._plans[0])

    def _planner(self, at: datetime) -> Callable[[AssignmentFacts], AssignmentFacts]:
        """Tells what the plan that was in force says of an assignment."""
        version = self._version(at)
        if version is self._plans[-1]:
            return lambda facts: facts
        plan, reviewers = plan_of(version), self._reviewers_in(version)
        tables = {table.code: table for table in plan.tables}

        def planned(facts: AssignmentFacts) -> AssignmentFacts:
            key = facts.code, facts.department
            if key not in reviewers:
                return replace(facts, closed=True)
            table = tables[facts.code]
            due = plan.schedule.due_at(table.due)
            return replace(facts, closed=False, reviewer=reviewers[key], due=due, due_stage=table.due_stage)

        return planned

    def _reviewers_in(self, version: PlanVersion) -> dict[tuple[str, str], str | None]:
        """Who reviews what in that plan, by table and collecting department."""
        if version.number not in self._reviewers:
            owed = plan_of(version).obligations()
            self._reviewers[version.number] = {(each.code, each.department): each.reviewer for each in owed}
        return self._reviewers[version.number]

    def _known(
        self, stored: AssignmentFacts, facts: AssignmentFacts, at: datetime, later: Container[int]
    ) -> Known:
        """``stored``: as it is now; ``facts``: by the plan of then; ``later``: what has changed since."""
        if stored.id in later:
            facts = self._before(stored, facts, at)
        asked = self._requests.get(stored.id, ())
        granted = [each for each in asked if each.granted_by(at)]
        extended = self._extended(stored, granted, at)
        if facts.extended_until != extended:
            facts = replace(facts, extended_until=extended)
        return Known(
            self._tables[facts.code],
            facts,
            self._waits.get(stored.id, ()),
            granted,
            sum(each.waited_at(at) for each in asked),
            sum(each.refused_by(at) for each in asked),
            next((hold for hold in self._holds.get(stored.id, ()) if hold.stands_at(at)), None),
        )

    def _extended(
        self, stored: AssignmentFacts, granted: Sequence[Extension], at: datetime
    ) -> datetime | None:
        if stored.id not in self._requests:
            return stored.extended_until
        return max((each.until for each in granted if each.stood_at(at)), default=None)

    def _before(self, stored: AssignmentFacts, facts: AssignmentFacts, at: datetime) -> AssignmentFacts:
        """The facts without what came after ``at``."""
        moves, decisions = (
            [event for event in self._events[stored.id] if (event.verb in EXEMPTING) == exempting]
            for exempting in (False, True)
        )
        past = [event for event in moves if event.at <= at]
        decided = [event.verb == "exempt" for event in decisions if event.at <= at]
        if len(past) < len(moves):
            facts = _staged(facts, past)
        if len(decided) < len(decisions):
            facts = replace(facts, exempt=bool(decided) and decided[-1])
        return facts

    def moves(self, ids: Collection[int], at: datetime) -> dict[int, list[tuple[datetime, str]]]:
        """The transitions of these assignments by then."""
        self._read(ids)
        return {
            key: [
                (event.at, event.to_stage)
                for event in self._events[key]
                if event.at <= at and event.verb not in EXEMPTING
            ]
            for key in ids
        }

    def _read(self, ids: Iterable[int]) -> None:
        """See that the events of these are known: a report tells of few what hundred thousands say."""
        unread = set(ids) - self._events.keys()
        if unread:
            self._events |= {key: [] for key in unread}
            for key, event in _events(self._session, unread):
                self._events[key].append(event)


def _moved_after(session: Session, at: datetime) -> frozenset[int]:
    """The assignments of which something is known that came later."""
    wanted = select(Event.assignment_id).where(col(Event.at) > at, col(Event.verb).not_in(SILENT))
    return frozenset(session.exec(wanted.distinct()))


def _events(session: Session, ids: Iterable[int]) -> Iterator[tuple[int, _Event]]:
    """Transitions and decisions on exemption, each with its assignment, in their order."""
    wanted = (
        select(Event.assignment_id, Event.at, Event.to_stage, Event.verb)
        .where(among(col(Event.assignment_id), ids), col(Event.verb).not_in(SILENT))
        .order_by(col(Event.id))
    )
    for key, at, to_stage, verb in session.exec(wanted):
        yield key, _Event(at, to_stage, verb)


def _staged(facts: AssignmentFacts, past: Sequence[_Event]) -> AssignmentFacts:
    return replace(
        facts,
        stage=past[-1].to_stage if past else PENDING,
        first_collected_at=_first_submission(past),
        collected_at=_last_reached(past, COLLECTED),
        returned_at=_last_reached(past, RETURNED),
        reviewed_at=_last_reached(past, REVIEWED),
        checked_at=_last_reached(past, CHECKED),
        failed_at=_last_reached(past, FAILED),
    )


def _first_submission(past: Sequence[_Event]) -> datetime | None:
    """The first submission that was not withdrawn back to nothing."""
    first = None
    for event in past:
        if event.to_stage == COLLECTED and first is None:
            first = event.at
        elif event.to_stage == PENDING:
            first = None
    return first


def _last_reached(past: Sequence[_Event], stage: str) -> datetime | None:
    return next(
        (event.at for event in reversed(past) if event.to_stage == stage and event.verb not in BACK), None
    )
