"""What is likely to miss its deadline, how surely, and how far those have come who are compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from deadlines.pace import Group, Pace
from plans.plan import REVIEWED

HARDLY, WATCH = "hardly", "watch"
"""Will hardly come in time; to be kept an eye on."""
STALLED, SLOW, RETURNED_OFTEN, REVIEWS = "stalled", "slow", "returned", "review"
"""Why a deadline is likely to be missed."""
TOLD_FROM = 1 / 3
"""The share that all with one deadline must have done before anybody of them is named."""
MOST_THROUGH = 0.6
"""The share that the others must have done before somebody will hardly come in time."""
BEHIND = 0.9
"""The part of the others' share below which somebody is behind them."""
FAR_BEHIND = 0.5
"""The part of the others' share at which somebody is far behind them."""
HURRYING = 2
"""How many times their pace people manage before a deadline."""


@dataclass(frozen=True, slots=True)
class Risk:
    """How surely and why a group is likely to miss its deadline: ``missing`` of those ``left`` at this pace.

    ``days_left`` are whole working days after today, ``hours_left`` all working hours; ``per_day`` what was
    submitted (for the cause "review": reviewed) each working day lately.  ``share`` is done, ``others``
    of what all others owe by the same deadline; None where nobody else does.
    """

    level: str
    cause: str
    left: int
    unstarted: int
    missing: int
    days_left: int
    hours_left: int
    per_day: float
    returned_share: float
    share: float
    others: float | None


@dataclass(frozen=True, slots=True)
class Undecided:
    """A deadline of which nobody can be named yet: before the day ``judged_from``, or, where there is none,
    because only this ``share`` of all is done."""

    deadline: datetime
    share: float
    judged_from: date | None


class Standing:
    """How far everybody is with what is due at one moment, and in the same way."""

    def __init__(self, known: Mapping[Group, Pace]) -> None:
        self._all: dict[tuple[datetime, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
        for group, pace in known.items():
            key = _key(group)
            owed, left = self._all[key]
            self._all[key] = owed + pace.owed, left + left_of(pace, group)

    def share(self, group: Group) -> float:
        """The share done of all that is due with this group."""
        owed, left = self._all[_key(group)]
        return 1 - left / owed

    def others(self, group: Group, pace: Pace) -> float | None:
        """The share that all others have done; None where nobody else owes anything by then."""
        owed, left = self._all[_key(group)]
        owed -= pace.owed
        return 1 - (left - left_of(pace, group)) / owed if owed else None

    def tells(self, group: Group, pace: Pace) -> bool:
        """Whether enough of all is done to tell who lags behind; who is alone is judged alone."""
        return self.share(group) >= TOLD_FROM or self.others(group, pace) is None


def share_of(pace: Pace, group: Group) -> float:
    """The share that a group has done."""
    return 1 - left_of(pace, group) / pace.owed


def left_of(pace: Pace, group: Group) -> int:
    """What is not yet where the deadline wants it."""
    return pace.open if group.due_stage == REVIEWED else pace.uncollected


def _key(group: Group) -> tuple[datetime, str]:
    return group.deadline, group.due_stage
