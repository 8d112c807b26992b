"""Over a real database: who is owed a digest gets exactly one that day, nobody else any, none at night.

What is owed is worked out here from the rules' words, day by day, without the code that decides it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from actions.exempt import exempt
from actions.extend import grant
from actions.load_plan import apply
from actions.notices import REMIND, decide
from actions.review import APPROVE, RETURN
from actions.review import decide as review
from actions.submit import report_nothing
from models import Department, Grant, Mail, Person
from models.database import Database
from models.errors import PeopleError
from models.worklist import Line, lines
from tests.actions.people import holder, who
from tests.conftest import migrated
from tests.plans.small_plan import SCHEDULE, small_plan

ZONE = ZoneInfo("Asia/Shanghai")
START, END = date(2020, 11, 6), date(2020, 11, 20)
DAYS = [START + timedelta(n) for n in range((END - START).days + 1)]
CLOCKS = (time(8, 30), time(10, 0))
UNITS, REVIEWING, OFFICE = ("一系", "二系"), "教务部", "S000"
EVENTS = ("hand in", "return", "approve", "extend", "exempt")
TICKS = (time(3, 0), time(8, 31), time(10, 1), time(13, 0), time(22, 0))


@dataclass(frozen=True)
class World:
    """A plan, who does what in it, and what they do at 11:00 of which day."""

    clock: time
    reminders: tuple[int, ...]
    reviewers_reminders: tuple[int, ...]
    overdue: bool
    off: frozenset[date]
    worked: frozenset[date]
    dues: tuple[date, ...]
    collectors: tuple[str, str]
    events: tuple[tuple[date, str, int, date], ...]

    def works(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.off)

    def workday(self, day: date, n: int) -> date:
        """The n-th working day after the day, before it where n is negative."""
        step = timedelta(days=1 if n > 0 else -1)
        while n:
            day += step
            n -= (1 if n > 0 else -1) if self.works(day) else 0
        return day

    @property
    def plan(self) -> str:
        rules = [("reminder", "collector", days) for days in self.reminders]
        rules += [("reminder", "reviewer", days) for days in self.reviewers_reminders]
        text = "".join(self._rule(*rule) for rule in rules)
        if self.overdue:
            text += "".join(
                self._rule("overdue", whom, 1, ", every: 1") for whom in ("collector", "reviewer")
            )
        days = f"holidays: {_days(self.off)}\n  workdays: {_days(self.worked)}"
        made = SCHEDULE.replace("holidays: [2020-11-20]", days)
        begin = made.index("reminders:")
        end = made.index("statuses:")
        return (
            made[:begin] + "reminders:" + (f"\n{text}" if text else " []\n") + "escalation: []\n" + made[end:]
        )

    def _rule(self, kind: str, audience: str, days: int, more: str = "") -> str:
        name = f"{kind}-{audience}{days}"
        at = f'at: "{self.clock:%H:%M}"'
        return f"  - {{id: {name}, kind: {kind}, audience: {audience}, days: {days}, {at}{more}}}\n"


def _days(days: frozenset[date]) -> str:
    return "[" + ", ".join(f"{day}" for day in sorted(days)) + "]"


@dataclass
class Owed:
    """One table of one unit, as its people would tell it."""

    due: datetime
    unit: str
    stage: str = "pending"
    came: datetime | None = None
    gone: bool = False

    def told(self, world: World) -> tuple[str, datetime] | None:
        """Whose turn it is and until when: mending has one working day, a review two."""
        if self.gone or self.stage == "approved":
            return None
        if self.stage == "pending":
            return "collector", self.due
        assert self.came is not None
        within = 2 if self.stage == "waiting" else 1
        end = datetime.combine(world.workday(self.came.date(), within), time(17, 30), ZONE)
        return ("reviewer", end) if self.stage == "waiting" else ("collector", max(self.due, end))

    def is_told(self, world: World, day: date) -> str | None:
        """The audience that is told of it on the morning of this working day."""
        turn, slot = self.told(world), datetime.combine(day, world.clock, ZONE)
        if turn is None or (self.came is not None and slot < self.came):
            return None
        audience, deadline = turn
        last = deadline.date()
        before = world.reminders if audience == "collector" else world.reviewers_reminders
        mornings = {
            world.workday(last, n) if n or world.works(last) else world.workday(last, -1) for n in before
        }
        late = world.overdue and day > last
        return audience if (day in mornings and slot <= deadline) or late else None


worlds = st.builds(
    World,
    clock=st.sampled_from(CLOCKS),
    reminders=st.sets(st.integers(-4, 0), max_size=3).map(lambda days: tuple(sorted(days))),
    reviewers_reminders=st.sets(st.integers(-2, 0), max_size=2).map(lambda days: tuple(sorted(days))),
    overdue=st.booleans(),
    off=st.frozensets(st.sampled_from([day for day in DAYS[1:] if day.weekday() < 5]), max_size=3),
    worked=st.frozensets(st.sampled_from([day for day in DAYS if day.weekday() >= 5]), max_size=2),
    dues=st.lists(st.sampled_from(DAYS[3:12]), min_size=1, max_size=2).map(tuple),
    collectors=st.sampled_from([("C1", "C2"), ("C1", "C1"), ("C1", "R1"), ("R1", "R1")]),
    events=st.lists(
        st.tuples(
            st.sampled_from(DAYS[:-1]), st.sampled_from(EVENTS), st.integers(0, 3), st.sampled_from(DAYS)
        ),
        max_size=8,
    ).map(lambda events: tuple(sorted(events))),
)


@settings(max_examples=15, deadline=None)
@given(worlds)
def test_whoever_is_owed_a_digest_gets_exactly_one_that_day(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "caiji.db"
        path.write_bytes(migrated())
        database = Database(f"sqlite:///{path}")
        wanted = _play(database, world)
        with database.reading() as session:
            mails = session.exec(select(Mail)).all()
            names = {person.id: person.staff_no for person in session.exec(select(Person))}
        database.close()
    found = Counter((date.fromisoformat(mail.slot), names[mail.person_id]) for mail in mails)
    assert found == Counter(dict.fromkeys(wanted, 1))
    assert all(world.works(day) for day, _person in found)
    assert all(mail.created_at.astimezone(ZONE).date().isoformat() == mail.slot for mail in mails)
    assert {f"{mail.created_at.astimezone(ZONE):%H:%M}" for mail in mails} <= {"08:31", "10:01"}


def _play(database: Database, world: World) -> set[tuple[date, str]]:
    """Tick through the days with what people do at 11:00; who was owed a digest on which day."""
    owed = _begin(database, world)
    wanted: set[tuple[date, str]] = set()
    for day in DAYS:
        for clock in TICKS:
            if clock == time(13, 0):
                _events(database, world, day, owed)
            if clock == (world.clock.replace(minute=world.clock.minute + 1)) and world.works(day):
                wanted |= {(day, person) for each in owed.values() for person in _people(world, each, day)}
            with database.writing() as session:
                decide(session, REMIND, datetime.combine(day, clock, ZONE))
    return wanted


def _people(world: World, each: Owed, day: date) -> list[str]:
    audience = each.is_told(world, day)
    if audience is None:
        return []
    return [world.collectors[UNITS.index(each.unit)] if audience == "collector" else "R1"]


def _begin(database: Database, world: World) -> dict[int, Owed]:
    rows = [
        f"{n},1.{n},表{n},1.{n} 表{n},,2,各系部,{REVIEWING},{due},collected,,"
        for n, due in enumerate(world.dues, 1)
    ]
    start = datetime.combine(START, time(8, 0), ZONE)
    plan = small_plan(*rows, schedule=world.plan)
    with database.writing() as session:
        apply(session, plan, None, start)
        keys = {row.name: row.id for row in session.exec(select(Department))}
        for name in dict.fromkeys([*world.collectors, "R1", OFFICE]):
            session.add(Person(staff_no=name, name=name, email=f"{name}@x.test"))
        session.flush()
        people = {person.staff_no: person.id or 0 for person in session.exec(select(Person))}
        held = [(person, "collector", unit) for person, unit in zip(world.collectors, UNITS, strict=True)]
        held += [("R1", "reviewer", REVIEWING), (OFFICE, "office", "")]
        for person, role, unit in held:
            session.add(Grant(person_id=people[person], role=role, department_id=keys.get(unit)))
        return {
            line.id: Owed(plan.schedule.due_at(world.dues[line.table.no - 1]), line.department)
            for line in lines(session)
        }


def _events(database: Database, world: World, day: date, owed: dict[int, Owed]) -> None:
    for at, verb, number, until in world.events:
        if at == day:
            key = sorted(owed)[number % len(owed)]
            now = datetime.combine(day, time(11, 0), ZONE)
            try:
                with database.writing() as session:
                    [line] = lines(session, ids=[key])
                    _act(session, line, verb, until, now)
            except PeopleError:
                continue
            _remember(owed[key], verb, until, now)


def _act(session: Session, line: Line, verb: str, until: date, now: datetime) -> None:
    if verb == "hand in":
        report_nothing(session, holder(session, "collector", line.department, now), line.id, now)
    elif verb in ("return", "approve"):
        who_reviews, decision = (
            holder(session, "reviewer", REVIEWING, now),
            RETURN if verb == "return" else APPROVE,
        )
        review(session, who_reviews, line.id, line.assignment.version_id or 0, decision, "请补充", now)
    elif verb == "extend":
        grant(session, who(session, OFFICE, now), line.id, until, "生病", now)
    else:
        exempt(session, who(session, OFFICE, now), line.id, "没有此项", now)


def _remember(each: Owed, verb: str, until: date, now: datetime) -> None:
    if verb == "hand in":
        each.stage, each.came = "waiting", now
    elif verb == "return":
        each.stage, each.came = "returned", now
    elif verb == "approve":
        each.stage = "approved"
    elif verb == "extend":
        each.due = datetime.combine(until, time(23, 59, 59), ZONE)
    else:
        each.gone = True
