"""A reviewer's remark on one cell of a version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from models.assignment import Event
from models.types import instant, maybe_instant


class CellRemark(SQLModel, table=True):
    """What the reviewer says of a cell: ``cell`` such as F17 in the version that was seen, ``key`` its row's.

    ``sent_at``: when it went with a return (the newest where several did; None: only the reviewer knows of
    it); ``settled_at``: when the reviewer crossed it out, or approved the data after it.
    """

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    version_id: int = Field(foreign_key="version.id", index=True)
    sheet: str
    cell: str
    row: int
    column: str
    key: str = ""
    text: str
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = instant()
    sent_at: datetime | None = maybe_instant()
    settled_at: datetime | None = maybe_instant()


def open_remarks(session: Session, assignment_id: int) -> Sequence[CellRemark]:
    """The assignment's remarks that are not settled, in cell order.

    A return moves all of them to the returned version; until then they stand where they were made.
    """
    statement = select(CellRemark).where(
        CellRemark.assignment_id == assignment_id, col(CellRemark.settled_at).is_(None)
    )
    order = (CellRemark.sheet, col(CellRemark.row), CellRemark.column, col(CellRemark.id))
    return session.exec(statement.order_by(*order)).all()


def sent_remarks(session: Session, assignment_id: int) -> Sequence[CellRemark]:
    """What went with the last return, in cell order; what was crossed out or said since changes nothing."""
    returned = session.exec(
        select(Event.at, Event.version_id)
        .where(Event.assignment_id == assignment_id, Event.verb == "return")
        .order_by(col(Event.id).desc())
    ).first()
    if returned is None:
        return []
    at, version_id = returned
    statement = select(CellRemark).where(
        CellRemark.assignment_id == assignment_id,
        CellRemark.version_id == version_id,
        CellRemark.sent_at == at,
    )
    order = (CellRemark.sheet, col(CellRemark.row), CellRemark.column, col(CellRemark.id))
    return session.exec(statement.order_by(*order)).all()
