"""A believable course of a campaign: who hands in, returns and approves what, and when, from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from deadlines.calendar import WorkingCalendar
from deadlines.facts import AssignmentFacts, Facts, RosterFacts
from models.stages import CHECKED, COLLECTED, RETURNED
from plans.plan import Plan

SEED = 2020
NIL, RETURNED_FIRST, WRONG_FIRST, NEVER = 0.08, 0.10, 0.12, 0.06
TRIED_BEFORE = timedelta(minutes=25)
REASONS = (
    "合计与分项不一致，请核对后重新提交。",
    "有一处数据与去年相差较大，请核对后重新提交。",
    "最后一行的数据还是去年的，请更新。",
)
WRONG, HAND_IN, NOTHING, RETURN, MENDED, APPROVE = (
    "wrong",
    "hand-in",
    "nothing",
    "return",
    "mended",
    "approve",
)


@dataclass(frozen=True)
class Slow:
    """A late source table: when it is collected, from its deadline on, and how long its review takes."""

    collected: timedelta
    review_hours: int


HELD_UP = {"6.1": Slow(timedelta(hours=15), 5), "7.2": Slow(timedelta(hours=-8), 46)}
"""6.1 is late with its collector, 7.2 with its reviewer."""


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
    wrong_first: bool
    returned: str
    hours: tuple[int, int, int]
    pause: timedelta
    calendar: WorkingCalendar

    @cached_property
    def deeds(self) -> tuple[Deed, ...]:
        """Hand in, perhaps be sent back and mend, be approved; in the order of time."""
        return tuple(self._deeds())

    def facts(self, at: datetime) -> AssignmentFacts:
        """The assignment as this story has left it at a moment; what is approved passes its check."""
        found = self.of
        for deed in self.deeds:
            if deed.at <= at:
                found = _after(found, deed)
        return found

    def _deeds(self) -> Iterator[Deed]:
        if self.wrong_first and not self.nil:
            yield Deed(self.first - TRIED_BEFORE, WRONG)
        yield Deed(self.first, NOTHING if self.nil else HAND_IN)
        decided = self._later(self.first, self.hours[0])
        if self.returned:
            yield Deed(decided, RETURN, self.returned)
            mended = self._later(decided, self.hours[1])
            yield Deed(mended, MENDED)
            decided = self._later(mended, self.hours[2])
        yield Deed(decided, APPROVE)

    def _later(self, at: datetime, hours: int) -> datetime:
        """Some hours on, in working time, and never on the stroke of the reminders."""
        return self.calendar.next_working_moment(at + timedelta(hours=hours)) + self.pause


def _after(facts: AssignmentFacts, deed: Deed) -> AssignmentFacts:
    if deed.what in (HAND_IN, NOTHING, MENDED):
        first = facts.first_collected_at or deed.at
        return replace(facts, stage=COLLECTED, collected_at=deed.at, first_collected_at=first)
    if deed.what == RETURN:
        return replace(facts, stage=RETURNED, returned_at=deed.at)
    if deed.what == APPROVE:
        return replace(facts, stage=CHECKED, reviewed_at=deed.at, checked_at=deed.at)
    return facts


class Course:
    """The stories of a plan's assignments: the same for the same plan, however it is asked."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._calendar = WorkingCalendar(plan.schedule.calendar, plan.schedule.zone)

    def story(self, of: AssignmentFacts) -> Story:
        """Draw one assignment's story; most come in the last days, some late, source tables early."""
        chance = random.Random(f"{SEED} {of.code} {of.department}")
        draw = chance.random
        start, slow = self._plan.schedule.start, HELD_UP.get(of.code)
        share = draw() ** 0.5 if draw() > NEVER else 1.1 + draw() / 5
        first = self._calendar.next_working_moment(start + (of.due - start) * share)
        first += timedelta(minutes=chance.randint(1, 29))
        nil = not self._plan.table(of.code).source and draw() < NIL
        sent_back = draw() < RETURNED_FIRST and not (slow or nil)
        return Story(
            of=of,
            first=of.due + slow.collected if slow else first,
            nil=nil,
            wrong_first=draw() < WRONG_FIRST or of.code == "10.1.1",
            returned=chance.choice(REASONS) if sent_back else "",
            hours=(
                slow.review_hours if slow else chance.randint(2, 30),
                chance.randint(3, 24),
                chance.randint(2, 12),
            ),
            pause=timedelta(minutes=chance.randint(3, 25)),
            calendar=self._calendar,
        )

    def looks(self, until: datetime) -> Iterator[datetime]:
        """When the clock is looked at: each half hour of the working days, as the rules' times need it."""
        at = self._plan.schedule.start
        while at < until:
            if at == self._calendar.next_working_moment(at):
                yield at
            at += timedelta(minutes=30)

    def facts(self, stories: Iterable[Story], at: datetime) -> Facts:
        """The campaign as these stories have left it at a moment; everybody was named in the beginning."""
        start = self._plan.schedule.start
        named = (department.name for department in self._plan.schedule.departments)
        return Facts(
            assignments=tuple(story.facts(at) for story in stories),
            rosters=tuple(RosterFacts(name, True, True, start) for name in named),
            effective_from=start,
        )
