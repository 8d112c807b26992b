"""What the office lets pass (P4): a finding, or a whole rule, with its reason."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.types import instant, maybe_instant


class Release(SQLModel, table=True):
    """Findings of ``rule`` no longer block where every given thing fits; empty or None fits everything.

    ``table_code`` and ``assignment_id`` narrow where it holds, ``sheet``, ``column`` and ``key`` which cells.
    """

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    rule: str
    table_code: str = ""
    assignment_id: int | None = Field(default=None, foreign_key="assignment.id")
    sheet: str = ""
    column: str = ""
    key: str = ""
    reason: str
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = instant()
    revoked_by: int | None = Field(default=None, foreign_key="person.id")
    revoked_at: datetime | None = maybe_instant()
