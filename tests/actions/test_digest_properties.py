"""Over a real database: who is owed a digest gets exactly one that day, nobody else any, none at night.

What is owed is worked out by hand (`tests.actions.told_by_hand`), beside the code that decides it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from hypothesis import example, given, settings
from sqlmodel import Session, select

from actions.exempt import exempt
from actions.extend import grant
from actions.hold import hold, lift
from actions.load_plan import apply
from actions.notices import REMIND, decide
from actions.plan_in_force import plan_in_force, rules_in_force
from actions.review import APPROVE, RETURN
from actions.review import decide as review
from actions.submit import report_nothing
from mail.letters import Desk as WritingDesk
from mail.outbox import Outbox
from mail.sending_hours import hour_at
from mail.verdicts import Answer, Verdict
from models import Department, Grant, Mail, Person
from models.database import Database
from models.errors import PeopleError
from models.worklist import Line, lines
from tests.actions.made_worlds import CALLED_OFF, HELD_BACK, ON_DAYS_OFF, WAITING, worlds
from tests.actions.people import holder, who
from tests.actions.told_by_hand import (
    DAYS,
    DEPARTMENTS,
    HEADS,
    LEADERS,
    MIDNIGHT,
    NAMED,
    OFFICE,
    REVIEWER,
    REVIEWING,
    START,
    TICKS,
    UNITS,
    ZONE,
    Desk,
    Owed,
    Roster,
    Task,
    World,
    moment,
)
from tests.conftest import migrated
from tests.plans.small_plan import small_plan

DONE_AT = time(11, 0)
A_MINUTE = timedelta(minutes=1)


@settings(derandomize=True, max_examples=16, deadline=None)
@example(ON_DAYS_OFF)
@example(WAITING)
@example(CALLED_OFF)
@example(HELD_BACK)
@given(worlds)
def test_whoever_is_owed_a_digest_gets_exactly_one_that_day(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "caiji.db"
        path.write_bytes(migrated())
        campaign = Campaign(Database(f"sqlite:///{path}", durable=False), world)
        campaign.run()
        found = [*campaign.sent()]
        campaign.database.close()
    assert sorted(found) == sorted((at, person) for (_day, person), at in campaign.desk.sent.items())
    assert all(world.works(at.date()) for at, _person in found)


class Campaign:
    """The world's campaign in a database and by hand, side by side."""

    def __init__(self, database: Database, world: World) -> None:
        self.database, self.world, self.desk = database, world, Desk(world)
        self.now = moment(START, time(8, 0))
        self.tasks: dict[int, Task] = {}
        self.rosters = [
            Roster(unit, moment(world.roster_due, time(17, 30)), unit in world.named) for unit in DEPARTMENTS
        ]
        self.outbox = Outbox(
            database,
            lambda session: WritingDesk(session, plan_in_force(session).schedule, self.now, ""),
            lambda session: hour_at(rules_in_force(session), self.now),
            "college.test",
        )
        with database.writing() as session:
            self._begin(session)

    @property
    def owed(self) -> list[Owed]:
        return [*self.tasks.values(), *self.rosters]

    @property
    def everyone(self) -> set[str]:
        named = {NAMED} if any(roster.named for roster in self.rosters) else set()
        return {*self.world.collectors, REVIEWER, OFFICE, *HEADS.values(), *LEADERS.values(), *named}

    def run(self) -> None:
        """Tick and send through the days, with what people do at 11:00."""
        for day in DAYS:
            for clock in TICKS:
                since, self.now = self.now, moment(day, clock)
                if clock == TICKS[2]:
                    self._events(day)
                self.desk.tick(self.owed, since, self.now, self.everyone)
                with self.database.writing() as session:
                    decide(session, REMIND, self.now)
                if clock in self.world.sends:
                    self.desk.send(self.owed, self.now + A_MINUTE)
                    self._send(self.now + A_MINUTE)

    def sent(self) -> Iterator[tuple[datetime, str]]:
        """When whose digests went."""
        with self.database.reading() as session:
            names = {person.id: person.staff_no for person in session.exec(select(Person))}
            for mail in session.exec(select(Mail)):
                if mail.sent_at is not None:
                    yield mail.sent_at.astimezone(ZONE), names[mail.person_id]

    def _send(self, now: datetime) -> None:
        self.now = now
        answer = Answer(Verdict.ACCEPTED, "250 ok")
        self.outbox.settle([(claimed, answer) for claimed in self.outbox.claim(now, 100)], now)

    def _begin(self, session: Session) -> None:
        stage = "reviewed" if self.world.reviewed else "collected"
        rows = [
            f"{n},1.{n},表{n},1.{n} 表{n},,2,各系部,{REVIEWING},{due},{stage},,"
            for n, due in enumerate(self.world.dues, 1)
        ]
        apply(session, small_plan(*rows, schedule=self.world.schedule), None, self.now)
        for name in (*self.world.collectors, REVIEWER, OFFICE, NAMED, *HEADS.values(), *LEADERS.values()):
            if not session.exec(select(Person).where(Person.staff_no == name)).first():
                session.add(Person(staff_no=name, name=name, email=f"{name}@x.test"))
        held = [
            (person, "collector", unit) for unit, person in zip(UNITS, self.world.collectors, strict=True)
        ]
        held += [(REVIEWER, "reviewer", REVIEWING), (OFFICE, "office", "")]
        held += [(person, "head", unit) for unit, person in HEADS.items()]
        held += [(person, "leader", unit) for unit, person in LEADERS.items()]
        for person, role, unit in held:
            _give(session, person, role, unit)
        for unit in self.world.named:
            _name(session, unit)
        for line in lines(session):
            due = moment(self.world.dues[line.table.no - 1], MIDNIGHT)
            self.tasks[line.id] = Task(line.department, due, self.world.reviewed)

    def _events(self, day: date) -> None:
        now = moment(day, DONE_AT)
        for at, verb, number, until in self.world.events:
            if at == day and verb == "name":
                roster = self.rosters[number % len(self.rosters)]
                if not roster.named:
                    roster.named = True
                    with self.database.writing() as session:
                        _name(session, roster.unit)
            elif at == day:
                key = sorted(self.tasks)[number % len(self.tasks)]
                try:
                    with self.database.writing() as session:
                        [line] = lines(session, ids=[key])
                        _act(session, line, verb, until, now)
                except PeopleError:
                    continue
                _remember(self.tasks[key], verb, until, now)


