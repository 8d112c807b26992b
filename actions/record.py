"""All that was recorded of the campaign, asked as it stood at a moment.

What came later changes nothing of it: not a submission, not an extension granted or taken back, not an
exemption, not a change of the plan, not a role given or taken away.  Of facts that have not changed since,
those of now are told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
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
from models.extension import Extension, all_requests
from models.facts import stored_facts
from models.hold import all_holds
from models.rosters import Rosters
from models.stages import BACK, CHECKED, COLLECTED, FAILED, PENDING, RETURNED, REVIEWED
from models.worklist import current_campaign
from plans.plan import Plan

EXEMPTING = ("exempt", "unexempt")


class Known(NamedTuple):
    """What was known of one assignment then: its facts, its transitions, who was waited for, all extensions
    granted by then, how many requests were waiting then and how many had been refused, and the hold under
    which it stood."""

    table: DataTable
    facts: AssignmentFacts
    moves: Sequence[tuple[datetime, str]]
    waits: Sequence[Wait]
    extensions: Sequence[Extension]
    waiting: int
    refused: int
    hold: Hold | None = None


class _Event(NamedTuple):
    """What a report needs of an `Event`: there may be some hundred thousand."""

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
        self._moves, self._exemptions = _events(session)
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
        planned = self._planner(at)
        seen = (self._known(facts, planned(facts), at) for facts in self._facts)
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

    def _known(self, stored: AssignmentFacts, facts: AssignmentFacts, at: datetime) -> Known:
        moves, asked = self._moves.get(stored.id, ()), self._requests.get(stored.id, ())
        past = [event for event in moves if event.at <= at]
        if len(past) < len(moves):
            facts = _staged(facts, past)
        granted = [each for each in asked if each.granted_by(at)]
        extended, exempt = self._extended(stored, granted, at), self._exempt(stored, at)
        if (facts.extended_until, facts.exempt) != (extended, exempt):
            facts = replace(facts, extended_until=extended, exempt=exempt)
        return Known(
            self._tables[facts.code],
            facts,
            [(event.at, event.to_stage) for event in past],
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

    def _exempt(self, stored: AssignmentFacts, at: datetime) -> bool:
        decisions = self._exemptions.get(stored.id, ())
        past = [event for event in decisions if event.at <= at]
        if len(past) == len(decisions):
            return stored.exempt
        return bool(past) and past[-1].verb == "exempt"


def _events(session: Session) -> tuple[dict[int, list[_Event]], dict[int, list[_Event]]]:
    """By assignment, the transitions and the decisions on exemption, in their order."""
    moves: dict[int, list[_Event]] = defaultdict(list)
    exemptions: dict[int, list[_Event]] = defaultdict(list)
    others = [verb for verb in REMARKS if verb not in EXEMPTING]
    wanted = (
        select(Event.assignment_id, Event.at, Event.to_stage, Event.verb)
        .where(col(Event.verb).not_in(others))
        .order_by(col(Event.id))
    )
    for key, at, to_stage, verb in session.exec(wanted):
        (exemptions if verb in EXEMPTING else moves)[key].append(_Event(at, to_stage, verb))
    return moves, exemptions


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
