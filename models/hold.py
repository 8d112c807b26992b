"""A line that the office holds back from the leaders until a day, with its reason: said, never in silence."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Field, Session, SQLModel, col, select

from deadlines.facts import HeldBack
from models.types import instant, maybe_instant


class Hold(SQLModel, table=True):
    """Leaders are not told of the assignment from ``held_at`` to ``until``, or ``lifted_at`` before that."""

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    until: datetime = instant()
    reason: str
    held_by: int | None = Field(default=None, foreign_key="person.id")
    held_at: datetime = instant()
    lifted_by: int | None = Field(default=None, foreign_key="person.id")
    lifted_at: datetime | None = maybe_instant()

    @property
    def end(self) -> datetime:
        """When it ended or will."""
        return self.until if self.lifted_at is None else min(self.until, self.lifted_at)

    def stands_at(self, at: datetime) -> bool:
        """Whether the leaders were not told then."""
        return self.held_at <= at < self.end


def standing(at: datetime) -> ColumnElement[bool]:
    """The condition for a hold that stands at ``at``."""
    not_lifted = or_(col(Hold.lifted_at).is_(None), col(Hold.lifted_at) > at)
    return and_(col(Hold.held_at) <= at, col(Hold.until) > at, not_lifted)


def hold_of(session: Session, assignment_id: int, at: datetime) -> Hold | None:
    """The hold under which the assignment stands at ``at``."""
    return session.exec(select(Hold).where(Hold.assignment_id == assignment_id, standing(at))).first()


def holds_at(session: Session, at: datetime) -> dict[int, Hold]:
    """By assignment, the holds that stand at ``at``."""
    return {hold.assignment_id: hold for hold in session.exec(select(Hold).where(standing(at)))}


def all_holds(session: Session) -> dict[int, list[Hold]]:
    """By assignment, all holds there ever were, in order."""
    found: dict[int, list[Hold]] = defaultdict(list)
    for hold in session.exec(select(Hold).order_by(col(Hold.held_at))):
        found[hold.assignment_id].append(hold)
    return found


def held_back(session: Session) -> dict[int, tuple[HeldBack, ...]]:
    """By assignment, from when to when it was or is held back, in order."""
    return {
        key: tuple(HeldBack(hold.held_at, hold.end) for hold in holds)
        for key, holds in all_holds(session).items()
    }
