"""How far each department has come towards each deadline, and how much of it lately: counted, not judged."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from operator import add, attrgetter

from deadlines.facts import COLLECTOR, PENDING, REVIEWER, AssignmentFacts

WINDOW = 3
"""Whole working days before today that the pace is taken from."""
ENOUGH = 5
"""Things counted from which on a pace is told as one number."""
ENOUGH_DAYS = 2.0
MOST_RETURNED = 0.8
"""A returned share beyond which nothing sensible could be foretold."""
Quicker = tuple[float, float]
"""Of two numbers the one of the quicker pace, then that of the slower."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one department owes by one deadline."""

    department: str
    deadline: datetime
    due_stage: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a group has come: what is open where, and what was done lately.

    ``uncollected`` includes what was sent back, ``unstarted`` is what was never submitted; ``decided`` and
    ``sent_back`` count assignments that were ever decided on, or sent back by the reviewer or the check.
    """

    owed: int = 0
    uncollected: int = 0
    unstarted: int = 0
    in_review: int = 0
    decided: int = 0
    sent_back: int = 0
    submitted_lately: int = 0
    reviewed_lately: int = 0

    def __add__(self, other: Pace) -> Pace:
        return Pace(*map(add, _numbers(self), _numbers(other)))

    @property
    def open(self) -> int:
        """What is not yet reviewed."""
        return self.uncollected + self.in_review

    @property
    def returned_share(self) -> float:
        """The share that is sent back; 0 while too few were decided on."""
        if self.decided < ENOUGH:
            return 0.0
        return min(self.sent_back / self.decided, MOST_RETURNED)

    @property
    def submissions(self) -> float:
        """How many submissions what is left will need."""
        return self.uncollected / (1 - self.returned_share)


@dataclass(frozen=True, slots=True)
class Window:
    """The time that paces are taken from: since when, and how many working days of it have gone by."""

    since: datetime
    days: float

    def rates(self, number: int) -> Quicker:
        """So many things a working day: the quickest and the slowest that the count allows."""
        if self.enough(number):
            return number / self.days, number / self.days
        spread = math.sqrt(number)
        return (number + spread) / max(self.days, 1.0), (number - spread) / max(self.days, 1.0)

    def per_day(self, number: int) -> float:
        """How many that is a working day."""
        return number / max(self.days, 1.0)

    def enough(self, number: int) -> bool:
        """Whether so many things counted in it make a pace."""
        return number >= ENOUGH and self.days >= ENOUGH_DAYS


_numbers = attrgetter(*(each.name for each in fields(Pace)))


def whole(known: Iterable[Pace]) -> Pace:
    """The paces of several groups as one."""
    return Pace(*map(sum, zip(*map(_numbers, known), strict=True)))


def paces(assignments: Iterable[AssignmentFacts], since: datetime) -> dict[Group, Pace]:
    """The paces of all groups, counted from what is known of each assignment."""
    found: dict[Group, Pace] = {}
    for each in assignments:
        if each.active:
            group = group_of(each)
            found[group] = found.get(group, Pace()) + _counted(each, since)
    return found


def group_of(each: AssignmentFacts) -> Group:
    """The group that an assignment counts in."""
    return Group(each.department, each.effective, each.due_stage)


def _counted(each: AssignmentFacts, since: datetime) -> Pace:
    collecting, touched = each.holder == COLLECTOR, each.stage != PENDING
    decisions = [at for at in (each.reviewed_at, each.returned_at) if at is not None]
    return Pace(
        owed=1,
        uncollected=int(collecting),
        unstarted=int(not touched),
        in_review=int(each.holder == REVIEWER),
        decided=int(bool(decisions)),
        sent_back=int(each.returned_at is not None or each.failed_at is not None),
        submitted_lately=int(touched and each.collected_at is not None and each.collected_at >= since),
        reviewed_lately=int(any(at >= since for at in decisions)),
    )
