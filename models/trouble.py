"""The first of what is late or due soon, by deadline and in the order of the plan."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, func, select

from deadlines.effective import DeadlineRules
from models.assignment import Assignment
from models.campaign import DataTable
from models.kept import by_department
from models.lateness import due_soon_at, overdue_at, soon_turns, turns
from models.stages import OPEN_TO_COLLECTOR
from models.worklist import owed_by

Place = tuple[datetime, int, int]
"""The deadline and the number of the table, and the assignment."""


def first_late(session: Session, rules: DeadlineRules, now: datetime, limit: int) -> list[int]:
    """The first assignments whose deadline has passed."""
    sign = turns(session, rules, now)
    return _first(session, "late", sign, overdue_at(rules, now), limit)


def first_due_soon(session: Session, rules: DeadlineRules, now: datetime, limit: int) -> list[int]:
    """The first that collectors still owe within the next working days."""
    soon = and_(col(Assignment.stage).in_(OPEN_TO_COLLECTOR), due_soon_at(rules, now))
    return _first(session, "soon", soon_turns(session, rules, now), soon, limit)


def _first(
    session: Session, question: str, sign: Hashable, which: ColumnElement[bool], limit: int
) -> list[int]:
    def ask(departments: Collection[int] | None) -> dict[int, list[Place]]:
        found: dict[int, list[Place]] = {}
        for department, due, no, id in session.exec(_ranked(which, limit, departments)):
            found.setdefault(department, []).append((due, no, id))
        return found

    known = by_department(session, question, (sign, limit), ask)
    return [id for _, _, id in _foremost(known.parts, limit)]


def _foremost(found: Mapping[int, Sequence[Place]], limit: int) -> list[Place]:
    """The first of all, which belong to those departments whose own first come first."""
    candidates = nsmallest(limit, found.values(), key=itemgetter(0))
    return nsmallest(limit, chain.from_iterable(candidates))


def _ranked(which: ColumnElement[bool], limit: int, departments: Collection[int] | None) -> Any:
    """The first of each department, in order."""
    order = (col(DataTable.due), col(DataTable.no), col(Assignment.id))
    rank = func.row_number().over(partition_by=col(Assignment.department_id), order_by=order)
    ranked = (
        select(col(Assignment.department_id), *order)
        .add_columns(rank.label("place"))
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .where(*owed_by(departments), which)
        .subquery()
    )
    department, due, no, id, place = ranked.c
    return select(department, due, no, id).where(place <= limit).order_by(department, place)
