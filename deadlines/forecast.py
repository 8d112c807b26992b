"""When things will be finished if they go on as lately, and what is likely to miss its deadline.

The rule, as docs/decisions/0023 has it.  A group's pace is what it submitted lately (`deadlines.pace`) by the
working days gone by; reviews likewise.  Who sends back a share r makes 1 / (1 - r) submissions of each that
is left.  Review takes ``review_within`` where nothing was reviewed lately.  n things counted may as well have
been n ± √n: where they are few, a range is told, and nothing is called likely to miss a deadline that it
would keep at the quicker pace.  Nobody is named more than three working days before the deadline, on the
first day, before a third of all is done, or who is nearly as far as the others: most hand in at the end.
Who is not half as far as the others, most of whom are through, and at twice the pace would miss it with more
than half of what is left, will hardly come in time; all others who are named are to be kept an eye on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache

from deadlines.effective import DUE_SOON, DeadlineRules
from deadlines.pace import WINDOW, Group, Pace, Quicker, Window
from deadlines.risk import (
    BEHIND,
    FAR_BEHIND,
    HARDLY,
    HURRYING,
    MOST_THROUGH,
    RETURNED_OFTEN,
    REVIEWS,
    SLOW,
    STALLED,
    WATCH,
    Risk,
    Standing,
    Undecided,
    left_of,
    share_of,
)
from plans.plan import REVIEWED

FAR = 60
"""Working days beyond which no day is told."""


@dataclass(frozen=True, slots=True)
class Span:
    """Between which days something will be finished; None: no such day is in sight.

    ``thin``: it rests on few things counted.  What is finished has no span at all.
    """

    first: date | None
    last: date | None
    thin: bool = False


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
        self._judged_from = cache(self._day_to_judge)
        self._ahead = cache(lambda deadline: self._elapsed(self.now, self.calendar.local(deadline)))

    def all(self, known: Mapping[Group, Pace]) -> dict[Group, Outlook]:
        """The outlook of every group, with the risks."""
        risks = dict(self.risks(known))
        return {group: replace(self.of(pace), risk=risks.get(group)) for group, pace in known.items()}

    def risks(self, known: Mapping[Group, Pace]) -> list[tuple[Group, Risk]]:
        """The groups that are likely to miss their deadline: the surest first, then who will miss most."""
        standing = Standing(known)
        judged = ((group, self._risk(pace, group, standing)) for group, pace in self._open(known))
        found = [(group, risk) for group, risk in judged if risk]
        return sorted(found, key=lambda each: (each[1].level != HARDLY, -each[1].missing))

    def undecided(self, known: Mapping[Group, Pace]) -> list[Undecided]:
        """The deadlines to come of which nobody can be named yet."""
        standing, found = Standing(known), dict[datetime, Undecided]()
        for group, pace in self._open(known):
            told_from = self._judged_from(group.deadline)
            share = standing.share(group)
            if told_from or not standing.tells(group, pace):
                found[group.deadline] = Undecided(self.calendar.local(group.deadline), share, told_from)
        return [found[deadline] for deadline in sorted(found)]

    def of(self, pace: Pace) -> Outlook:
        """The outlook of what has come so far."""
        collecting, through = self._collecting(pace), self._through(pace)
        thin = bool(pace.uncollected) and not self.window.enough(pace.submitted_lately)
        thin_reviews = not self.window.enough(pace.reviewed_lately)
        return Outlook(
            pace=pace,
            per_day=self.window.per_day(pace.submitted_lately),
            collected=self._span(collecting, thin) if pace.uncollected else None,
            done=self._span(through, thin or thin_reviews) if pace.open else None,
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

    @property
    def _hours_a_day(self) -> float:
        rules, day = self.calendar.rules, self.now.date()
        return (self.calendar.at(day, rules.end) - self.calendar.at(day, rules.start)) / timedelta(hours=1)

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

    def _open(self, known: Mapping[Group, Pace]) -> Iterator[tuple[Group, Pace]]:
        """Those that have something left and a deadline before them."""
        return (each for each in known.items() if each[0].deadline >= self.now and left_of(each[1], each[0]))

    def _day_to_judge(self, deadline: datetime) -> date | None:
        """The day from which it can be told who lags behind; None once that has come."""
        day = self.calendar.add_workdays(self.calendar.local(deadline).date(), -DUE_SOON)
        if self.window.days < 1:
            day = max(day, self.calendar.add_workdays(self.now.date(), 1))
        return day if day > self.now.date() else None

    def _risk(self, pace: Pace, group: Group, standing: Standing) -> Risk | None:
        if self._judged_from(group.deadline) or not standing.tells(group, pace):
            return None
        others, share = standing.others(group, pace), share_of(pace, group)
        ahead = self._ahead(group.deadline)
        collecting = self._collecting(pace)[0]
        needed = self._through(pace)[0] if group.due_stage == REVIEWED else collecting
        if needed <= ahead or (others is not None and share >= BEHIND * others):
            return None
        cause = REVIEWS if collecting <= ahead else self._cause(pace, ahead)
        done = pace.reviewed_lately if cause == REVIEWS else pace.submitted_lately
        left = left_of(pace, group)
        kept = ahead * self.window.rates(done)[0] * (1 - pace.returned_share)
        far_behind = others is not None and others >= MOST_THROUGH and share <= FAR_BEHIND * others
        return Risk(
            level=HARDLY if far_behind and left - math.floor(HURRYING * kept) > left / 2 else WATCH,
            cause=cause,
            left=left,
            unstarted=pace.unstarted,
            missing=max(left - math.floor(kept), 1),
            days_left=self.calendar.workdays_between(
                self.now.date(), self.calendar.local(group.deadline).date()
            ),
            hours_left=round(ahead * self._hours_a_day),
            per_day=self.window.per_day(done),
            returned_share=pace.returned_share,
            share=share,
            others=others,
        )

    def _cause(self, pace: Pace, ahead: float) -> str:
        """Why the submissions will not all come in time."""
        quickest = self.window.rates(pace.submitted_lately)[0]
        if not quickest:
            return STALLED
        return RETURNED_OFTEN if pace.uncollected / quickest <= ahead else SLOW


def _needed(number: float, rates: Quicker) -> Quicker:
    """Working days for so many things at each of two rates; without an end where nothing moves."""
    first, last = (number / rate if rate > 0 else math.inf if number else 0.0 for rate in rates)
    return first, last


def _latest_day(days: Iterable[date | None]) -> date | None:
    found = list(days)
    return None if None in found else max(day for day in found if day is not None)
