"""A draft: an assignment's rows as they are being typed on the page, saved while one types (P6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, union
from sqlmodel import Field, Session, SQLModel, col, func, select

from models.assignment import Assignment
from models.database import among
from models.stages import PENDING
from models.types import document, instant
from models.version import Version

PRELOAD = "preload"
GAP = 1024
"""Between the places of rows that came together, so that one can be put between two."""


class Draft(SQLModel, table=True):
    """The one draft of an assignment; ``rev`` rises with each change and never falls back.

    ``base`` is the number of the version it was begun from (0: from none), ``saved_by`` who typed last
    since then (None: it still is what it was begun from).  ``source`` is the number of the version that its
    rows came from: another one than ``base`` where the draft was kept although that came meanwhile.
    """

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", unique=True)
    base: int = 0
    source: int = 0
    rev: int = 1
    begun_at: datetime = instant()
    saved_at: datetime = instant()
    saved_by: int | None = Field(default=None, foreign_key="person.id")


class DraftRow(SQLModel, table=True):
    """One row of a draft: sheet, place among the sheet's rows (rising, with gaps), cells as typed.

    A place that is a multiple of GAP is a row of the base version, the first one being row 2 of its sheet;
    added rows stand between or after them.  ``source_row``: its number in the draft's source (None: typed).
    """

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="draft.id", index=True)
    sheet: str
    place: int
    source_row: int | None = None
    cells: dict[str, Any] = document()

    @property
    def base_row(self) -> int | None:
        """The row's number in the base version; None for one that was added since."""
        return None if self.place % GAP else self.place // GAP + 1

    @property
    def blank(self) -> bool:
        return not any(self.cells.values())


def off_base(place: int) -> int:
    """The place, or the next one where only a row of the base version may stand."""
    return place if place % GAP else place + 1


def draft_of(session: Session, assignment_id: int) -> Draft | None:
    """The assignment's draft, if one has been begun."""
    return session.exec(select(Draft).where(Draft.assignment_id == assignment_id)).first()


def rows_of(session: Session, draft: Draft | None) -> list[DraftRow]:
    """The draft's rows by sheet and place."""
    if draft is None:
        return []
    statement = select(DraftRow).where(DraftRow.draft_id == draft.id)
    return list(session.exec(statement.order_by(DraftRow.sheet, col(DraftRow.place), col(DraftRow.id))))


def count_rows(session: Session, draft: Draft) -> int:
    """How many rows the draft has."""
    return session.exec(select(func.count()).where(DraftRow.draft_id == draft.id)).one()


def last_places(session: Session, draft: Draft) -> dict[str, int]:
    """The place of each sheet's last row of the version: what is added stands after it, so that the rows of
    the version keep their numbers."""
    based = (DraftRow.draft_id == draft.id, col(DraftRow.place) % GAP == 0)
    found = select(DraftRow.sheet, func.max(DraftRow.place)).where(*based).group_by(DraftRow.sheet)
    return dict(session.exec(found).all())


def begun(session: Session, assignment_ids: Iterable[int]) -> set[int]:
    """Which of these pending assignments somebody has begun (P6)."""
    wanted = among(col(Assignment.id), assignment_ids)
    found = session.exec(select(Assignment.id).where(wanted, has_begun()))
    return {id for id in found if id is not None}


def count_begun(session: Session) -> int:
    """How many of the campaign's pending assignments somebody has begun."""
    return session.exec(select(func.count()).select_from(Assignment).where(has_begun())).one()


def has_begun() -> ColumnElement[bool]:
    """Whether an assignment is pending and begun: a change was saved in its draft, or a version is kept that
    could not be handed in."""
    typed = select(Draft.assignment_id).where(col(Draft.saved_by).is_not(None))
    kept = select(Version.assignment_id).where(Version.kind != PRELOAD)
    return and_(
        col(Assignment.stage) == PENDING,
        col(Assignment.exempt).is_(False),
        col(Assignment.closed).is_(False),
        col(Assignment.id).in_(union(typed, kept)),
    )
