"""A campaign, the plan versions it was loaded from, its departments and its tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, true
from sqlmodel import Field, SQLModel

from models.types import instant


class Campaign(SQLModel, table=True):
    """One year's collection.  A database holds one (``only``), so nothing has to ask for whose it is."""

    __table_args__ = (Index("one_campaign", "only", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    year: int
    timezone: str
    plan_version_id: int | None = Field(default=None)
    only: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class PlanVersion(SQLModel, table=True):
    """An immutable state of the plan: both files' text; the newest applied one is in force."""

    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    number: int
    schedule_text: str
    tasks_text: str
    applied_at: datetime = instant()
    applied_by: int | None = Field(default=None, foreign_key="person.id")


class Department(SQLModel, table=True):
    """A department taking part in the campaign."""

    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    name: str
    position: int = 0
    sample: bool = False
    closed: bool = False


class DataTable(SQLModel, table=True):
    """One of the campaign's data tables (a row of the decomposition)."""

    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    no: int
    code: str
    name: str
    printed: str
    directory: str | None = None
    step: int
    due: datetime = instant()
    due_stage: str
    evidence: str
    preloaded: bool = False
    closed: bool = False

    @property
    def source(self) -> bool:
        """Whether the table feeds the others (the plan's first step)."""
        return self.step == 1
