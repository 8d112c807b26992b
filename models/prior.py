"""Last year's rows of an assignment (S6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from models.database import among
from models.types import instant


class Prior(SQLModel, table=True):
    """Last year's typed rows (Parquet, by SHA-256) of a table × department; ``source``: which export."""

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", unique=True)
    rows_blob: str
    row_count: int = 0
    source: str = ""
    loaded_at: datetime = instant()


def priors(session: Session, assignment_id: int | None = None) -> dict[int, str]:
    """The name of last year's rows by assignment: of all, or of one."""
    statement = select(Prior.assignment_id, Prior.rows_blob)
    if assignment_id is not None:
        statement = statement.where(Prior.assignment_id == assignment_id)
    return dict(session.exec(statement).all())


def prior_counts(session: Session, assignment_ids: Iterable[int]) -> dict[int, int]:
    """How many rows these assignments had last year; those without any are left out."""
    statement = select(Prior.assignment_id, Prior.row_count).where(
        among(col(Prior.assignment_id), assignment_ids), Prior.row_count > 0
    )
    return dict(session.exec(statement).all())


def prior_of(session: Session, assignment_id: int) -> Prior | None:
    """Last year's rows of the assignment, where they are loaded."""
    return session.exec(select(Prior).where(Prior.assignment_id == assignment_id)).first()
