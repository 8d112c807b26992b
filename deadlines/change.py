"""What a change of plan or of a deadline changes in what is still to be told: two courses, day by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from deadlines.owed import Owed

Day = tuple[date, str, str]
Telling = tuple[time, str, str]
"""When on that day which department is told of which subject."""


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day on which one audience is told otherwise: of how many subjects before and after, the departments
    whose share differs, and the times of day of either course."""

    day: date
    kind: str
    audience: str
    before: int
    after: int
    departments: tuple[str, ...]
    times_before: tuple[str, ...]
    times_after: tuple[str, ...]

    @property
    def rescheduled(self) -> bool:
        """Whether the same audience is told on this day before and after, but at other times."""
        return bool(self.before and self.after) and self.times_before != self.times_after

    def as_dict(self) -> dict[str, Any]:
        return {
            "date": self.day.isoformat(),
            "kind": self.kind,
            "audience": self.audience,
            "before": self.before,
            "after": self.after,
            "departments": list(self.departments),
            "times_before": list(self.times_before),
            "times_after": list(self.times_after),
        }


@dataclass(frozen=True, slots=True)
class NoticeChanges:
    """Every day that changes, in order; empty where everything that is to come stays as it is.

    ``corrected``: the names of those who hear that a deadline of which they were told is none any more.
    """

    days: tuple[DayChange, ...] = ()
    corrected: tuple[str, ...] = ()

    @property
    def first(self) -> date | None:
        return self.days[0].day if self.days else None

    @property
    def totals(self) -> dict[tuple[str, str], int]:
        """By kind and audience how many more (or fewer) are told until the end."""
        found: Counter[tuple[str, str]] = Counter()
        for each in self.days:
            found[each.kind, each.audience] += each.after - each.before
        return dict(found)

    def as_dict(self) -> dict[str, Any]:
        """The part ``notices`` of the document of `plan diff --json`."""
        first = self.first
        return {
            "first": first.isoformat() if first else None,
            "changes": [each.as_dict() for each in self.days],
            "corrected": list(self.corrected),
        }


def compare(before: Iterable[Owed], after: Iterable[Owed], zone: ZoneInfo) -> NoticeChanges:
    """The days of ``zone`` on which ``after`` tells somebody something else, or at another time."""
    was, will = _by_day(before, zone), _by_day(after, zone)
    return NoticeChanges(
        tuple(_change(day, was[day], will[day]) for day in sorted({*was, *will}) if was[day] != will[day])
    )


def _by_day(course: Iterable[Owed], zone: ZoneInfo) -> dict[Day, Counter[Telling]]:
    found: dict[Day, Counter[Telling]] = defaultdict(Counter)
    for each in course:
        moment = max(each.at, each.opens).astimezone(zone)
        day = moment.date(), each.kind, each.audience
        found[day][moment.time(), each.department or "", each.subject] += 1
    return found


def _change(day: Day, was: Counter[Telling], will: Counter[Telling]) -> DayChange:
    differ = (*(was - will), *(will - was))
    return DayChange(
        *day,
        before=was.total(),
        after=will.total(),
        departments=tuple(sorted({department for _, department, _ in differ if department})),
        times_before=_times(was),
        times_after=_times(will),
    )


def _times(told: Counter[Telling]) -> tuple[str, ...]:
    return tuple(sorted({f"{at:%H:%M}" for at, _, _ in told}))
