"""When things will be finished if they go on as lately, and what is likely to miss its deadline.

The rule, as docs/decisions/0023 has it.  A group's pace is what it submitted lately (`deadlines.pace`) by the
working days gone by; reviews likewise.  Who sends back a share r makes 1 / (1 - r) submissions of each that
is left.  Review takes ``review_within`` where nothing was reviewed lately.  n things counted may as well have
been n ± √n: where they are few, a range is told, and nothing is called likely to miss a deadline that it
would keep at the quicker pace, or that is more than three working days away, nor on the first day.  Nor is
who is as far as the others: most hand in at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from deadlines.effective import DUE_SOON, DeadlineRules
from deadlines.pace import WINDOW, Group, Pace, Quicker, Window
from plans.plan import REVIEWED

FAR = 60
"""Working days beyond which no day is told."""
STALLED, SLOW, RETURNED_OFTEN, REVIEWS = "stalled", "slow", "returned", "review"
"""Why a deadline is likely to be missed."""


@dataclass(frozen=True, slots=True)
class Span:
    """Between which days something will be finished; None: no such day is in sight.

    ``thin``: it rests on few things counted.  What is finished has no span at all.
    """

    first: date | None
    last: date | None
    thin: bool = False


@dataclass(frozen=True, slots=True)
class Risk:
    """Why a group is likely to miss its deadline: ``missing`` of those ``left`` at this pace.

    ``days_left`` are whole working days after today; ``per_day`` what was submitted (for the cause
    "review": reviewed) each working day lately.
    """

    cause: str
    left: int
    unstarted: int
    missing: int
    days_left: int
    per_day: float
    returned_share: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is foretold of a group: when all is collected, when all is through, and whether that is late."""

    pace: Pace
    per_day: float
    collected: Span | None
    done: Span | None
    risk: Risk | None = None


def latest(spans: Iterable[Span | None]) -> Span | None:
    """When the last of several is finished; None where all are."""
    known = [span for span in spans if span is not None]
    if not known:
        return None
    firsts, lasts = [span.first for span in known], [span.last for span in known]
    return Span(_latest_day(firsts), _latest_day(lasts), any(span.thin for span in known))


