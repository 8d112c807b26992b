"""How far each department has come towards each deadline: counted by the database, one query for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from deadlines.pace import Group, Pace
from models.assignment import Assignment
from models.campaign import DataTable, Department
from models.kept import by_department
from models.stages import COLLECTED, OPEN_TO_COLLECTOR, PENDING
from models.worklist import owed_by

Paces = dict[Group, Pace]
KEYS = ("department_id", "first", "extended_until")


def counted_paces(session: Session, since: datetime) -> dict[Group, Pace]:
    """What `deadlines.pace.paces` counts of all assignments, in the order of the plan."""

    def ask(departments: Collection[int] | None) -> dict[int, tuple[int, Paces]]:
        found: dict[int, tuple[int, Paces]] = {}
        for id, position, name, due, extended, due_stage, *counts in session.exec(_paces(since, departments)):
            _, paces = found.setdefault(id, (position, {}))
            group, pace = Group(name, max(due, extended or due), due_stage), Pace(*counts)
            paces[group] = paces[group] + pace if group in paces else pace
        return found

    return dict(by_department(session, "paces", since, ask).folded(_in_order))


def _in_order(found: Mapping[int, tuple[int, Paces]]) -> Paces:
    ordered = sorted(found.values(), key=itemgetter(0))
    return {group: pace for _, paces in ordered for group, pace in paces.items()}


def _paces(since: datetime, departments: Collection[int] | None) -> Any:
    counted, first = _counted(since, departments).subquery(), aliased(DataTable)
    numbers = [column for column in counted.c if column.name not in KEYS]
    return (
        select(Department.id, Department.position, Department.name)
        .add_columns(col(first.due), counted.c.extended_until, col(first.due_stage), *numbers)
        .join(counted, counted.c.department_id == Department.id)
        .join(first, counted.c.first == first.id)
        .order_by(col(Department.position), col(first.due), counted.c.extended_until)
    )


def _counted(since: datetime, departments: Collection[int] | None) -> Any:
    """Grouped by small numbers: of the tables with one deadline the first stands for all.  With their
    deadlines in the groups it would take a third longer."""
    row, table = Assignment, DataTable
    like = func.min(table.id).over(partition_by=(col(table.due), col(table.due_stage)))
    tables = select(col(table.id), like.label("first")).subquery()
    grouped: tuple[Any, ...] = (row.department_id, tables.c.first, row.extended_until)
    numbers = (func.count().filter(which).label(f"n{place}") for place, which in enumerate(_counts(since)))
    return (
        select(*grouped)
        .add_columns(func.count().label("owed"), *numbers)
        .join(tables, col(row.table_id) == tables.c.id)
        .where(*owed_by(departments), col(row.exempt).is_(False))
        .group_by(*grouped)
    )


def _counts(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is counted beside all, in the order of Pace's fields."""
    row = Assignment
    reviewed, returned = col(row.reviewed_at), col(row.returned_at)
    return (
        col(row.stage).in_(OPEN_TO_COLLECTOR),
        col(row.stage) == PENDING,
        col(row.stage) == COLLECTED,
        or_(reviewed.is_not(None), returned.is_not(None)),
        or_(returned.is_not(None), col(row.failed_at).is_not(None)),
        and_(col(row.stage) != PENDING, col(row.collected_at) >= since),
        or_(reviewed >= since, returned >= since),
    )
