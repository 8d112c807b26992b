"""Who stands under which deadline now, gathered so that each deadline is worked out once."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from deadlines.effective import DeadlineRules
from deadlines.facts import COLLECTOR, REVIEWER, AssignmentFacts, Facts, HeldBack, RosterFacts
from plans.plan import Rule

ROSTER = "roster"
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
    leaders are not told.
    """

    holder: str
    deadline: datetime
    begun: datetime
    manned: bool = True
    holds: tuple[HeldBack, ...] = ()

    def audience(self, rule: Rule) -> str | None:
        """Whom the rule tells about these; None where it doesn't speak of them."""
        if self.holder == ROSTER:
            return _roster_audience(rule)
        if rule.kind not in TOLD_ABOUT:
            return None
        if rule.audience in (COLLECTOR, REVIEWER) and rule.audience != self.holder:
            return None
        return rule.audience if self.manned or rule.audience not in IN_DEPARTMENT else "office"


class Standings:
    """The open subjects of a campaign by standing, in the order of the plan.

    ``earliest``: the first deadline of anything open; ``deadlines``: those the late report follows.
    What began before ``since`` counts as begun then: no slot before it is looked at.
    """

    def __init__(self, rules: DeadlineRules, facts: Facts, since: datetime) -> None:
        self.rules = rules
        self.floor = max(facts.effective_from, since)
        self.open: dict[Standing, list[AssignmentFacts | RosterFacts]] = {}
        self._members: dict[Standing, list[Member]] = {}
        for roster in facts.rosters:
            if not roster.complete:
                self._enter(Standing(ROSTER, rules.schedule.roster_due, self.floor), roster)
        for assignment in facts.assignments:
            self._stand(assignment)
        self.earliest = min((standing.deadline for standing in self.open), default=None)
        self.deadlines = _deadlines(rules, facts)

    def members(self, standing: Standing) -> list[Member]:
        """Those who share the standing."""
        found = self._members.get(standing)
        if found is None:
            found = [_member(each) for each in self.open[standing]]
            self._members[standing] = found
        return found

    def _stand(self, facts: AssignmentFacts) -> None:
        deadline = self.rules.due_now(facts)
        if deadline is None:
            return
        reviewing = facts.holder == REVIEWER
        came = facts.collected_at if reviewing else facts.sent_back_at
        begun = self.floor if came is None else max(self.floor, came)
        holder = REVIEWER if reviewing else COLLECTOR
        manned = not reviewing or facts.reviewer is not None
        self._enter(Standing(holder, deadline, begun, manned, facts.holds), facts)

    def _enter(self, standing: Standing, facts: AssignmentFacts | RosterFacts) -> None:
        self.open.setdefault(standing, []).append(facts)


def _member(facts: AssignmentFacts | RosterFacts) -> Member:
    if isinstance(facts, RosterFacts):
        return Member(facts.department, f"{ROSTER}@{facts.department}", None, None)
    department = facts.reviewer if facts.holder == REVIEWER else facts.department
    return Member(department, f"{facts.code}@{facts.department}", facts.id, facts.code)


def _deadlines(rules: DeadlineRules, facts: Facts) -> tuple[datetime, ...]:
    found = {assignment.effective for assignment in facts.assignments if assignment.active}
    if any(not roster.complete for roster in facts.rosters):
        found.add(rules.schedule.roster_due)
    return tuple(sorted(found))


def _roster_audience(rule: Rule) -> str | None:
    """A roster has rungs of its own, and shares those that don't speak to a collector or reviewer."""
    if rule.kind == ROSTER_REMINDER:
        return rule.audience
    shared = rule.kind in TOLD_ABOUT and rule.kind != "reminder"
    return rule.audience if shared and rule.audience not in (COLLECTOR, REVIEWER) else None
