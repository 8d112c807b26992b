"""Why a warning stands: told by the collector, judged by the reviewer, offered again next year."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.types import instant, maybe_instant


class Explanation(SQLModel, table=True):
    """One explanation of an assignment's findings of a rule.

    It covers the findings with the same rule, sheet and column, and with the same ``key`` unless that is
    empty (all rows).  ``verdict``: empty (not judged), accepted or refused, with the reviewer's ``remark``.
    ``offered`` marks last year's text: it counts only once the collector has taken it over.
    """

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    rule: str
    sheet: str = ""
    column: str = ""
    key: str = ""
    text: str
    offered: bool = False
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = instant()
    verdict: str = ""
    remark: str = ""
    judged_by: int | None = Field(default=None, foreign_key="person.id")
    judged_at: datetime | None = maybe_instant()
