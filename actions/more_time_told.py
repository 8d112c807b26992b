"""Who is told of more time: the office of what it is asked for, the collectors of what it decided."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, exists, literal, or_
from sqlmodel import Session, col, select

from deadlines.calendar import WorkingCalendar
from deadlines.course import AN_INSTANT
from deadlines.facts import COLLECTOR
from deadlines.owed import OFFICE, Owed
from deadlines.withdrawal import gathering, told_from
from models import Assignment, DataTable, Department, Mark, Notice
from models.extension import ASKED, GRANTED, REFUSED, REVOKED, Extension, waits

REQUEST, ANSWER = "extension-request", "extension-answer"
"""Kinds of notices, and of the mails that tell them; the occurrence is the extension's id."""
RULE = "extension-"
"""What the rule of such a notice begins with; the extension's state follows."""
TOLD_FROM = "more_time_from"
"""The mark that an upgrade leaves: what had been asked or answered before is not told late."""
EVER = datetime.min.replace(tzinfo=UTC)


def more_time_told(session: Session, calendar: WorkingCalendar, since: datetime, now: datetime) -> list[Owed]:
    """What falls due to be told after ``since`` up to ``now``, but requests that were answered meanwhile.

    What came to light only after its quarter of an hour had been looked at (a clock that is behind, a wait to
    write) is told with the next one: who is told is decided by what has been told, not by the moment.
    """
    looked, last = _gathered(calendar, since), _gathered(calendar, now)
    if looked >= last:
        return []
    statement = (
        select(Extension, DataTable.code, Department.name)
        .join(Assignment, col(Extension.assignment_id) == Assignment.id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(Department, col(Assignment.department_id) == Department.id)
        .where(_changed(_begun(session, calendar), last), ~_told())
        .where(~col(Assignment.closed), ~col(Assignment.exempt), or_(col(Extension.state) != ASKED, waits()))
        .order_by(col(Extension.id))
    )
    untold = since + AN_INSTANT
    return [_owed(calendar, untold, *row) for row in session.exec(statement)]


def _gathered(calendar: WorkingCalendar, at: datetime) -> datetime:
    return gathering(calendar, calendar.previous_working_moment(at))


def _begun(session: Session, calendar: WorkingCalendar) -> datetime:
    """After what moment changes are told at all: what an upgrade found there is not."""
    mark = session.get(Mark, TOLD_FROM, populate_existing=True)
    return _gathered(calendar, mark.until) if mark is not None else EVER


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


def _told() -> ColumnElement[bool]:
    """Whether a notice tells what an extension has become."""
    return exists().where(
        col(Notice.assignment_id) == Extension.assignment_id,
        col(Notice.occurrence) == Extension.id,
        col(Notice.rule) == literal(RULE) + col(Extension.state),
    )


def _owed(
    calendar: WorkingCalendar, untold: datetime, extension: Extension, code: str, department: str
) -> Owed:
    asked = extension.state == ASKED
    changed = extension.revoked_at or extension.decided_at or extension.asked_at
    at = told_from(calendar, max(changed, untold))
    return Owed(
        at=at,
        kind=REQUEST if asked else ANSWER,
        rule=RULE + extension.state,
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
