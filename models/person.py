"""People, what they may do, and how they prove who they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from models.database import among
from models.types import instant, maybe_instant

STAND_IN = datetime(2999, 12, 31, tzinfo=UTC)
"""The end of a right by which somebody is addressed in a rehearsal, though nobody has named him (S1)."""


class Person(SQLModel, table=True):
    """Somebody with a staff number; ``password_hash`` is empty until the account is activated.

    ``digest_at``: the time of day (``HH:MM``, the campaign's zone) before which his digest doesn't go, chosen
    by himself; empty means at the times of the rules.
    """

    id: int | None = Field(default=None, primary_key=True)
    staff_no: str = Field(unique=True)
    name: str
    email: str
    phone: str = ""
    department_id: int | None = Field(default=None, foreign_key="department.id")
    password_hash: str = ""
    active: bool = True
    sample: bool = False
    digest_at: str = ""


class Grant(SQLModel, table=True):
    """A role of a person: collector, reviewer, head, leader (of a department), office or auditor.

    ``table_code`` narrows a reviewer to one table.  A right that is taken away ends at its ``until`` and
    stays on record; one that was given with an end is a deputy's.
    """

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str = Field(index=True)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    table_code: str | None = None
    since: datetime | None = maybe_instant()
    until: datetime | None = maybe_instant()


def in_force(at: datetime) -> ColumnElement[bool]:
    """The condition for rights that hold at this moment."""
    return and_(
        or_(col(Grant.since).is_(None), col(Grant.since) <= at),
        or_(col(Grant.until).is_(None), col(Grant.until) > at),
    )


class SignIn(SQLModel, table=True):
    """A server-side session; the cookie holds the secret, the row only its SHA-256."""

    secret_hash: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    csrf: str
    created_at: datetime = instant()
    expires_at: datetime = instant()


class AccessToken(SQLModel, table=True):
    """A bearer token for the API; only its SHA-256 is kept."""

    secret_hash: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime = instant()


class CalendarFeed(SQLModel, table=True):
    """A person's calendar address: whoever knows its secret reads his deadlines; only its SHA-256 is kept."""

    secret_hash: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    created_at: datetime = instant()


class ActivationLink(SQLModel, table=True):
    """A one-time link by which a person sets the password; it stays on record when it is used or over.

    ``made_by``: None for one made at the command line, ``made_at`` for one of before that was kept;
    ``ended_at``: when a newer link took its place.
    """

    secret_hash: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    made_at: datetime | None = maybe_instant()
    made_by: int | None = Field(default=None, foreign_key="person.id")
    expires_at: datetime = instant()
    used_at: datetime | None = maybe_instant()
    ended_at: datetime | None = maybe_instant()

    def usable(self, wall: datetime) -> bool:
        """Whether it still sets a password."""
        return self.used_at is None and self.ended_at is None and wall < self.expires_at


class FailedSignIn(SQLModel, table=True):
    """A failed guess, counted per staff number and per address to throttle, never to lock out."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    at: datetime = instant(index=True)


def links_made(session: Session) -> dict[int, list[tuple[ActivationLink, str]]]:
    """By person the links that were made for him, the newest first, each with its maker's name, if any."""
    maker = aliased(Person)
    newest = col(ActivationLink.made_at).desc().nulls_last()
    statement: Any = select(ActivationLink, maker.name).outerjoin(
        maker, col(ActivationLink.made_by) == maker.id
    )
    found: dict[int, list[tuple[ActivationLink, str]]] = {}
    for link, name in session.exec(statement.order_by(newest)):
        found.setdefault(link.person_id, []).append((link, name or ""))
    return found


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """These people's names."""
    found = session.exec(select(Person.id, Person.name).where(among(col(Person.id), ids)))
    return {id: name for id, name in found if id is not None}
