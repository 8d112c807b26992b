"""What deadlines are derived from: values that say what has happened, and nothing about the future."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from plans.plan import COLLECTED, REVIEWED

T = TypeVar("T")
COLLECTOR = "collector"
REVIEWER = "reviewer"
SYSTEM_CHECK = "system-check"
OWNER = "owner"
ROSTER = "roster"
"""Who may hold what is told about; an owner is asked to add to a source table (P2)."""
PENDING = "pending"

_HOLDERS = {
    PENDING: COLLECTOR,
    "returned": COLLECTOR,
    "failed": COLLECTOR,
    COLLECTED: REVIEWER,
    REVIEWED: SYSTEM_CHECK,
}


def holder_of(stage: str) -> str | None:
    """In whose hands this stage is: collector, reviewer or system-check; nobody's once checked."""
    return _HOLDERS.get(stage)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """From when to when the office keeps a line from the leaders."""

    since: datetime
    until: datetime

    def at(self, moment: datetime) -> bool:
        """Whether it was held back then."""
        return self.since <= moment < self.until


@dataclass(frozen=True, slots=True)
class Wait:
    """From when to when (None: still) a collector could not go on, waiting for another department."""

    department: str
    since: datetime
    until: datetime | None = None

    def at(self, moment: datetime) -> bool:
        """Whether he was waiting then."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """One assignment: who collects and who reviews (departments), by when, and what was reached when.

    ``due`` is the plan's deadline, ``extended_until`` the latest approved extension, ``owed_since`` from
    when counts what last changed hands, or by when it is owed.  Moments are the latest of their kind, but
    ``first_collected_at`` is the first submission that stands.  ``holds`` stand in the order of their
    beginning; ``waits``: for whose additions, open or over.
    """

    id: int
    code: str
    department: str
    reviewer: str | None
    due: datetime
    due_stage: str = COLLECTED
    extended_until: datetime | None = None
    stage: str = PENDING
    first_collected_at: datetime | None = None
    collected_at: datetime | None = None
    returned_at: datetime | None = None
    reviewed_at: datetime | None = None
    checked_at: datetime | None = None
    failed_at: datetime | None = None
    exempt: bool = False
    closed: bool = False
    holds: tuple[HeldBack, ...] = ()
    owed_since: datetime | None = None
    waits: tuple[Wait, ...] = ()

    @property
    def active(self) -> bool:
        """Whether anything is owed at all: neither exempt nor gone from the plan."""
        return not (self.exempt or self.closed)

    @property
    def effective(self) -> datetime:
        """The one deadline used everywhere: the plan's, or a later approved extension."""
        return self.due if self.extended_until is None else max(self.due, self.extended_until)

    @property
    def holder(self) -> str | None:
        """In whose hands it is now."""
        return holder_of(self.stage)

    @property
    def waits_for(self) -> dict[str, datetime]:
        """The departments whose additions its collector waits for now, each with since when."""
        found: dict[str, datetime] = {}
        for wait in self.waits:
            if wait.until is None:
                found[wait.department] = min(wait.since, found.get(wait.department, wait.since))
        return found

    @property
    def awaits(self) -> bool:
        """Whether it is its collector's turn and he waits for an addition."""
        return self.holder == COLLECTOR and bool(self.waits_for)

    @property
    def sent_back_at(self) -> datetime | None:
        """When it came back to the collector: by the reviewer's return, or by the check that failed."""
        return {"returned": self.returned_at, "failed": self.failed_at}.get(self.stage)


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """Whether a department has named its collector and its reviewer, and when both stood."""

    department: str
    has_collector: bool = False
    has_reviewer: bool = False
    completed_at: datetime | None = None

    @property
    def complete(self) -> bool:
        return self.has_collector and self.has_reviewer


class Share(tuple[AssignmentFacts, ...]):
    """What some department owes: as long as the same share is given, what follows from it is made once."""

    _made: tuple[object, Any] | None = None

    def derived(self, given: object, derive: Callable[[Share], T]) -> T:
        """What ``derive`` makes of it; made anew for anything else that is ``given`` beside it."""
        made = self._made  # others may put theirs there meanwhile
        if made is None or made[0] != given:
            self._made = made = given, derive(self)
        answer: T = made[1]
        return answer


class Shared(tuple[AssignmentFacts, ...]):
    """All assignments in the order of the plan, with the shares that they were gathered from."""

    def __new__(cls, assignments: Iterable[AssignmentFacts], shares: Iterable[Share]) -> Shared:
        made = super().__new__(cls, assignments)
        made.shares = tuple(shares)
        return made

    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Facts:
    """The facts of a whole campaign; ``effective_from`` is when the plan in force was applied."""

    assignments: tuple[AssignmentFacts, ...]
    rosters: tuple[RosterFacts, ...]
    effective_from: datetime

    @property
    def shares(self) -> tuple[Share, ...]:
        """The assignments by department where they were gathered so, else as one."""
        if isinstance(self.assignments, Shared):
            return self.assignments.shares
        return (Share(self.assignments),)
