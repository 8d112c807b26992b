"""How far each department has come towards each deadline: counted by the database, one query for all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from deadlines.pace import Group, Pace
from models.assignment import Assignment
from models.campaign import DataTable, Department
from models.stages import COLLECTED, OPEN_TO_COLLECTOR, PENDING

KEYS = ("department_id", "first", "extended_until")


def counted_paces(session: Session, since: datetime) -> dict[Group, Pace]:
    """What `deadlines.pace.paces` counts of all assignments, in the order of the plan."""
    counted, first = _counted(since).subquery(), aliased(DataTable)
    numbers = [column for column in counted.c if column.name not in KEYS]
    statement: Any = (
        select(Department.name, first.due, counted.c.extended_until, first.due_stage)
        .add_columns(*numbers)
        .join(counted, counted.c.department_id == Department.id)
        .join(first, counted.c.first == first.id)
        .order_by(col(Department.position), col(first.due))
    )
    found: dict[Group, Pace] = {}
    for department, due, extended, due_stage, *counts in session.exec(statement):
        group = Group(department, max(due, extended or due), due_stage)
        found[group] = found.get(group, Pace()) + Pace(*counts)
    return found


def _counted(since: datetime) -> Any:
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
        .where(col(row.closed).is_(False), col(row.exempt).is_(False))
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