class Forecast:
    """Foretells from a moment on, by the rules of a schedule."""

    def __init__(self, rules: DeadlineRules, now: datetime) -> None:
        self.rules = rules
        self.calendar = rules.calendar
        self.now = rules.calendar.local(now)
        self.window = self._window()

    def all(self, known: Mapping[Group, Pace]) -> dict[Group, Outlook]:
        """The outlook of every group."""
        behind = set(_behind(known))
        return {group: self.of(pace, group if group in behind else None) for group, pace in known.items()}

    def risks(self, known: Mapping[Group, Pace]) -> list[tuple[Group, Risk]]:
        """The groups that are likely to miss their deadline: those that will miss most first."""
        judged = ((group, self._risk(known[group], group)) for group in _behind(known))
        found = [(group, risk) for group, risk in judged if risk]
        return sorted(found, key=lambda each: -each[1].missing)

    def of(self, pace: Pace, group: Group | None = None) -> Outlook:
        """The outlook of what has come so far; with the risk where the group tells the deadline."""
        collecting, through = self._collecting(pace), self._through(pace)
        thin = bool(pace.uncollected) and not self.window.enough(pace.submitted_lately)
        thin_reviews = not self.window.enough(pace.reviewed_lately)
        return Outlook(
            pace=pace,
            per_day=self.window.per_day(pace.submitted_lately),
            collected=self._span(collecting, thin) if pace.uncollected else None,
            done=self._span(through, thin or thin_reviews) if pace.open else None,
            risk=self._risk(pace, group) if group else None,
        )

    def _window(self) -> Window:
        third = self.calendar.add_workdays(self.now.date(), -WINDOW)
        since = max(self.calendar.at(third, time.min), self.calendar.local(self.rules.schedule.start))
        return Window(since, self._elapsed(since, self.now))

    def _elapsed(self, first: datetime, last: datetime) -> float:
        """Working days between two local moments, by the part of the working hours that has gone by."""
        whole = self.calendar.workdays_between(first.date(), last.date())
        return whole + self._gone(last) - self._gone(first)

    def _gone(self, at: datetime) -> float:
        """Which part of the day's working hours has gone by; all of them on a day off."""
        if not self.calendar.is_workday(at.date()):
            return 1.0
        begin, end = (
            self.calendar.at(at.date(), self.calendar.rules.start),
            self.calendar.end_of_work(at.date()),
        )
        return min(max((at - begin) / (end - begin), 0.0), 1.0)

    def _collecting(self, pace: Pace) -> Quicker:
        """Working days until all is submitted, at the quickest and at the slowest."""
        return _needed(pace.submissions, self.window.rates(pace.submitted_lately))

    def _through(self, pace: Pace) -> Quicker:
        """Working days until all is reviewed, and so, but for what the check finds, through."""
        collecting = self._collecting(pace)
        if not pace.reviewed_lately:
            within = self.rules.schedule.review_within
            return collecting[0] + within, collecting[1] + within
        reviewing = _needed(pace.in_review + pace.submissions, self.window.rates(pace.reviewed_lately))
        return max(collecting[0], reviewing[0]), max(collecting[1], reviewing[1])

    def _span(self, days: Quicker, thin: bool) -> Span:
        return Span(self._day(days[0]), self._day(days[1]), thin)

    def _day(self, days: float) -> date | None:
        """The day on which so many working days from now end."""
        if days > FAR:
            return None
        beyond = days - (1 - self._gone(self.now))
        return self.calendar.add_workdays(self.now.date(), max(0, math.ceil(round(beyond, 6))))

    def _risk(self, pace: Pace, group: Group) -> Risk | None:
        by_review, left = group.due_stage == REVIEWED, _left(pace, group)
        deadline = self.calendar.local(group.deadline)
        if not left or deadline < self.now:
            return None
        ahead = self._elapsed(self.now, deadline)
        collecting = self._collecting(pace)[0]
        needed = self._through(pace)[0] if by_review else collecting
        days_left = self.calendar.workdays_between(self.now.date(), deadline.date())
        counted = pace.submitted_lately if pace.uncollected else pace.reviewed_lately
        if needed <= ahead or not self._may_judge(counted, days_left):
            return None
        cause = REVIEWS if collecting <= ahead else self._cause(pace, ahead)
        done = pace.reviewed_lately if cause == REVIEWS else pace.submitted_lately
        kept = math.floor(ahead * self.window.rates(done)[0] * (1 - pace.returned_share))
        return Risk(
            cause=cause,
            left=left,
            unstarted=pace.unstarted,
            missing=max(left - kept, 1),
            days_left=days_left,
            per_day=self.window.per_day(done),
            returned_share=pace.returned_share,
        )

    def _may_judge(self, counted: int, days_left: int) -> bool:
        """Whether there is enough to say that a deadline will be missed: a pace, or so little time left that
        few things counted say enough, once there has been a day to do any."""
        return self.window.enough(counted) or (days_left <= DUE_SOON and self.window.days >= 1)

    def _cause(self, pace: Pace, ahead: float) -> str:
        """Why the submissions will not all come in time."""
        quickest = self.window.rates(pace.submitted_lately)[0]
        if not quickest:
            return STALLED
        return RETURNED_OFTEN if pace.uncollected / quickest <= ahead else SLOW


def _behind(known: Mapping[Group, Pace]) -> list[Group]:
    """Those that have no larger share done than all together who have the same deadline."""
    whole: dict[tuple[datetime, str], Pace] = {}
    for group, pace in known.items():
        key = group.deadline, group.due_stage
        whole[key] = whole.get(key, Pace()) + pace
    found = []
    for group, pace in known.items():
        together = whole[group.deadline, group.due_stage]
        if _left(pace, group) * together.owed >= _left(together, group) * pace.owed:
            found.append(group)
    return found


def _left(pace: Pace, group: Group) -> int:
    """What is not yet where the deadline wants it."""
    return pace.open if group.due_stage == REVIEWED else pace.uncollected


def _needed(number: float, rates: Quicker) -> Quicker:
    """Working days for so many things at each of two rates; without an end where nothing moves."""
    first, last = (number / rate if rate > 0 else math.inf if number else 0.0 for rate in rates)
    return first, last


def _latest_day(days: Iterable[date | None]) -> date | None:
    found = list(days)
    return None if None in found else max(day for day in found if day is not None)
