"""Whom the departments have named, at a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from models import Department, Grant, Person
from models.database import Database
from models.rosters import Rosters, named_roles
from models.worklist import current_campaign
from plans.lint_people import DepartmentRoles


def test_nobody_named_is_no_roster(database: Database, morning: datetime) -> None:
    with database.reading() as session:
        assert named_roles(session, morning) is None


def test_every_department_of_the_sample_names_one_of_each(campaign: Database, morning: datetime) -> None:
    with campaign.reading() as session:
        found = named_roles(session, morning)
    assert found is not None
    assert len(found) == 12
    assert found["政务部"] == DepartmentRoles(("S011",), ("S012",))


def test_a_deputy_counts_while_he_stands_in_and_one_who_left_never(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        department = session.exec(select(Department).where(Department.name == "政务部")).one()
        reviewer = session.exec(select(Person).where(Person.staff_no == "S012")).one()
        for code in ("1.6", "7.2"):
            session.add(
                Grant(
                    person_id=reviewer.id or 0,
                    role="collector",
                    department_id=department.id,
                    table_code=code,
                    since=morning + timedelta(days=1),
                    until=morning + timedelta(days=2),
                )
            )
        session.exec(select(Person).where(Person.staff_no == "S011")).one().active = False
    with campaign.reading() as session:
        found = [(named_roles(session, morning + timedelta(days=day)) or {})["政务部"] for day in (0, 1, 2)]
    assert [roles.collectors for roles in found] == [(), ("S012",), ()]
    assert {roles.reviewers for roles in found} == {("S012",)}


SPANS: dict[str, tuple[list[tuple[int, int | None]], list[int | None]]] = {
    "one who stays": ([(0, None)], [0, 0, 0, 0]),
    "one who leaves": ([(0, 2)], [0, 0, None, None]),
    "a successor at once": ([(0, 1), (1, None)], [0, 0, 0, 0]),
    "a successor the day after": ([(0, 1), (2, None)], [0, None, 2, 2]),
    "a deputy beside him": ([(0, None), (1, 2)], [0, 0, 0, 0]),
    "a deputy between two": ([(0, 1), (1, 3), (2, None)], [0, 0, 0, 0]),
    "never at all": ([(1, 1)], [None, None, None, None]),
}


@pytest.mark.parametrize("what", list(SPANS))
def test_a_roster_is_complete_since_somebody_or_other_has_the_role(
    campaign: Database, morning: datetime, what: str
) -> None:
    spans, since = SPANS[what]
    with campaign.writing() as session:
        collect(session, morning, spans)
        found = Rosters(session, current_campaign(session).id or 0)
        seen = [
            next(each for each in found.at(morning + timedelta(days=day)) if each.department == "政务部")
            for day in range(4)
        ]
        ever = [each.has_collector for each in found.ever() if each.department == "政务部"]
    assert [each.complete for each in seen] == [day is not None for day in since]
    told = [None if day is None else morning + timedelta(days=day) for day in since]
    assert [each.completed_at for each in seen] == told
    assert ever == [True]


def collect(session: Session, first: datetime, spans: list[tuple[int, int | None]]) -> None:
    """Let the department's collector be named on these days only."""
    person = session.exec(select(Person).where(Person.staff_no == "S011")).one()
    for grant in session.exec(select(Grant).where(Grant.person_id == person.id)).all():
        session.delete(grant)
    for begin, end in spans:
        session.add(
            Grant(
                person_id=person.id or 0,
                role="collector",
                department_id=person.department_id,
                since=first + timedelta(days=begin),
                until=None if end is None else first + timedelta(days=end),
            )
        )
    session.flush()
