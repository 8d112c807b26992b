"""The one switch over everything that goes out: while a pause stands, nothing leaves and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from models.types import instant, maybe_instant


class Pause(SQLModel, table=True):
    """A time in which nothing went out: who began it, when and why, and who ended it.

    ``standing`` is emptied at its end; UNIQUE, so that one stands at most.  ``went`` is how many mails waited
    when it ended.  Its times are the campaign's.
    """

    id: int | None = Field(default=None, primary_key=True)
    standing: bool | None = Field(default=True, unique=True)
    reason: str
    begun_at: datetime = instant()
    begun_by: int = Field(foreign_key="person.id")
    ended_at: datetime | None = maybe_instant()
    ended_by: int | None = Field(default=None, foreign_key="person.id")
    went: int = 0


def standing_pause(session: Session) -> Pause | None:
    """The pause that holds everything back now, if any."""
    return session.exec(select(Pause).where(col(Pause.standing).is_not(None))).first()


def past_pauses(session: Session, limit: int) -> Sequence[Pause]:
    """The pauses that have ended, newest first."""
    statement = select(Pause).where(col(Pause.standing).is_(None)).order_by(col(Pause.id).desc())
    return session.exec(statement.limit(limit)).all()
