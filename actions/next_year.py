"""What next year's campaign takes over from this one: the plan rolled on, people, answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from deadlines.calendar import WorkingCalendar
from models import Department, Grant, Person, Question
from models.person import in_force
from models.question import questions
from models.worklist import lines
from plans import next_year as rolling
from plans.next_year import NextYear
from plans.plan import Plan

Right = tuple[str, str | None, str | None]
"""A role, its department and, where it is narrowed to one, its table."""


@dataclass(frozen=True)
class Colleague:
    """Somebody who takes part, with the rights that stand."""

    person: Person
    department: str | None
    rights: tuple[Right, ...]


@dataclass(frozen=True)
class Answer:
    """What was asked and answered about a table; ``by``: the staff number of who answered."""

    table: str
    department: str
    question: Question
    by: str | None


@dataclass(frozen=True)
class Carried:
    """How many people and rights went over, and which did not: nobody owes what they were for."""

    people: int
    rights: int
    lost: tuple[str, ...]


def rolled_plan(plan: Plan) -> NextYear:
    """The plan a year on, by the legal calendar: the college's own days are of one year."""
    rules = replace(plan.schedule.calendar, holidays=frozenset(), workdays=frozenset())
    return rolling.next_year(plan, WorkingCalendar(rules, plan.schedule.zone))


def colleagues(session: Session, now: datetime) -> list[Colleague]:
    """Everybody active with his rights, but for what he does as a deputy."""
    names = {row.id: row.name for row in session.exec(select(Department))}
    held: dict[int, list[Right]] = {}
    standing = select(Grant).where(in_force(now), col(Grant.until).is_(None))
    for grant in session.exec(standing.order_by(col(Grant.id))):
        right = (grant.role, names.get(grant.department_id), grant.table_code)
        held.setdefault(grant.person_id, []).append(right)
    active = session.exec(select(Person).where(col(Person.active)).order_by(col(Person.id)))
    return [
        Colleague(person, names.get(person.department_id), tuple(held.get(person.id or 0, ())))
        for person in active
    ]


def carry_people(session: Session, found: Sequence[Colleague], plan: Plan, now: datetime) -> Carried:
    """Put them into the next campaign, with their passwords, so that nobody is activated twice; links,
    sessions, tokens and calendar addresses stay behind."""
    departments = {row.name: row.id or 0 for row in session.exec(select(Department))}
    wanted = {*departments, *(table.code for table in plan.tables)}
    lost, rights = [], 0
    for each in found:
        known = Person.model_validate(each.person.model_dump(exclude={"id", "department_id"}))
        known.department_id = departments.get(each.department or "")
        session.add(known)
        session.flush()
        for role, department, code in each.rights:
            gone = "、".join(name for name in (department, code) if name and name not in wanted)
            if gone:
                lost.append(f"{known.name}（{known.staff_no}）：计划里没有{gone}，这个角色没有带过去")
                continue
            placed = departments[department] if department else None
            right = Grant(person_id=known.id or 0, role=role, department_id=placed, since=now)
            right.table_code = code
            session.add(right)
            rights += 1
    session.flush()
    return Carried(len(found), rights, tuple(lost))


def answers(session: Session) -> list[Answer]:
    """What was asked and answered about the tables, the oldest first."""
    numbers = {person.id: person.staff_no for person in session.exec(select(Person))}
    found = [each for each in questions(session) if not each.waits]
    found.sort(key=lambda each: each.question.id or 0)
    return [
        Answer(each.code, each.department, each.question, numbers.get(each.question.answered_by))
        for each in found
    ]


def carry_answers(session: Session, found: Iterable[Answer]) -> int:
    """Let them stand on the tables' pages; nobody waits for them, so nobody is told.  How many there are."""
    keys = {(line.table.code, line.department): line.id for line in lines(session)}
    people = {person.staff_no: person.id for person in session.exec(select(Person))}
    carried = 0
    for each in found:
        key = keys.get((each.table, each.department))
        if key is not None:
            known = each.question.model_dump(exclude={"id", "assignment_id", "asked_by", "answered_by"})
            made = Question(assignment_id=key, answered_by=people.get(each.by or ""), **known)
            session.add(made)
            carried += 1
    session.flush()
    return carried
