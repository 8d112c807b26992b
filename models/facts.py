"""What `deadlines` needs to know of the stored campaign, as values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from deadlines.facts import AssignmentFacts, Facts, HeldBack, Share, Shared, Wait
from models.addition import waits
from models.assignment import Assignment
from models.campaign import DataTable, PlanVersion
from models.database import among
from models.hold import held_back
from models.kept import by_department
from models.rosters import rosters
from models.worklist import COLLECTING, REVIEWING, Line, current_campaign

OWN = (
    *("id", "stage", "exempt", "closed", "extended_until", "owed_since"),
    *("first_collected_at", "collected_at", "returned_at", "reviewed_at", "checked_at", "failed_at"),
)
"""The facts that an assignment's row has; the others stand beside it."""
OF_THE_ROWS = ("code", "due", "due_stage", "department", "reviewer", *OWN)


def facts_of(line: Line, holds: tuple[HeldBack, ...] = (), waits: Iterable[Wait] = ()) -> AssignmentFacts:
    """The facts of one assignment that its deadlines are derived from."""
    row = line.assignment
    return AssignmentFacts(
        id=line.id,
        code=line.table.code,
        department=line.department,
        reviewer=line.reviewer,
        due=line.table.due,
        due_stage=line.table.due_stage,
        extended_until=row.extended_until,
        stage=row.stage,
        first_collected_at=row.first_collected_at,
        collected_at=row.collected_at,
        returned_at=row.returned_at,
        reviewed_at=row.reviewed_at,
        checked_at=row.checked_at,
        failed_at=row.failed_at,
        exempt=row.exempt,
        closed=row.closed,
        holds=holds,
        owed_since=row.owed_since,
        waits=tuple(waits),
    )


def gather(session: Session, now: datetime, closed: bool = False) -> Facts:
    """The facts of the whole loaded campaign at ``now``; with ``closed`` also of what has left its plan."""
    campaign = current_campaign(session)
    return Facts(
        assignments=every_assignment(session, closed),
        rosters=rosters(session, campaign.id or 0, now, closed),
        effective_from=session.get_one(PlanVersion, campaign.plan_version_id).applied_at,
    )


class _Placed(NamedTuple):
    """A department's share, the number of each of its tables, and its own place in the plan."""

    share: Share
    numbers: tuple[int, ...]
    place: tuple[int, int]


Beside = Mapping[int, tuple[tuple[HeldBack, ...], tuple[Wait, ...]]]
"""Holds and waits by assignment: few, and kept nowhere."""


def every_assignment(session: Session, closed: bool = False) -> Shared:
    """The facts of the assignments alone, in the order of the plan."""
    gathered = stored_facts(session, closed)
    holds, waited = held_back(session), waits(session)
    if not (holds or waited):
        return gathered
    beside = {key: (holds.get(key, ()), tuple(waited.get(key, ()))) for key in {*holds, *waited}}
    return Shared(
        (_with(each, beside) for each in gathered), (_share(each, beside) for each in gathered.shares)
    )


def stored_facts(session: Session, closed: bool = False) -> Shared:
    """The same without holds and waits.  Few departments have anything closed: only these are read anew."""
    kept = by_department(session, "facts", None, partial(_placed, session, False))
    those = _with_closed(session) if closed else ()
    if not those:
        return kept.folded(_in_order)
    return _in_order({**kept.parts, **_placed(session, True, those)})


def _with_closed(session: Session) -> Collection[int]:
    """The departments that have assignments which have left the plan."""
    statement = select(Assignment.department_id).where(col(Assignment.closed)).distinct()
    return session.exec(statement).all()


def _share(share: Share, beside: Beside) -> Share:
    own = {each.id: beside[each.id] for each in share if each.id in beside}
    return share.derived(own, lambda known: Share(_with(each, own) for each in known)) if own else share


def _with(facts: AssignmentFacts, beside: Beside) -> AssignmentFacts:
    found = beside.get(facts.id)
    return facts if found is None else replace(facts, holds=found[0], waits=found[1])


def _placed(session: Session, closed: bool, departments: Collection[int] | None) -> dict[int, _Placed]:
    found: dict[tuple[int, int], list[tuple[int, AssignmentFacts]]] = {}
    for key, position, number, *row in _owed(session, closed, departments):
        found.setdefault((position, key), []).append(
            (number, AssignmentFacts(**dict(zip(OF_THE_ROWS, row, strict=True))))
        )
    return {
        place[1]: _Placed(Share(facts for _, facts in rows), tuple(number for number, _ in rows), place)
        for place, rows in found.items()
    }


def _in_order(found: Mapping[int, _Placed]) -> Shared:
    """By table, then by department, as the plan has them."""
    placed = sorted(found.values(), key=lambda each: each.place)
    tables: dict[int, list[AssignmentFacts]] = {}
    for each in placed:
        for number, facts in zip(each.numbers, each.share, strict=True):
            tables.setdefault(number, []).append(facts)
    ordered = chain.from_iterable(tables[number] for number in sorted(tables))
    return Shared(ordered, (each.share for each in placed))


def _owed(session: Session, closed: bool, departments: Collection[int] | None) -> Iterator[Any]:
    """Department, its place and the table's number, then the facts, in the order of the tables."""
    statement: Any = (
        select(COLLECTING.id, COLLECTING.position, DataTable.no)
        .add_columns(col(DataTable.code), col(DataTable.due), col(DataTable.due_stage))
        .add_columns(col(COLLECTING.name), col(REVIEWING.name), *(getattr(Assignment, name) for name in OWN))
        .select_from(Assignment)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(COLLECTING, col(Assignment.department_id) == COLLECTING.id)
        .outerjoin(REVIEWING, col(Assignment.reviewer_id) == REVIEWING.id)
        .order_by(col(DataTable.no))
    )
    if not closed:
        statement = statement.where(col(Assignment.closed).is_(False))
    if departments is not None:
        statement = statement.where(among(col(Assignment.department_id), departments))
    yield from session.exec(statement)
