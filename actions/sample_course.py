"""A believable course of a campaign: who hands in, returns and approves what, and when, from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from deadlines.calendar import WorkingCalendar
from deadlines.facts import AssignmentFacts
from plans.course_file import ROSTER
from plans.course_file import Deed as Recorded
from plans.plan import Plan

SEED = 2020
NIL, RETURNED_FIRST, WRONG_FIRST, NEVER = 0.3, 0.16, 0.12, 0.06
TRIED_BEFORE = timedelta(minutes=25)
PILE = 12
DAY = (8, 22)
"""When people sit down to it, weekends included, as they do before a deadline."""
MAY_BE_NOTHING = frozenset(("6.3.2", "6.3.3", "6.3.4", "6.3.5", "6.3.6", "8.6", "9.6.1"))
"""What a department may well have nothing of."""
REASONS = (
    "最后一行有一栏没有填，请补齐后重新提交。",
    "有一栏漏填，请对照原始材料补齐。",
    "最后一行不完整，请核对后重新提交。",
)
WRONG, HAND_IN, NOTHING, RETURN, MENDED, APPROVE = (
    "wrong",
    "hand-in",
    "nothing",
    "return",
    "mended",
    "approve",
)
ASK, REFUSE, RELEASE = "ask", "refuse", "release"
"""For an addition to a source table, its owner's no, and the office switching a rule off for the table."""

MOVES = {
    HAND_IN: ("submit",),
    NOTHING: ("submit",),
    MENDED: ("submit",),
    RETURN: ("return",),
    APPROVE: ("approve", "pass"),
}
"""What a deed does to the table's stage; what is approved passes its check."""


@dataclass(frozen=True)
class Planted:
    """A story that is told on purpose: when the table is collected, from its deadline on, how many hours its
    review takes, how long before somebody tried and left it lying (None: nobody did), what else is done, from
    the collecting on, and why it is returned, if it is.
    """

    collected: timedelta
    review_hours: int
    tried: timedelta | None = None
    besides: tuple[tuple[timedelta, str], ...] = ()
    returned: str = ""


PLANTED = {
    ("6.1", 0): Planted(timedelta(hours=15), 5),
    ("7.1.1", 0): Planted(timedelta(hours=-32), 18),
    ("7.2", 0): Planted(timedelta(hours=-8), 46),
    ("3.3", 0): Planted(timedelta(days=-5, hours=-8), 68),
    ("3.5", 0): Planted(timedelta(days=-6, hours=-9), 3, timedelta(hours=2)),
    ("5.2.3", 0): Planted(timedelta(hours=-8), 20, timedelta(days=5)),
    ("10.1.1", 0): Planted(timedelta(hours=-37), 6, timedelta(minutes=25), ((timedelta(hours=22), RELEASE),)),
    ("6.3.7", 5): Planted(
        timedelta(hours=-33),
        4,
        timedelta(days=4),
        ((timedelta(days=-4, minutes=12), ASK), (timedelta(hours=-5), REFUSE)),
    ),
    ("7.3.1", 1): Planted(timedelta(days=-5, hours=-13), 4, returned=REASONS[0]),
    ("4.2", 2): Planted(timedelta(hours=-14), 20, timedelta(days=4, hours=20)),
}
"""By table and which of its departments.

6.1 is late with its collector, 7.2 with its reviewer, 7.1.1 just in time.  For 10.1.1 the office lets the
stale cohorts pass.  3.3 has a number that grew and waits with its explanation.  3.5 and 5.2.3 were typed in
元 for 万元, which 5.2.3 mends late.  One 4.2 is last year's, untouched; one 6.3.7 names a teacher whom 6.1
lacks; one 7.3.1 came back on the Friday before the deadline.
"""


@dataclass(frozen=True)
class Deed:
    """Something that somebody does with one assignment."""

    at: datetime
    what: str
    reason: str = ""


