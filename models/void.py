"""Which system checks are void because a table that they used is being mended, told by the database.

`actions.staleness` says why, and knows the other causes too: those the worker mends within a second.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, String, and_, cast, false, or_
from sqlmodel import Session, col, func, select

from models.addition import OPEN, Addition
from models.assignment import Assignment
from models.campaign import DataTable
from models.stages import APPROVED, CHECKED, STAGES
from models.version import CheckRun

PASSED = "passed"
UNAPPROVED = [stage for stage in STAGES if stage not in APPROVED]
ACTIVE = (col(Assignment.exempt).is_(False), col(Assignment.closed).is_(False))


def reopened_tables(session: Session) -> list[str]:
    """The tables that somebody has to hand in once more after they had been approved."""
    again = (
        select(Assignment.id)
        .where(Assignment.table_id == DataTable.id, *ACTIVE)
        .where(col(Assignment.stage).in_(UNAPPROVED), col(Assignment.reviewed_at).is_not(None))
    )
    return list(session.exec(select(DataTable.code).where(again.exists())))


def is_void(reopened: Collection[str]) -> ColumnElement[bool]:
    """Whether an assignment was checked by the rows of one of these tables."""
    if not reopened:
        return false()
    newest = (
        select(func.max(CheckRun.id)).where(CheckRun.verdict == PASSED).group_by(col(CheckRun.version_id))
    )
    printed = cast(col(CheckRun.inputs), String)
    used = select(CheckRun.version_id).where(
        col(CheckRun.id).in_(newest),
        or_(*(printed.contains(f'"{code}":', autoescape=True) for code in reopened)),
    )
    return and_(col(Assignment.stage) == CHECKED, col(Assignment.version_id).in_(used), *ACTIVE)


def waits_for_addition() -> ColumnElement[bool]:
    """Whether an assignment waits for an addition to a source table."""
    asked = select(Addition.assignment_id).where(col(Addition.state).in_(OPEN))
    return and_(col(Assignment.id).in_(asked), *ACTIVE)


def count_where(session: Session, condition: ColumnElement[bool]) -> int:
    """How many assignments fit."""
    return session.exec(select(func.count()).select_from(Assignment).where(condition)).one()
