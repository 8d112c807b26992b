"""What a late-submission report says, as values: made from the database, rendered in three forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deadlines.facts import ROSTER
from models.prospect import Prospect

HELD_BY = ("collector", "reviewer", "system-check")
ROSTER_NAME = "采集员、审核员名单"


@dataclass(frozen=True)
class Extended:
    """More time that was granted by then: until when, why, by whom (the office, no person's name), and
    whether it had been taken back."""

    until: datetime
    reason: str
    by: str
    revoked: bool = False


@dataclass(frozen=True)
class Receipted:
    """What people of one audience answered to the escalations of a line, or when they were called
    (``phone``): how many were told, how many have seen it or were reached, the latest day promised (None:
    none), whether a promise was broken, and what was said with it on the phone."""

    audience: str
    told: int
    seen: int
    by: datetime | None = None
    broken: bool = False
    phone: bool = False
    note: str = ""


@dataclass(frozen=True)
class LateLine:
    """One late assignment, or roster: who holds it past whose deadline, how the working days late were spent.

    ``due`` is the deadline of whoever holds it; ``days`` the working days since the table's own deadline,
    by who held it when each ended, but those which the collector ``waited`` for additions to source tables
    (P2), by the department that owed them.  ``waiting_on``: who owes one now.  ``extensions``: all that
    were granted by then; of the other requests, how many were not answered yet and how many refused.
    ``held_until``: the office holds it back from the leaders, for ``held_reason``; ``id``: the assignment's.
    """

    table: str
    name: str
    department: str
    reviewer: str | None
    due: datetime
    stage: str
    working_days_late: int
    held_by: str
    days: Mapping[str, int]
    waiting_on: tuple[str, ...] = ()
    waited: Mapping[str, int] = field(default_factory=dict)
    source: bool = False
    extensions: tuple[Extended, ...] = ()
    requests_waiting: int = 0
    requests_refused: int = 0
    held_until: datetime | None = None
    held_reason: str = ""
    receipts: tuple[Receipted, ...] = ()
    id: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What one assignment is known by from report to report."""
        return self.table, self.department

    @property
    def roster(self) -> bool:
        """Whether it is a department's roster (S1) and no table."""
        return self.table == ROSTER

    @property
    def label(self) -> str:
        """What it is called: a table with its number."""
        return self.name if self.roster else f"{self.table} {self.name}"

    @property
    def answerable(self) -> tuple[str, ...]:
        """The departments whose lateness it is: all that are waited for, and its own where nobody is or
        where it has been late by itself too."""
        own = () if self.waiting_on and not any(self.days.values()) else (self.department,)
        return tuple(dict.fromkeys((*own, *self.waiting_on)))


@dataclass(frozen=True)
class DepartmentCount:
    """One collecting department's numbers: what fell due, came in time, is late, and in whose hands."""

    department: str
    due: int
    on_time: int
    late: Mapping[str, int]

    @property
    def late_in_all(self) -> int:
        return sum(self.late.values())


@dataclass(frozen=True)
class Settled:
    """What was late in the report before and is not any more; ``stage`` is empty where it is not owed now."""

    table: str
    name: str
    department: str
    stage: str

    @property
    def roster(self) -> bool:
        """Whether it is a department's roster and no table."""
        return self.table == ROSTER


@dataclass(frozen=True)
class Change:
    """What has changed since the report before, which was made at ``since`` and counted ``late_then``."""

    since: datetime
    late_then: int
    new: tuple[LateLine, ...]
    settled: tuple[Settled, ...]


@dataclass(frozen=True)
class Named:
    """How many of the due, in time and all are rosters."""

    due: int = 0
    on_time: int = 0
    total: int = 0


@dataclass(frozen=True)
class LateReport:
    """The state of lateness at one moment.

    ``total`` counts every assignment and every roster that is owed, ``due`` those of which a deadline has
    passed (the table's, or that of whoever holds it), ``on_time`` those of them first submitted, or named,
    by it.  ``number`` counts the reports that went out;
    None for one that was only asked for.  ``change`` is None where no report went before.  ``prospect``
    foretells what is still open.
    """

    at: datetime
    campaign: str
    college: str
    office: str
    phone: str
    late: tuple[LateLine, ...]
    departments: tuple[DepartmentCount, ...]
    on_time: int
    due: int
    total: int
    year: int
    prospect: Prospect
    number: int | None = None
    change: Change | None = None
    named: Named = Named()

    @property
    def rosters(self) -> tuple[str, ...]:
        """The departments whose roster is late."""
        return tuple(line.department for line in self.late if line.roster)

    def held(self, holder: str) -> list[LateLine]:
        """The late lines in the hands of collector, reviewer or system-check."""
        return [line for line in self.late if line.held_by == holder]

    def as_dict(self) -> dict[str, Any]:
        """The report as the JSON document that programs read: they count tables, so the rosters stand beside
        these.  Times carry the campaign's offset."""
        named = self.named
        return {
            "at": self.at.isoformat(),
            "late": [_line(line) for line in self.late if not line.roster],
            "rosters": {"late": [_line(line) for line in self.late if line.roster], **vars(named)},
            "by_department": [_count(each) for each in self.departments],
            "on_time": self.on_time - named.on_time,
            "due": self.due - named.due,
            "total": self.total - named.total,
            "number": self.number,
            "since": _since(self.change) if self.change else None,
            "forecast": self.prospect.as_dict(),
        }


def count_departments(
    lines: tuple[LateLine, ...], due: Counter[str], on_time: Counter[str], order: Callable[[str], int]
) -> tuple[DepartmentCount, ...]:
    """The numbers of every department of which something fell due or is late, in ``order``.

    What several answer for is late with each of them.
    """
    late = Counter((name, line.held_by) for line in lines for name in line.answerable)
    names = sorted({*due, *(name for name, _ in late)}, key=order)
    return tuple(
        DepartmentCount(
            name,
            due[name],
            on_time[name],
            {holder: late[name, holder] for holder in HELD_BY if late[name, holder]},
        )
        for name in names
    )


def _line(line: LateLine) -> dict[str, Any]:
    return {
        **vars(line),
        "due": line.due.isoformat(),
        "days": dict(line.days),
        "waiting_on": list(line.waiting_on),
        "waited": dict(line.waited),
        "receipts": [
            {**vars(each), "by": each.by.isoformat() if each.by else None} for each in line.receipts
        ],
        "extensions": [{**vars(each), "until": each.until.isoformat()} for each in line.extensions],
        "answerable": list(line.answerable),
        "held_until": None if line.held_until is None else line.held_until.isoformat(),
    }


def _since(change: Change) -> dict[str, Any]:
    return {
        "at": change.since.isoformat(),
        "late": change.late_then,
        "new": [{"table": line.table, "department": line.department} for line in change.new],
        "settled": [vars(each) for each in change.settled],
    }


def _count(each: DepartmentCount) -> dict[str, Any]:
    return {
        "department": each.department,
        "due": each.due,
        "on_time": each.on_time,
        "late": each.late_in_all,
        "held_by": dict(each.late),
    }