@dataclass(frozen=True)
class Story:
    """What becomes of one assignment: its first submission, its faults, and the hours that people take."""

    of: AssignmentFacts
    first: datetime
    nil: bool
    tried: timedelta | None
    besides: tuple[tuple[timedelta, str], ...]
    returned: str
    hours: tuple[int, int, int]
    pause: timedelta
    calendar: WorkingCalendar

    @cached_property
    def deeds(self) -> tuple[Deed, ...]:
        """Hand in, perhaps be sent back and mend, be approved; in the order of time."""
        return tuple(sorted(self._deeds(), key=lambda deed: deed.at))

    def deeds_until(self, at: datetime) -> tuple[Deed, ...]:
        return tuple(deed for deed in self.deeds if deed.at <= at)

    def _deeds(self) -> Iterator[Deed]:
        if self.tried and not self.nil:
            yield Deed(self.first - self.tried, WRONG)
        yield Deed(self.first, NOTHING if self.nil else HAND_IN)
        decided = self._later(self.first, self.hours[0])
        if self.returned:
            yield Deed(decided, RETURN, self.returned)
            mended = self._later(decided, self.hours[1])
            yield Deed(mended, MENDED)
            decided = self._later(mended, self.hours[2])
        yield Deed(decided, APPROVE)
        for after, what in self.besides:
            yield Deed(self.first + after, what)

    def _later(self, at: datetime, hours: int) -> datetime:
        """Some hours on, in working time, and never on the stroke of the reminders.

        What has been lying since the evening or the weekend is taken up in the course of the morning.
        """
        then = at + timedelta(hours=hours)
        moment = self.calendar.next_working_moment(then)
        return moment + self.pause * (1 if moment == then else PILE)


class Course:
    """The stories of a plan's assignments: the same for the same plan, however it is asked."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._calendar = WorkingCalendar(plan.schedule.calendar, plan.schedule.zone)

    def story(self, of: AssignmentFacts) -> Story:
        """Draw one assignment's story; most come in the last days, some late, source tables early."""
        chance = random.Random(f"{SEED} {of.code} {of.department}")
        draw = chance.random
        start, planted = self._plan.schedule.start, self._planted(of)
        share = draw() ** 0.5 if draw() > NEVER else 1.1 + draw() / 5
        first = _awake(start + (of.due - start) * share) + timedelta(minutes=chance.randint(1, 29))
        nil = draw() < NIL and of.code in MAY_BE_NOTHING
        sent_back = chance.choice(REASONS) if draw() < RETURNED_FIRST and not nil else ""
        wrong_first = draw() < WRONG_FIRST
        return Story(
            of=of,
            first=of.due + planted.collected if planted else first,
            nil=nil,
            tried=planted.tried if planted else TRIED_BEFORE if wrong_first else None,
            besides=planted.besides if planted else (),
            returned=planted.returned if planted else sent_back,
            hours=(
                planted.review_hours if planted else chance.randint(2, 30),
                chance.randint(3, 24),
                chance.randint(2, 12),
            ),
            pause=timedelta(minutes=chance.randint(3, 25)),
            calendar=self._calendar,
        )

    def _planted(self, of: AssignmentFacts) -> Planted | None:
        """The story planted on purpose for this assignment, if there is one."""
        place = self._places.get((of.code, of.department))
        return PLANTED.get((of.code, place)) if place is not None else None

    @cached_property
    def _places(self) -> dict[tuple[str, str], int]:
        """Which of its table's departments each one is."""
        counted, found = dict[str, int](), dict[tuple[str, str], int]()
        for each in self._plan.obligations():
            found[each.code, each.department] = counted.get(each.code, 0)
            counted[each.code] = counted.get(each.code, 0) + 1
        return found

    def looks(self, until: datetime) -> Iterator[datetime]:
        """When the clock is looked at: each half hour of the working days, as the rules' times need it."""
        at = self._plan.schedule.start
        while at < until:
            if at == self._calendar.next_working_moment(at):
                yield at
            at += timedelta(minutes=30)


def sample_deeds(plan: Plan, facts: Iterable[AssignmentFacts]) -> list[Recorded]:
    """The course as one that was recorded: everybody named in the beginning, then what moves the tables."""
    course, zone = Course(plan), plan.schedule.zone
    found = [Recorded(plan.schedule.start, ROSTER, each.name, "name") for each in plan.schedule.departments]
    for each in facts:
        for deed in course.story(each).deeds:
            for what in MOVES.get(deed.what, ()):
                at = deed.at.astimezone(zone)
                found.append(Recorded(at, each.code, each.department, what, reason=deed.reason))
    return sorted(found, key=lambda deed: deed.at)


def _awake(at: datetime) -> datetime:
    """The moment, or in the night some minutes into the next morning."""
    first, last = DAY
    if first <= at.hour < last:
        return at
    morning = at if at.hour < first else at + timedelta(days=1)
    return morning.replace(hour=first, minute=at.minute, second=at.second)
