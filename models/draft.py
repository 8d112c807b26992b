"""A draft: an assignment's rows as they are being typed on the page, saved while one types (P6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from models.types import document, instant


class Draft(SQLModel, table=True):
    """The one draft of an assignment; ``rev`` rises with each saved change, ``base`` is the number of the
    version it was begun from (0: from none)."""

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", unique=True)
    base: int = 0
    rev: int = 1
    begun_at: datetime = instant()
    saved_at: datetime = instant()
    saved_by: int | None = Field(default=None, foreign_key="person.id")


class DraftRow(SQLModel, table=True):
    """One row of a draft: sheet, place among the sheet's rows (rising, with gaps), cells as typed."""

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="draft.id", index=True)
    sheet: str
    place: int
    cells: dict[str, Any] = document()
