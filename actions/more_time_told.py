"""Who is told of more time: the office of what it is asked for, the collectors of what it decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from deadlines.calendar import WorkingCalendar
from deadlines.facts import COLLECTOR
from deadlines.owed import OFFICE, Owed
from deadlines.withdrawal import gathering, told_from
from models import Assignment, DataTable, Department
from models.extension import ASKED, GRANTED, REFUSED, REVOKED, Extension

REQUEST, ANSWER = "extension-request", "extension-answer"
"""Kinds of notices, and of the mails that tell them; the occurrence is the extension's id."""


def more_time_told(session: Session, calendar: WorkingCalendar, since: datetime, now: datetime) -> list[Owed]:
    """What falls due to be told after ``since`` up to ``now``, but requests that were answered meanwhile."""
    first, last = (gathering(calendar, calendar.previous_working_moment(at)) for at in (since, now))
    statement = (
        select(Extension, DataTable.code, Department.name)
        .join(Assignment, col(Extension.assignment_id) == Assignment.id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(Department, col(Assignment.department_id) == Department.id)
        .where(_changed(first, last), ~col(Assignment.closed))
        .order_by(col(Extension.id))
    )
    return [_owed(calendar, *row) for row in session.exec(statement)] if first < last else []


def _changed(first: datetime, last: datetime) -> ColumnElement[bool]:
    """Those whose latest change lies after ``first`` up to ``last``."""
    by_state = {
        (ASKED,): Extension.asked_at,
        (GRANTED, REFUSED): Extension.decided_at,
        (REVOKED,): Extension.revoked_at,
    }
    return or_(
        *(
            and_(col(Extension.state).in_(states), col(at) > first, col(at) <= last)
            for states, at in by_state.items()
        )
    )


def _owed(calendar: WorkingCalendar, extension: Extension, code: str, department: str) -> Owed:
    asked = extension.state == ASKED
    at = told_from(calendar, extension.revoked_at or extension.decided_at or extension.asked_at)
    return Owed(
        at=at,
        kind=REQUEST if asked else ANSWER,
        rule=f"extension-{extension.state}",
        audience=OFFICE if asked else COLLECTOR,
        department=None if asked else department,
        subject=f"{code}@{department}",
        assignment_id=extension.assignment_id,
        code=code,
        deadline=extension.until,
        occurrence=extension.id or 0,
        opens=at,
        holder=COLLECTOR,
    )
