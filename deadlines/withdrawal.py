"""Whether what was told of a deadline still holds: from what was told and the facts as they are now."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Protocol

from deadlines.calendar import WorkingCalendar
from deadlines.effective import DeadlineRules
from deadlines.facts import COLLECTOR, REVIEWER, ROSTER, AssignmentFacts, Facts
from plans.plan import REVIEWED

WITHDRAWAL = "withdrawal"
TAKEN_BACK = ("forewarning", "escalation")
"""What is told by mails of its own, and so has to be taken back by one."""
GATHERED = timedelta(minutes=15)
"""What people changed is told at whole quarters of an hour: several changes in a row make one mail."""


class Told(Protocol):
    """What a withdrawal needs to know of a notice: of what it was told, whose deadline, and when."""

    @property
    def subject(self) -> str: ...

    @property
    def assignment_id(self) -> int | None: ...

    @property
    def holder(self) -> str: ...

    @property
    def deadline(self) -> datetime: ...

    @property
    def decided_at(self) -> datetime: ...


class Present:
    """The facts of a campaign by what notices speak of."""

    def __init__(self, rules: DeadlineRules, facts: Facts) -> None:
        self.rules = rules
        self._assignments = {each.id: each for each in facts.assignments}
        self._rosters = {each.department for each in facts.rosters}

    def holds(self, told: Told) -> bool:
        """Whether the deadline that was told is no earlier than the one that stands; done work changes
        nothing about it, and neither does a new round of review or mending."""
        deadline = self.deadline(told)
        return deadline is not None and deadline <= told.deadline

    def deadline(self, told: Told) -> datetime | None:
        """Until when the same is asked now; None where it isn't any more."""
        if told.holder == ROSTER:
            named = told.subject.removeprefix(f"{ROSTER}@") in self._rosters
            return self.rules.schedule.roster_due if named else None
        facts = self._assignments.get(told.assignment_id or 0)
        if facts is None or not facts.active:
            return None
        return self._review(facts, told) if told.holder == REVIEWER else self._collecting(facts, told)

    def _review(self, facts: AssignmentFacts, told: Told) -> datetime:
        if facts.holder == REVIEWER and _since(facts.collected_at, told):
            return self.rules.review_due(facts)
        return facts.effective if facts.due_stage == REVIEWED else told.deadline

    def _collecting(self, facts: AssignmentFacts, told: Told) -> datetime:
        if facts.holder == COLLECTOR and _since(facts.sent_back_at, told):
            return self.rules.mend_due(facts)
        return facts.effective


def _since(came: datetime | None, told: Told) -> bool:
    """Whether it has been in the same hands since it was told."""
    return came is not None and came <= told.decided_at


def gathering(calendar: WorkingCalendar, now: datetime) -> datetime:
    """The last moment up to ``now`` at which changes are gathered; ``now`` is within sending hours."""
    local = calendar.local(now)
    midnight = calendar.at(local.date(), time.min)
    opened = calendar.at(local.date(), calendar.rules.start)
    return max(opened, midnight + (local - midnight) // GATHERED * GATHERED)


def told_from(calendar: WorkingCalendar, at: datetime) -> datetime:
    """The first moment of gathering, no earlier than ``at``, within sending hours."""
    moment = calendar.next_working_moment(at)
    gathered = gathering(calendar, moment)
    if gathered < moment:
        gathered = gathering(calendar, calendar.next_working_moment(gathered + GATHERED))
    return gathered
