"""What is missing in a source table, asked of the department that owns it (P2)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.types import instant, maybe_instant


class Addition(SQLModel, table=True):
    """One value that ``assignment_id`` needs in the source table of ``owner_id`` (an assignment too).

    ``state``: asked, promised (the owner will add it, the source table is open for added rows), added (it
    stands in the approved source) or refused, with the owner's ``answer``.
    """

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    owner_id: int = Field(foreign_key="assignment.id", index=True)
    table_code: str
    column: str
    value: str
    note: str = ""
    state: str = "asked"
    asked_by: int | None = Field(default=None, foreign_key="person.id")
    asked_at: datetime = instant()
    answer: str = ""
    answered_by: int | None = Field(default=None, foreign_key="person.id")
    answered_at: datetime | None = maybe_instant()
