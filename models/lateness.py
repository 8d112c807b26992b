"""Lateness as a condition of the database: what `deadlines.effective` says of each assignment."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, func, select

from deadlines.calendar import WorkingCalendar
from deadlines.effective import DUE_SOON, DeadlineRules
from models.assignment import Assignment
from models.campaign import DataTable
from models.stages import COLLECTED, FAILED, PENDING, RETURNED, REVIEWED


def overdue_at(rules: DeadlineRules, now: datetime) -> ColumnElement[bool]:
    """``DeadlineRules.overdue`` as a condition: what depends on working days is turned into the last
    moment from which a submission or a return is late."""
    waits = _begun_after(rules, rules.schedule.review_within, now)
    mends = _begun_after(rules, rules.schedule.mend_within, now)
    return _due_before(now, waits, mends)


def turns(session: Session, rules: DeadlineRules, now: datetime) -> Hashable:
    """What lateness depends on beside the stored facts: while this is the same, nothing turns late."""
    passed = select(func.max(DataTable.due)).where(DataTable.due < now)
    extended = select(func.max(Assignment.extended_until)).where(col(Assignment.extended_until) < now)
    ends = session.exec(passed).one(), session.exec(extended).one()
    return (
        ends,
        _begun_after(rules, rules.schedule.review_within, now),
        _begun_after(rules, rules.schedule.mend_within, now),
    )


def soon_turns(session: Session, rules: DeadlineRules, now: datetime) -> Hashable:
    """The same for what is due soon."""
    beyond = _beyond(rules.calendar, now)
    return turns(session, rules, now), turns(session, rules, beyond), beyond


def due_soon_at(rules: DeadlineRules, now: datetime) -> ColumnElement[bool]:
    """``DeadlineRules.due_soon`` as a condition: not overdue now, but after the soon working days."""
    beyond = _beyond(rules.calendar, now)
    waits = _begun_after(rules, rules.schedule.review_within, beyond)
    mends = _begun_after(rules, rules.schedule.mend_within, beyond)
    return and_(_due_before(beyond, waits, mends), ~overdue_at(rules, now))


def _beyond(calendar: WorkingCalendar, now: datetime) -> datetime:
    """The start of the first local day that is more than the soon working days away."""
    today = calendar.local(now).date()
    day = calendar.add_workdays(today, DUE_SOON)
    while calendar.workdays_between(today, day) <= DUE_SOON:
        day += timedelta(days=1)
    return calendar.at(day, time.min)


def _due_before(now: datetime, waits: datetime, mends: datetime) -> ColumnElement[bool]:
    """Whether its holder's deadline lies before ``now``; ``waits`` and ``mends``: the moments before which a
    submission or a return must have come for that."""
    row = Assignment
    passed = and_(
        col(DataTable.due) < now, or_(col(row.extended_until).is_(None), col(row.extended_until) < now)
    )
    by_deadline = or_(col(DataTable.due_stage) == REVIEWED, col(row.collected_at).is_(None))
    late = or_(
        and_(col(row.stage) == PENDING, passed),
        and_(
            col(row.stage) == COLLECTED,
            or_(and_(by_deadline, passed), and_(~by_deadline, col(row.collected_at) < waits)),
        ),
        and_(
            col(row.stage) == RETURNED,
            passed,
            or_(col(row.returned_at).is_(None), col(row.returned_at) < mends),
        ),
        and_(col(row.stage) == FAILED, passed, or_(col(row.failed_at).is_(None), col(row.failed_at) < mends)),
    )
    return and_(col(row.exempt).is_(False), late)


def _begun_after(rules: DeadlineRules, days: int, now: datetime) -> datetime:
    """The start of the first local day from which ``days`` working days are not yet over at ``now``."""
    calendar = rules.calendar
    day = calendar.local(now).date()
    while calendar.end_of_work(calendar.add_workdays(day, days)) >= now:
        day -= timedelta(days=1)
    return calendar.at(day + timedelta(days=1), time.min)
