"""A college as large as one likes: every unit owes one table, and each of its collectors gets a digest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, SQLModel, col, insert, select

from actions.load_plan import apply
from models import Assignment, DataTable, Department, Grant, Person
from models.database import Database
from models.migrate import upgrade
from tests.conftest import MORNING, shipped_plan

CODE = "10.5"
FIRST = 1000
"""Where the positions of the made units begin."""


def found(database: Database, collectors: int, each: int = 1) -> None:
    """The 2020 campaign on its first morning: so many collectors, so many ``each`` of a unit; no others."""
    upgrade(database)
    with database.writing() as session:
        apply(session, shipped_plan(), None, MORNING)
        session.exec(update(Assignment).values(closed=True))
        session.exec(update(Department).values(closed=True))
        _enlarge(session, collectors // each, each)


def _enlarge(session: Session, units: int, each: int) -> None:
    """The first collector of a unit reviews too, so that no roster is owed."""
    table = session.exec(select(DataTable).where(DataTable.code == CODE)).one()
    names = [
        {"campaign_id": table.campaign_id, "name": f"单位{n}", "position": FIRST + n} for n in range(units)
    ]
    _add(session, Department, names)
    keys = session.exec(select(Department.id).where(col(Department.position) >= FIRST)).all()
    people = [(key, f"u{key}n{n}") for key in keys for n in range(each)]
    _add(
        session,
        Person,
        [
            {"staff_no": name, "name": name, "email": f"{name}@unit.test", "department_id": key}
            for key, name in people
        ],
    )
    first: dict[int | None, int | None] = {}
    grants = []
    for person, key in session.exec(select(Person.id, Person.department_id).order_by(col(Person.id))):
        roles = ("collector",) if key in first else ("collector", "reviewer")
        first.setdefault(key, person)
        grants += [{"person_id": person, "role": role, "department_id": key} for role in roles]
    _add(session, Grant, grants)
    _add(session, Assignment, [{"table_id": table.id, "department_id": key} for key in keys])


def _add(session: Session, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    session.connection().execute(insert(model), rows)
