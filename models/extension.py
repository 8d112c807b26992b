"""More time for one assignment: asked for with a reason, granted or refused by the office, with an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlmodel import Field, Session, SQLModel, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from models.assignment import Assignment
from models.stages import CHECKED
from models.types import instant, maybe_instant

ASKED = "asked"
GRANTED = "granted"
REFUSED = "refused"
REVOKED = "revoked"
WITHDRAWN = "withdrawn"


class Extension(SQLModel, table=True):
    """One request for more time, ``until`` a moment; ``state``: asked, granted, refused, revoked or
    withdrawn.

    The office may grant without being asked: then ``asked_by`` is the office's own.  What was granted and
    revoked keeps both moments, so that a report on the time between still tells it.  Of a request that its
    collectors took back before any answer, ``decided_by`` and ``decided_at`` say who did and when.
    """

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    until: datetime = instant()
    reason: str
    state: str = Field(default=ASKED, index=True)
    asked_by: int | None = Field(default=None, foreign_key="person.id")
    asked_at: datetime = instant()
    answer: str = ""
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = maybe_instant()
    revoked_by: int | None = Field(default=None, foreign_key="person.id")
    revoked_at: datetime | None = maybe_instant()

    def granted_by(self, at: datetime) -> bool:
        """Whether it had been granted by then, whatever became of it later."""
        given = self.decided_at if self.state in (GRANTED, REVOKED) else None
        return given is not None and given <= at

    def refused_by(self, at: datetime) -> bool:
        """Whether the office had said no by then."""
        return self.state == REFUSED and self.decided_at is not None and self.decided_at <= at

    def waited_at(self, at: datetime) -> bool:
        """Whether it had been asked for, and not been answered yet."""
        return self.asked_at <= at and (self.decided_at is None or at < self.decided_at)

    def stood_at(self, at: datetime) -> bool:
        """Whether it was in force then: granted, and not yet taken back."""
        return self.granted_by(at) and (self.revoked_at is None or at < self.revoked_at)


def all_requests(session: Session) -> dict[int, list[Extension]]:
    """By assignment, every extension that was ever asked for or granted, in the order of asking."""
    return _by_assignment(session, select(Extension))


def all_grants(session: Session) -> dict[int, list[Extension]]:
    """By assignment, every extension that was ever granted, in the order of asking."""
    return _by_assignment(session, select(Extension).where(col(Extension.state).in_((GRANTED, REVOKED))))


def _by_assignment(session: Session, wanted: SelectOfScalar[Extension]) -> dict[int, list[Extension]]:
    found: dict[int, list[Extension]] = defaultdict(list)
    for extension in session.exec(wanted.order_by(col(Extension.id))):
        found[extension.assignment_id].append(extension)
    return found


def extensions_of(session: Session, assignment_id: int) -> Sequence[Extension]:
    """All requests of an assignment, newest first."""
    statement = select(Extension).where(Extension.assignment_id == assignment_id)
    return session.exec(statement.order_by(col(Extension.id).desc())).all()


def waiting_extensions(session: Session) -> Sequence[Extension]:
    """The requests that nobody has decided on for what is still owed, oldest first."""
    statement = select(Extension).join(Assignment, col(Extension.assignment_id) == Assignment.id)
    return session.exec(statement.where(waits()).order_by(col(Extension.id))).all()


def waits() -> ColumnElement[bool]:
    """Whether a request waits for an answer: more time is given only for what is still owed."""
    return and_(
        col(Extension.state) == ASKED,
        ~col(Assignment.exempt),
        ~col(Assignment.closed),
        col(Assignment.stage) != CHECKED,
    )


def latest_grant(session: Session, assignment_id: int) -> datetime | None:
    """The latest end of the granted, unrevoked extensions; None without any."""
    return session.exec(
        select(func.max(Extension.until)).where(
            Extension.assignment_id == assignment_id, Extension.state == GRANTED
        )
    ).one()
