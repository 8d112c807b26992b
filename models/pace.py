"""How far each department has come towards each deadline: counted by the database, one query for all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_
from sqlmodel import Session, col, func, select

from deadlines.pace import Group, Pace
from models.assignment import Assignment
from models.campaign import DataTable, Department
from models.stages import COLLECTED, OPEN_TO_COLLECTOR, PENDING


def counted_paces(session: Session, since: datetime) -> dict[Group, Pace]:
    """What `deadlines.pace.paces` counts of all assignments, in the order of the plan."""
    row, due = Assignment, col(DataTable.due)
    effective = case((col(row.extended_until) > due, col(row.extended_until)), else_=due)
    grouped = (col(Department.name), effective, col(DataTable.due_stage))
    statement: Any = (
        select(*grouped)
        .add_columns(func.count(), *(func.sum(case((which, 1), else_=0)) for which in _counts(since)))
        .select_from(row)
        .join(DataTable, col(row.table_id) == DataTable.id)
        .join(Department, col(row.department_id) == Department.id)
        .where(col(row.closed).is_(False), col(row.exempt).is_(False))
        .group_by(*grouped, col(Department.position))
        .order_by(col(Department.position), effective)
    )
    return {
        Group(department, deadline, due_stage): Pace(*numbers)
        for department, deadline, due_stage, *numbers in session.exec(statement)
    }


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
