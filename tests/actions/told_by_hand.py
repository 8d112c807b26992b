"""A small campaign, and who is to be told what in it: worked out from the rules' words, without our code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.plans.small_plan import SCHEDULE

ZONE = ZoneInfo("Asia/Shanghai")
START, END = date(2020, 11, 6), date(2020, 11, 18)
DAYS = [START + timedelta(n) for n in range((END - START).days + 1)]
TICKS = (time(8, 31), time(10, 1), time(11, 31), time(22, 0))
MORNING, CLOSING, MIDNIGHT = time(8, 30), time(17, 30), time(23, 59, 59)
UNITS, REVIEWING = ("一系", "二系"), "教务部"
DEPARTMENTS = (REVIEWING, *UNITS)
REVIEWER, OFFICE, NAMED = "R1", "S000", "N1"
HEADS = {REVIEWING: "H0", "一系": "H1"}
"""二系 has no head: what is for him reaches nobody."""
LEADERS = {REVIEWING: "L1", "一系": "L1", "二系": "L2"}
OF_A_TURN, OF_LEADERS = ("collector", "reviewer"), ("leader", "leaders")
Told = tuple[str, str]
"""An audience, and the department that is addressed."""


def moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE)


@dataclass(frozen=True)
class Rung:
    kind: str
    audience: str
    days: int
    clock: time
    every: int | None = None

    @property
    def after(self) -> bool:
        """Whether it follows the deadline."""
        return self.kind == "overdue" or self.days > 0

    def speaks_of(self, turn: str) -> bool:
        """A roster has reminders of its own; what is overdue is told of it, too, but to no collector."""
        if turn == "roster":
            return self.kind == "roster-reminder" or (
                self.kind == "overdue" and self.audience not in OF_A_TURN
            )
        return self.kind != "roster-reminder" and (self.audience == turn or self.audience not in OF_A_TURN)

    def line(self, number: int) -> str:
        every = f", every: {self.every}" if self.every else ""
        what = f"id: r{number}, kind: {self.kind}, audience: {self.audience}"
        return f'  - {{{what}, days: {self.days}, at: "{self.clock:%H:%M}"{every}}}\n'


@dataclass(frozen=True)
class World:
    """A plan, who does what in it, what they do at 11:00 of which day, and at which hours mail is sent."""

    rungs: tuple[Rung, ...]
    dues: tuple[date, ...]
    events: tuple[tuple[date, str, int, date], ...]
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    reviewed: bool = False
    roster_due: date = START
    named: frozenset[str] = frozenset(DEPARTMENTS)
    collectors: tuple[str, str] = ("C1", "C2")
    sends: frozenset[time] = frozenset(TICKS)

    def works(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.off)

    def workday(self, day: date, n: int) -> date:
        """The n-th working day after the day, before it where n is negative."""
        step = timedelta(days=1 if n > 0 else -1)
        while n:
            day += step
            n -= (1 if n > 0 else -1) if self.works(day) else 0
        return day

    def open(self, at: datetime) -> datetime:
        """The moment, or the next morning of work."""
        if self.works(at.date()) and at.time() <= CLOSING:
            return max(at, moment(at.date(), MORNING))
        return moment(self.workday(at.date(), 1), MORNING)

    def mornings(self, rung: Rung, deadline: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When the rung speaks by its words, and when that is told: what falls on a day off the working day
        before, what is overdue the working day after; and nothing is overdue on the day itself."""
        last = deadline.date()
        day = self.workday(last, rung.days)
        for n in range(len(DAYS) if rung.every else 1):
            if n and not rung.after and day > last:
                return
            shown = day if self.works(day) else self.workday(day, 1 if rung.after else -1)
            told = moment(shown, rung.clock)
            if rung.after and told <= deadline:
                told = moment(self.workday(shown, 1), MORNING)
            yield moment(day, rung.clock), told
            day = self.workday(day, rung.every or 1)

    def people(self, audience: str, department: str, everyone: Iterable[str]) -> set[str]:
        """Who is told."""
        of_department = {
            "collector": dict(zip(UNITS, self.collectors, strict=True)),
            "reviewer": {REVIEWING: REVIEWER},
            "head": HEADS,
            "leader": LEADERS,
        }
        if audience in of_department:
            return {person for unit, person in of_department[audience].items() if unit == department}
        return {"leaders": set(LEADERS.values()), "office": {OFFICE}, "everyone": set(everyone)}[audience]

    @property
    def schedule(self) -> str:
        ladder = "\n" + "".join(rung.line(number) for number, rung in enumerate(self.rungs))
        days = f"holidays: {_days(self.off)}\n  workdays: {_days(self.worked)}"
        made = SCHEDULE.replace("holidays: [2020-11-20]", days)
        made = made.replace("roster: 2020-11-09", f"roster: {self.roster_due}")
        begin, end = made.index("reminders:"), made.index("statuses:")
        return f"{made[:begin]}reminders:{ladder}escalation: []\n{made[end:]}"


