"""What is missing in a source table, asked of the department that owns it (P2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from deadlines.facts import Wait
from models.assignment import Assignment
from models.campaign import DataTable, Department
from models.database import among
from models.types import instant, maybe_instant

ASKED = "asked"
PROMISED = "promised"
ADDED = "added"
REFUSED = "refused"
WITHDRAWN = "withdrawn"
OPEN = (ASKED, PROMISED)
"""The states in which the asker waits for the owner."""


class Addition(SQLModel, table=True):
    """One value that ``assignment_id`` needs in the source table of ``owner_id`` (an assignment too).

    ``state``: asked, promised (the owner will add it, the source table is open for added rows), added (it
    stands in the approved source), refused, with the owner's ``answer``, or withdrawn by the asker, by the
    system too where his newest rows no longer have the value; ``closed_at``: since when nobody
    waits any longer.  ``column`` names the source's columns in which the value may stand; ``event_id`` the
    return that opened the approved source table for it.
    """

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    owner_id: int = Field(foreign_key="assignment.id", index=True)
    table_code: str
    column: str
    value: str
    note: str = ""
    state: str = Field(default=ASKED, index=True)
    asked_by: int | None = Field(default=None, foreign_key="person.id")
    asked_at: datetime = instant()
    answer: str = ""
    answered_by: int | None = Field(default=None, foreign_key="person.id")
    answered_at: datetime | None = maybe_instant()
    closed_at: datetime | None = maybe_instant()
    event_id: int | None = Field(default=None)


@dataclass(frozen=True)
class Request:
    """An addition with the names of who asks, of what for, and of who owns the source table."""

    addition: Addition
    code: str
    name: str
    department: str
    source: str
    owner: str

    @property
    def open(self) -> bool:
        return self.addition.state in OPEN


def requests(
    session: Session, *, of: int | None = None, to: Iterable[int] | None = None, states: Iterable[str] = ()
) -> list[Request]:
    """Requests for additions, oldest first: ``of`` an assignment that asks, ``to`` assignments that own."""
    statement = _every_request()
    if of is not None:
        statement = statement.where(Addition.assignment_id == of)
    if to is not None:
        statement = statement.where(among(col(Addition.owner_id), to))
    if states:
        statement = statement.where(col(Addition.state).in_(list(states)))
    return [Request(*row) for row in session.exec(statement)]


@cache
def _every_request() -> Any:
    """All requests, oldest first; built once, since building it costs more than running it."""
    mine, theirs = aliased(Department), aliased(Department)
    asker, owner = aliased(Assignment), aliased(Assignment)
    table, source = aliased(DataTable), aliased(DataTable)
    return (
        select(Addition, col(table.code), col(table.name), col(mine.name))
        .add_columns(col(source.name), col(theirs.name))
        .join(asker, col(Addition.assignment_id) == asker.id)
        .join(table, col(asker.table_id) == table.id)
        .join(mine, col(asker.department_id) == mine.id)
        .join(owner, col(Addition.owner_id) == owner.id)
        .join(source, col(owner.table_id) == source.id)
        .join(theirs, col(owner.department_id) == theirs.id)
        .order_by(col(Addition.id))
    )


def waiting_on(session: Session, at: datetime | None = None) -> dict[int, Sequence[str]]:
    """By assignment, the departments whose additions it waits for now, or waited for ``at`` a moment."""
    found: dict[int, Sequence[str]] = {}
    for key, known in waits(session, open_only=at is None).items():
        names = dict.fromkeys(each.department for each in known if at is None or each.at(at))
        if names:
            found[key] = list(names)
    return found


def waits(session: Session, *, open_only: bool = False) -> dict[int, list[Wait]]:
    """By assignment, from when to when it waited for whose additions."""
    found: dict[int, list[Wait]] = {}
    for each in requests(session, states=OPEN if open_only else ()):
        wait = Wait(each.owner, each.addition.asked_at, each.addition.closed_at)
        found.setdefault(each.addition.assignment_id, []).append(wait)
    return found
