"""An assignment: one table owed by one collecting department; all work hangs on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.types import document, instant, maybe_instant
from plans.sentence import from_document

REMARKS = (
    "exempt",
    "unexempt",
    "recheck",
    "ask-extension",
    "extend",
    "refuse-extension",
    "revoke-extension",
    "withdraw-extension",
    "release",
    "revoke-release",
    "ask-addition",
    "promise-addition",
    "refuse-addition",
    "withdraw-addition",
    "addition-made",
    "hold",
    "lift-hold",
)
"""Verbs of events that leave the stage where it is: they tell of no transition."""


class Assignment(SQLModel, table=True):
    """One table × collecting department, its stage, and the facts that lateness is derived from.

    ``version_id`` is the version the stage speaks of.  ``first_collected_at`` is never moved back:
    a first submission that was in time stays in time (P5).  ``extended_until`` is the latest
    approved extension, ``owed_since`` from when its last transition, extension or exemption counts.
    ``reopened`` is
    "cells" where a return opened nothing but the remarked cells and added rows.  ``exempt`` and ``closed``
    are flags, no stages.
    """

    __table_args__ = (
        UniqueConstraint("table_id", "department_id"),
        Index("ix_assignment_standing", "table_id", "exempt", "closed", "stage", "reviewed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    table_id: int = Field(foreign_key="datatable.id")
    department_id: int = Field(foreign_key="department.id", index=True)
    reviewer_id: int | None = Field(default=None, foreign_key="department.id", index=True)
    stage: str = Field(default="pending", index=True)
    version_id: int | None = Field(default=None)
    extended_until: datetime | None = maybe_instant(index=True)
    owed_since: datetime | None = maybe_instant()
    exempt: bool = False
    exempt_reason: str = ""
    closed: bool = False
    reopened: str = ""
    first_collected_at: datetime | None = maybe_instant()
    collected_at: datetime | None = maybe_instant()
    returned_at: datetime | None = maybe_instant()
    reviewed_at: datetime | None = maybe_instant()
    checked_at: datetime | None = maybe_instant()
    failed_at: datetime | None = maybe_instant()


class Event(SQLModel, table=True):
    """One committed transition of an assignment: who, when, from, to, why, on which version.

    ``said`` has the facts of a reason that is a sentence of ours, by `facts_of`.
    An event whose verb is of ``REMARKS`` tells of a decision that moved nothing: from and to are one stage.
    """

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    at: datetime = instant(index=True)
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    verb: str
    from_stage: str
    to_stage: str
    version_id: int | None = None
    reason: str = ""
    said: dict[str, Any] = document()

    @property
    def told(self) -> str:
        """The reason: a sentence with its facts where it is one of ours, else as somebody wrote it."""
        return from_document(self.said["reason"]) if self.said else self.reason


class FollowUp(SQLModel, table=True):
    """What a committed transition asks of the worker: follow it in a flow, exactly once.

    Written in the transaction of its event; claimed by a lease, finished with ``done_at``;
    ``tracked`` tells whether Prefect recorded the run.
    """

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", unique=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    created_at: datetime = instant()
    leased_until: datetime | None = maybe_instant()
    attempts: int = 0
    done_at: datetime | None = maybe_instant(index=True)
    tracked: bool | None = None
    outcome: str = ""
