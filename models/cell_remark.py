"""A reviewer's remark on one cell of a version."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.types import instant, maybe_instant


class CellRemark(SQLModel, table=True):
    """What the reviewer says of a cell: ``cell`` such as F17 in the version that was seen, ``key`` its row's.

    ``settled_at``: when the data was approved after it.
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
    settled_at: datetime | None = maybe_instant()