def _give(session: Session, staff_no: str, role: str, unit: str) -> None:
    person = session.exec(select(Person).where(Person.staff_no == staff_no)).one()
    department = session.exec(select(Department.id).where(Department.name == unit)).first()
    session.add(Grant(person_id=person.id or 0, role=role, department_id=department))


def _name(session: Session, unit: str) -> None:
    """Name whom the department still owes."""
    _give(session, NAMED, "collector" if unit == REVIEWING else "reviewer", unit)


def _act(session: Session, line: Line, verb: str, until: date, now: datetime) -> None:
    office = who(session, OFFICE, now)
    if verb == "hand in":
        report_nothing(session, holder(session, "collector", line.department, now), line.id, now)
    elif verb in ("return", "approve"):
        judge, decision = who(session, REVIEWER, now), RETURN if verb == "return" else APPROVE
        review(session, judge, line.id, line.assignment.version_id or 0, decision, "请补充", now)
    elif verb == "extend":
        grant(session, office, line.id, until, "生病", now)
    elif verb == "hold":
        hold(session, office, line.id, until, "已约定", now)
    elif verb == "lift":
        lift(session, office, line.id, "已到期", now)
    else:
        exempt(session, office, line.id, "没有此项", now)


def _remember(each: Task, verb: str, until: date, now: datetime) -> None:
    if verb == "hand in" and each.stage != "waiting":
        each.stage, each.came = "waiting", now
    elif verb == "return":
        each.stage, each.came = "returned", now
    elif verb == "approve":
        each.stage = "approved"
    elif verb == "extend":
        each.due = moment(until, MIDNIGHT)
    elif verb == "hold":
        each.holds.append([now, moment(until, MIDNIGHT)])
    elif verb == "lift":
        each.holds[-1][1] = now
    elif verb == "exempt":
        each.gone = True
