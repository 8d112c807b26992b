"""Who stands under which deadline now, gathered so that each deadline is worked out once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from deadlines.effective import DeadlineRules
from deadlines.facts import COLLECTOR, OWNER, REVIEWER, ROSTER, AssignmentFacts, HeldBack, RosterFacts
from deadlines.slots import follows_deadline
from plans.plan import Rule

ROSTER_REMINDER = "roster-reminder"
TOLD_ABOUT = ("reminder", "overdue", "forewarning", "escalation")
IN_DEPARTMENT = (COLLECTOR, REVIEWER, "head", "leader")
LEADERS = ("leader", "leaders")


class Member(NamedTuple):
    """One subject and the department that is addressed about it."""

    department: str | None
    subject: str
    assignment_id: int | None
    code: str | None


class Standing(NamedTuple):
    """What several subjects share: who holds them, until when, and since when that counts.

    ``manned``: a department answers for them; without one the office is told instead.  ``holds``: when the
    leaders are not told.  ``waiting``: the collector waits for an addition to a source table, and what
    follows the deadline is its owner's (P2).
    """

    holder: str
    deadline: datetime
    begun: datetime
    manned: bool = True
    holds: tuple[HeldBack, ...] = ()
    waiting: bool = False

    def audience(self, rule: Rule) -> str | None:
        """Whom the rule tells about these; None where it doesn't speak of them."""
        if self.holder == ROSTER:
            return _roster_audience(rule)
        if rule.kind not in TOLD_ABOUT or self._not_its_turn(rule):
            return None
        holder = COLLECTOR if self.holder == OWNER else self.holder
        if rule.audience in (COLLECTOR, REVIEWER) and rule.audience != holder:
            return None
        return rule.audience if self.manned or rule.audience not in IN_DEPARTMENT else "office"

    def _not_its_turn(self, rule: Rule) -> bool:
        return (self.waiting and follows_deadline(rule)) or (
            self.holder == OWNER and not follows_deadline(rule)
        )


class Awaited(NamedTuple):
    """An assignment as the department sees it that owes an addition to its source table."""

    facts: AssignmentFacts
    owner: str


Entry = AssignmentFacts | RosterFacts | Awaited


class Standings:
    """Open subjects by standing, in their order.

    ``earliest``: the first deadline of anything open; ``deadlines``: those the late report follows.
    What began before ``floor`` counts as begun then: no slot before it is looked at.
    """

    def __init__(
        self,
        rules: DeadlineRules,
        floor: datetime,
        assignments: Iterable[AssignmentFacts],
        rosters: Iterable[RosterFacts] = (),
    ) -> None:
        self.rules = rules
        self.floor = floor
        self.open: dict[Standing, list[Entry]] = {}
        self._members: dict[Standing, list[Member]] = {}
        self.deadlines = set[datetime]()
        for roster in rosters:
            if not roster.complete:
                self._enter(Standing(ROSTER, rules.schedule.roster_due, floor), roster)
                self.deadlines.add(rules.schedule.roster_due)
        for assignment in assignments:
            self._stand(assignment)
        self.earliest = min((standing.deadline for standing in self.open), default=None)

    def members(self, standing: Standing) -> list[Member]:
        """Those who share the standing."""
        found = self._members.get(standing)
        if found is None:
            found = [_member(each) for each in self.open[standing]]
            self._members[standing] = found
        return found

    def _stand(self, facts: AssignmentFacts) -> None:
        if facts.active:
            self.deadlines.add(facts.effective)
        deadline = self.rules.due_now(facts)
        if deadline is None:
            return
        reviewing = facts.holder == REVIEWER
        came = facts.collected_at if reviewing else facts.sent_back_at
        begun = max(each for each in (self.floor, came, facts.owed_since) if each is not None)
        if reviewing:
            manned = facts.reviewer is not None
            self._enter(Standing(REVIEWER, deadline, begun, manned, facts.holds), facts)
        elif facts.waits:
            self._stand_waiting(facts, deadline, begun)
        else:
            self._enter(Standing(COLLECTOR, deadline, begun, True, facts.holds), facts)

    def _stand_waiting(self, facts: AssignmentFacts, deadline: datetime, begun: datetime) -> None:
        """The collector waits for the owners of source tables, or has waited and goes on from then."""
        resumed = max([begun, *(wait.until for wait in facts.waits if wait.until is not None)])
        waits_for = facts.waits_for
        begins = begun if waits_for else resumed
        self._enter(Standing(COLLECTOR, deadline, begins, True, facts.holds, bool(waits_for)), facts)
        for owner, since in waits_for.items():
            self._enter(
                Standing(OWNER, deadline, max(begun, since), True, facts.holds), Awaited(facts, owner)
            )

    def _enter(self, standing: Standing, entry: Entry) -> None:
        self.open.setdefault(standing, []).append(entry)


def roster_subject(department: str) -> str:
    """How a department's roster is named where something is told of it."""
    return f"{ROSTER}@{department}"


def _member(entry: Entry) -> Member:
    if isinstance(entry, RosterFacts):
        return Member(entry.department, roster_subject(entry.department), None, None)
    if isinstance(entry, Awaited):
        facts = entry.facts
        subject = f"{facts.code}@{facts.department}/{entry.owner}"
        return Member(entry.owner, subject, facts.id, facts.code)
    department = entry.reviewer if entry.holder == REVIEWER else entry.department
    return Member(department, f"{entry.code}@{entry.department}", entry.id, entry.code)


def _roster_audience(rule: Rule) -> str | None:
    """A roster has rungs of its own, and shares those that don't speak to a collector or reviewer."""
    if rule.kind == ROSTER_REMINDER:
        return rule.audience
    shared = rule.kind in TOLD_ABOUT and rule.kind != "reminder"
    return rule.audience if shared and rule.audience not in (COLLECTOR, REVIEWER) else None
