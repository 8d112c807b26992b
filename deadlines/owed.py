"""What is owed to be told: from the ladders, the facts and the clock, with no memory.

Who is told what: the ladder's rungs hang on the deadline of whoever holds the work.  A slot on a day off
or outside working hours moves (``deadlines.slots``).  Of the rungs of one kind that fall on one day for one
audience only the highest is told.  A slot that nobody looked at within a working hour is missed: missed
ones merge into the last one of that audience and subject, an escalation before any reminder, and a missed
reminder whose deadline has passed is left to what follows the deadline.  Slots before ``effective_from``, or
before the work came to its holder, never fire.  What would be told to leaders while the office holds a line
back falls due when the hold ends.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from deadlines.calendar import ONE_DAY, WorkingCalendar
from deadlines.effective import DeadlineRules
from deadlines.facts import Facts, HeldBack, Share
from deadlines.slots import ESCALATION, REPORT, Slot, Timetable
from deadlines.standing import LEADERS, Member, Standing, Standings, roster_subject
from plans.ladder import ANNOUNCEMENT
from plans.plan import Schedule

CAMPAIGN = "campaign"
OFFICE = "office"
OF_THE_CAMPAIGN = (REPORT, ANNOUNCEMENT)
SEEN_WITHIN = 1.0
"""Working hours within which a running clock looks at every slot."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing to tell.  (rule, subject, deadline, occurrence) is its key: told once, whoever asks again.

    ``subject``: ``CODE@department``, ``roster@department`` or ``campaign``; ``department`` is the one that is
    addressed (its collector, reviewer, head, leader), which for a review is the reviewing one.  ``opens``:
    when those may be told who chose no time of their own.  ``holder``: whose deadline it is (collector,
    reviewer, roster, or the owner of a source table).
    """

    at: datetime
    kind: str
    rule: str
    audience: str
    department: str | None
    subject: str
    assignment_id: int | None
    code: str | None
    deadline: datetime
    occurrence: int
    opens: datetime
    holder: str = ""


def owed(schedule: Schedule, facts: Facts, since: datetime, now: datetime) -> list[Owed]:
    """Everything that falls due to be told after ``since`` up to and with ``now``, as the facts are now.

    In the order of telling: by slot, at the same moment the office first.
    """
    return Ladder(schedule, facts, since, now).between(since, now)


class Rungs:
    """Some open subjects and the rungs of the ladders that they stand on; ``moments``: when they are told."""

    def __init__(self, standings: Standings, slots: Callable[[Standing], Iterable[Slot]]) -> None:
        self.standings = standings
        self.candidates = {standing: highest_of_day(slots(standing)) for standing in standings.open}
        self.moments = sorted({slot.at for found in self.candidates.values() for slot in found})

    def within(self, since: datetime, until: datetime) -> list[datetime]:
        """The moments of (since, until]."""
        return self.moments[bisect_right(self.moments, since) : bisect_right(self.moments, until)]


class Ladder:
    """The ladders of a schedule over given facts, for any window between ``since`` and ``until``."""

    def __init__(self, schedule: Schedule, facts: Facts, since: datetime, until: datetime) -> None:
        self.rules = rules = DeadlineRules(schedule)
        self.calendar = rules.calendar
        self.facts = facts
        # Whole days, because the highest rung of a day is known only with all of them.
        self.timetable = Timetable(schedule, rules.calendar, self._midnight(until) + ONE_DAY)
        self.floor = max(facts.effective_from, self._midnight(since))
        given = schedule, self.floor, self.timetable.until
        self.rungs = [
            Rungs(Standings(rules, self.floor, (), facts.rosters), self._slots),
            *(each.derived(given, self._rungs) for each in facts.shares),
        ]
        begun = [each.standings.earliest for each in self.rungs]
        self.earliest = min((at for at in begun if at is not None), default=None)
        self.of_campaign = highest_of_day(
            slot for slot in self._of_campaign() if slot.at >= facts.effective_from and self._of_use(slot)
        )

    def between(self, since: datetime, now: datetime) -> list[Owed]:
        """What is owed of (since, now]."""
        found = [
            (standing, number, tell(slot, member, standing.holder))
            for rungs in self.rungs
            if rungs.within(since, now)
            for standing, slots in rungs.candidates.items()
            for number, slot in enumerate(told(slots, since, now, self.calendar))
            for member in rungs.standings.members(standing)
        ]
        everything = [tell(slot, _EVERYTHING) for slot in told(self.of_campaign, since, now, self.calendar)]
        return sorted(
            [*self._in_order(found), *everything], key=lambda each: (each.at, each.audience != OFFICE)
        )

    def moments(self, since: datetime, until: datetime) -> list[datetime]:
        """Every moment of (since, until] at which something is owed, in order."""
        found = {at for rungs in self.rungs for at in rungs.within(since, until)}
        return sorted(found.union(slot.at for slot in self.of_campaign if since < slot.at <= until))

    def _in_order(self, found: Sequence[tuple[Standing, int, Owed]]) -> list[Owed]:
        """Standings and, of each, slots and subjects as they follow each other in the plan, rosters first."""
        if not found:
            return []
        places: dict[int | str | None, int] = {each.id: n for n, each in enumerate(self.facts.assignments)}
        for n, roster in enumerate(self.facts.rosters, -len(self.facts.rosters)):
            places[roster_subject(roster.department)] = n
        placed = [
            (standing, number, places[each.assignment_id or each.subject], each)
            for standing, number, each in found
        ]
        first: dict[Standing, int] = {}
        for standing, _, place, _ in placed:
            first[standing] = min(place, first.get(standing, place))
        placed.sort(key=lambda each: (first[each[0]], each[1], each[2]))
        return [each for *_, each in placed]

    def _midnight(self, at: datetime) -> datetime:
        return self.calendar.at(self.calendar.local(at).date(), time.min)

    def _rungs(self, share: Share) -> Rungs:
        return Rungs(Standings(self.rules, self.floor, share), self._slots)

    def _slots(self, standing: Standing) -> Iterator[Slot]:
        for rung, rule in enumerate(self.timetable.rules):
            audience = standing.audience(rule)
            if audience is not None:
                for slot in self.timetable.slots(rung, standing.deadline):
                    told_to = slot if slot.audience == audience else slot._replace(audience=audience)
                    moved = self._held_back(told_to, standing.holds)
                    if moved is not None and max(moved.at, moved.opens) >= standing.begun:
                        # What begins between the earliest hour and the rule's own is told as it begins.
                        yield moved if moved.at >= standing.begun else moved._replace(at=standing.begun)

    def _held_back(self, slot: Slot, holds: tuple[HeldBack, ...]) -> Slot | None:
        """The slot moved behind the holds that it falls into; None where it is of no use there."""
        if slot.audience not in LEADERS:
            return slot
        for hold in holds:
            if hold.at(slot.at):
                slot = slot._replace(at=self.calendar.next_working_moment(hold.until))
        return slot if slot.after or slot.at <= slot.deadline else None

    def _of_campaign(self) -> Iterator[Slot]:
        """The slots of rules that speak of the whole campaign, for each of its deadlines."""
        deadlines = sorted(set().union(*(rungs.standings.deadlines for rungs in self.rungs)))
        for rung, rule in enumerate(self.timetable.rules):
            if rule.kind in OF_THE_CAMPAIGN:
                for deadline in deadlines:
                    yield from self.timetable.slots(rung, deadline)

    def _of_use(self, slot: Slot) -> bool:
        """A report follows each deadline, its repetitions while something is late; an announcement is made
        while something is open, after a deadline while something is late."""
        late = self.earliest is not None and self.earliest < slot.at
        if slot.rule.kind == REPORT:
            return late or slot.rule.on is not None
        return late or (self.earliest is not None and not slot.after)


def highest_of_day(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """Of the rungs of one kind for one audience on one day, the highest."""
    best: dict[tuple[object, ...], Slot] = {}
    for slot in slots:
        key = slot.rule.kind, slot.audience, slot.at.date()
        if key not in best or best[key].height < slot.height:
            best[key] = slot
    return tuple(best.values())


def told(slots: Iterable[Slot], since: datetime, now: datetime, calendar: WorkingCalendar) -> list[Slot]:
    """The slots of (since, now] that are told, missed ones merged into the last of their audience."""
    window = [slot for slot in slots if since < slot.at <= now]
    if not window:
        return window
    seen_from = calendar.minus_working_hours(now, SEEN_WITHIN)
    of_use = [slot for slot in window if slot.at >= seen_from or slot.after or now <= slot.deadline]
    last: dict[str, Slot] = {}
    for slot in of_use:
        best = last.setdefault(slot.audience, slot)
        last[slot.audience] = max(best, slot, key=_weight)
    return [slot for slot in of_use if slot.at >= seen_from or slot is last[slot.audience]]


def _weight(slot: Slot) -> tuple[object, ...]:
    """An escalation outweighs any reminder to the same people, else the later slot the earlier."""
    return slot.rule.kind == ESCALATION, slot.at, slot.height


def tell(slot: Slot, member: Member, holder: str = "") -> Owed:
    """What a slot owes to be told about one subject."""
    return Owed(
        at=slot.at,
        kind=slot.rule.kind,
        rule=slot.rule.id,
        audience=slot.audience,
        department=member.department,
        subject=member.subject,
        assignment_id=member.assignment_id,
        code=member.code,
        deadline=slot.deadline,
        occurrence=slot.occurrence,
        opens=slot.opens,
        holder=holder,
    )


_EVERYTHING = Member(None, CAMPAIGN, None, None)
