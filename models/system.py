"""Facts about the installation itself: its stamp, clock, worker and incidents."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Field, Session, SQLModel, func, select

from deadlines.course import AN_INSTANT
from models.types import document, instant, maybe_instant
from plans.sentence import from_document

FOLLOWED = timedelta(days=1)
"""How far a mark may be ahead; one farther on is of a clock that was wrong, and nothing waits for it."""


class Stamp(SQLModel, table=True):
    """What kind of database this is: live or rehearsal; each refuses the other's data."""

    id: int = Field(default=1, primary_key=True)
    mode: str
    created_at: datetime = instant()


class ClockSetting(SQLModel, table=True):
    """The rehearsal's moved clock: at ``wall`` it showed ``shown``; it runs ``rate`` times as fast."""

    id: int = Field(default=1, primary_key=True)
    wall: datetime = instant()
    shown: datetime = instant()
    rate: float = 1.0


class Heartbeat(SQLModel, table=True):
    """When a part last said that it lives, in wall time, and what it was told about Prefect."""

    part: str = Field(primary_key=True)
    at: datetime = instant()
    detail: str = ""


class Mark(SQLModel, table=True):
    """How far a recurring job has come, in the campaign's time; it never moves back."""

    job: str = Field(primary_key=True)
    until: datetime = instant()


class Incident(SQLModel, table=True):
    """Something that went wrong for one item and was carried round it; shown to the office.

    ``said`` has the facts of the message, by `facts_of`.
    """

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    kind: str
    subject: str = Field(index=True)
    message: str
    said: dict[str, Any] = document()
    resolved_at: datetime | None = maybe_instant()

    @property
    def told(self) -> str:
        """The message, with its facts where they were kept."""
        return from_document(self.said["message"]) if self.said else self.message


def counts_from(session: Session, at: datetime) -> datetime:
    """Since when what is being written changes what is owed: ``at``, but after whatever has been looked at.

    A clock that is behind, or a wait to write, would else let things begin where nobody looks any more: what
    is told as it begins would never be told.
    """
    reached = session.exec(select(func.max(Mark.until))).one()
    return at if reached is None or reached - at > FOLLOWED else max(at, reached + AN_INSTANT)
