"""Whom the departments have named, at a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import select

from models import Department, Grant, Person
from models.database import Database
from models.rosters import named_roles
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
