"""A typical case for the quality report, handed in by a department on one of the plan's themes (S14)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, func, select

from models.campaign import Department
from models.database import among
from models.person import Person
from models.types import instant, maybe_instant

HANDED = "handed"
TAKEN = "taken"
RETURNED = "returned"
REPLACED = "replaced"
WITHDRAWN = "withdrawn"
OPEN = (HANDED, RETURNED)
"""The states in which the department may still replace it or take it back."""
THERE = (HANDED, TAKEN)
"""The states in which it counts for what its department owes."""
STANDING = (HANDED, RETURNED, TAKEN)


class TypicalCase(SQLModel, table=True):
    """One edition of a case: its ``text``, a file (``blob``, ``filename``), or both.

    ``state``: handed, taken in by the office, returned by it with a ``reason``, replaced by a newer edition
    (whose ``replaces_id`` it is), or withdrawn; ``decided_by`` is who brought it there.
    """

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    department_id: int = Field(foreign_key="department.id", index=True)
    theme: str
    title: str
    text: str = ""
    blob: str | None = None
    filename: str = ""
    state: str = Field(default=HANDED, index=True)
    replaces_id: int | None = Field(default=None, foreign_key="typicalcase.id")
    handed_by: int = Field(foreign_key="person.id")
    handed_at: datetime = instant()
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = maybe_instant()
    reason: str = ""


@dataclass(frozen=True)
class Case:
    """A case with the names of its department, of who handed it in and of who decided (empty: nobody)."""

    case: TypicalCase
    department: str
    collector: str
    decider: str


def cases(session: Session, departments: Collection[int] | None = None) -> list[Case]:
    """The cases that stand, of these departments only where given; by department, theme and age."""
    statement = _every_case().where(col(TypicalCase.state).in_(STANDING))
    if departments is not None:
        statement = statement.where(among(col(TypicalCase.department_id), departments))
    return [Case(*row) for row in session.exec(statement)]


def case(session: Session, case_id: int) -> Case | None:
    """The case with this number, whatever its state."""
    found = session.exec(_every_case().where(TypicalCase.id == case_id)).first()
    return Case(*found) if found else None


def editions(session: Session, newest: TypicalCase) -> list[Case]:
    """What the case has replaced, the newest first."""
    found: list[Case] = []
    before = newest.replaces_id
    while before is not None:
        older = case(session, before)
        assert older is not None
        found.append(older)
        before = older.case.replaces_id
    return found


def move(session: Session, made: TypicalCase, states: Collection[str], to: str, **facts: Any) -> bool:
    """Bring it into another state; whether it still was in one of ``states``."""
    changed = session.connection().execute(
        update(TypicalCase)
        .where(col(TypicalCase.id) == made.id, col(TypicalCase.state).in_(states))
        .values(state=to, **facts)
    )
    session.refresh(made)
    return changed.rowcount == 1


def count_handed(session: Session) -> int:
    """How many cases wait for the office to take them in."""
    waiting = select(func.count()).select_from(TypicalCase).where(TypicalCase.state == HANDED)
    return session.exec(waiting).one()


def tally(found: Iterable[Case], states: Collection[str]) -> dict[str, Counter[str]]:
    """By department, how many of these cases on each theme are in one of the states."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for each in found:
        if each.case.state in states:
            counts[each.department][each.case.theme] += 1
    return counts


def _every_case() -> Any:
    collector, decider = aliased(Person), aliased(Person)
    return (
        select(TypicalCase, Department.name, collector.name)
        .add_columns(func.coalesce(decider.name, ""))
        .join(Department, col(TypicalCase.department_id) == Department.id)
        .join(collector, col(TypicalCase.handed_by) == collector.id)
        .outerjoin(decider, col(TypicalCase.decided_by) == decider.id)
        .order_by(col(Department.position), col(TypicalCase.theme), col(TypicalCase.id))
    )