def _days(days: frozenset[date]) -> str:
    return "[" + ", ".join(f"{day}" for day in sorted(days)) + "]"


@dataclass
class Roster:
    """What a department owes first: its collector's and its reviewer's names."""

    unit: str
    due: datetime
    named: bool
    holds: list[list[datetime]] = field(default_factory=list)

    def turn(self, world: World) -> tuple[str, str, datetime] | None:
        return None if self.named else ("roster", self.unit, self.due)


@dataclass
class Task:
    """One table of one unit, as its people would tell it."""

    unit: str
    due: datetime
    reviewed: bool
    stage: str = "pending"
    came: datetime | None = None
    gone: bool = False
    holds: list[list[datetime]] = field(default_factory=list)

    def turn(self, world: World) -> tuple[str, str, datetime] | None:
        """Whose it is, of which department, until when: mending has one working day, a review two."""
        if self.gone or self.stage == "approved":
            return None
        if self.stage == "pending" or self.came is None:
            return "collector", self.unit, self.due
        if self.stage == "waiting":
            end = moment(world.workday(self.came.date(), 2), CLOSING)
            return "reviewer", REVIEWING, self.due if self.reviewed else end
        end = moment(world.workday(self.came.date(), 1), CLOSING)
        return "collector", self.unit, max(self.due, end)

    def near(self, world: World, now: datetime) -> bool:
        """Whether a digest lists it unasked: what waits, was returned, is overdue or due in three days."""
        turn = self.turn(world)
        if turn is None:
            return False
        return self.stage != "pending" or turn[2] < now or turn[2].date() <= world.workday(now.date(), 3)


Owed = Roster | Task


def told(world: World, each: Owed, since: datetime, now: datetime) -> Iterator[Told]:
    """What is told of it after ``since`` up to ``now``: of one kind to one audience on one day the highest
    rung; leaders when a hold is over, unless the deadline that was to be told is over, too."""
    turn = each.turn(world)
    if turn is None:
        return
    holder, department, deadline = turn
    best: dict[tuple[str, str, date], tuple[datetime, int, datetime]] = {}
    for place, rung in enumerate(world.rungs):
        for named, wanted in world.mornings(rung, deadline) if rung.speaks_of(holder) else ():
            at = _after_holds(world, each, wanted) if rung.audience in OF_LEADERS else wanted
            if rung.after or at <= deadline:
                key = rung.kind, rung.audience, at.date()
                best[key] = max(best.get(key, (named, place, at)), (named, place, at))
    for (_kind, audience, _day), (_named, _place, at) in best.items():
        if since < at <= now:
            yield audience, department


def _after_holds(world: World, each: Owed, at: datetime) -> datetime:
    for begin, end in each.holds:
        if begin <= at < end:
            at = world.open(end)
    return at


def holds_still(world: World, each: Owed, what: tuple[str, Told], now: datetime) -> bool:
    """Whether it is still so when the digest is written."""
    turn, (holder, (audience, department)) = each.turn(world), what
    held = audience in OF_LEADERS and any(begin <= now < end for begin, end in each.holds)
    return turn is not None and turn[:2] == (holder, department) and not held


@dataclass
class Desk:
    """What each person has not been told yet, and when on which day his digest went."""

    world: World
    unsaid: dict[str, list[tuple[Owed, tuple[str, Told]]]] = field(default_factory=dict)
    sent: dict[tuple[date, str], datetime] = field(default_factory=dict)

    def tick(self, all_owed: Iterable[Owed], since: datetime, now: datetime, everyone: Iterable[str]) -> None:
        """Note what has become owed to be told to whom."""
        for each in all_owed:
            for audience, department in told(self.world, each, since, now):
                holder = (each.turn(self.world) or ("",))[0]
                for person in self.world.people(audience, department, everyone):
                    self.unsaid.setdefault(person, []).append((each, (holder, (audience, department))))

    def send(self, all_owed: Iterable[Owed], now: datetime) -> None:
        """Everybody's digest, one a day: who had today's has the rest on the next, if it is still so then."""
        if not self.world.works(now.date()) or not MORNING <= now.time() < time(20):
            return
        own = [(each, turn) for each in all_owed if (turn := each.turn(self.world)) is not None]
        for person, things in [*self.unsaid.items()]:
            if (now.date(), person) in self.sent:
                continue
            listed = any(
                person in self.world.people("head" if turn[0] == "roster" else turn[0], turn[1], ())
                for each, turn in own
                if isinstance(each, Roster) or each.near(self.world, now)
            )
            if listed or any(holds_still(self.world, each, what, now) for each, what in things):
                self.sent[now.date(), person] = now
            del self.unsaid[person]
