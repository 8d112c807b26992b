"""What has happened to an assignment: its events, versions and findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col, func, select

from models.assignment import Assignment, Event
from models.campaign import DataTable, Department
from models.database import among
from models.person import Person
from models.version import CheckRun, StoredFinding, Version

GRAVEST_FIRST = case(
    (col(StoredFinding.severity) == "error", 0), (col(StoredFinding.severity) == "warning", 1), else_=2
)

HOW_MANY = func.sum(col(StoredFinding.count))
"""Those among them that are not listed one by one."""

HANDED_IN = ("submit", "approve", "return")
"""Verbs whose version was before the reviewer."""


@dataclass(frozen=True)
class Happening:
    """An event with the name of who did it (empty: the system) and the version's number."""

    event: Event
    actor: str
    version: int | None


@dataclass(frozen=True)
class Changes:
    """How many events an assignment has had, and when the last one was."""

    count: int = 0
    last: datetime | None = None


@dataclass(frozen=True)
class RecentEvent:
    """An event of the campaign, with what it happened to."""

    event: Event
    code: str
    name: str
    department: str


@dataclass(frozen=True)
class FindingGroup:
    """Findings of one severity, rule, sheet and column: how many, how many of them are listed one by one, and
    how many know what to write instead."""

    severity: str
    rule: str
    sheet: str
    column: str
    count: int
    listed: int
    proposals: int


@dataclass(frozen=True)
class KeptVersion:
    """A version with the name of who made it."""

    version: Version
    maker: str


def changes_of(session: Session, ids: Iterable[int] | None = None) -> dict[int, Changes]:
    """How often anything happened to each of these assignments (of all without ids), and when last."""
    statement: Any = select(Event.assignment_id, func.count(), func.max(Event.at)).group_by(
        col(Event.assignment_id)
    )
    if ids is not None:
        statement = statement.where(among(col(Event.assignment_id), ids))
    return {key: Changes(number, last) for key, number, last in session.exec(statement)}


def happenings(session: Session, assignment_id: int) -> list[Happening]:
    """The assignment's events, newest first."""
    statement = (
        select(Event, Person.name, Version.number)
        .outerjoin(Person, col(Event.actor_id) == Person.id)
        .outerjoin(Version, col(Event.version_id) == Version.id)
        .where(Event.assignment_id == assignment_id)
        .order_by(col(Event.id).desc())
    )
    return [Happening(event, actor or "", number) for event, actor, number in session.exec(statement)]


def last_return(session: Session, assignment_id: int) -> Happening | None:
    """The newest event that sent the data back, by the reviewer or by the check."""
    sent_back = (row for row in happenings(session, assignment_id) if row.event.verb in ("return", "fail"))
    return next(sent_back, None)


def versions(session: Session, assignment_id: int) -> list[KeptVersion]:
    """The assignment's versions, newest first."""
    statement = (
        select(Version, Person.name)
        .outerjoin(Person, col(Version.made_by) == Person.id)
        .where(Version.assignment_id == assignment_id)
        .order_by(col(Version.number).desc())
    )
    return [KeptVersion(version, maker or "") for version, maker in session.exec(statement)]


def findings(
    session: Session,
    version_id: int,
    *,
    severity: str | None = None,
    rule: str | None = None,
    column: str | None = None,
    by_rule: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[StoredFinding]:
    """The findings of a version, the gravest first, in cell order; ``by_rule``: those of a rule together."""
    statement = select(StoredFinding).where(*standing(session, version_id))
    asked = ((severity, StoredFinding.severity), (rule, StoredFinding.rule), (column, StoredFinding.column))
    statement = statement.where(*(field == wanted for wanted, field in asked if wanted))
    order = (GRAVEST_FIRST, *([col(StoredFinding.rule)] if by_rule else []), col(StoredFinding.id))
    return session.exec(statement.order_by(*order).offset(offset).limit(limit)).all()


def first_of_each_value(
    session: Session, version_id: int, rule: str, columns: Iterable[str], known: Iterable[str], limit: int
) -> Sequence[StoredFinding]:
    """The first error of a rule in these columns for each value that is not yet known, in cell order."""
    first = (
        select(func.min(StoredFinding.id))
        .where(*standing(session, version_id), StoredFinding.rule == rule, StoredFinding.severity == "error")
        .where(col(StoredFinding.row).is_not(None), col(StoredFinding.column).in_(list(columns)))
        .where(col(StoredFinding.value).not_in(list(known)))
        .group_by(col(StoredFinding.value))
        .order_by(func.min(StoredFinding.id))
        .limit(limit)
    )
    statement = select(StoredFinding).where(col(StoredFinding.id).in_(first))
    return session.exec(statement.order_by(col(StoredFinding.id))).all()


def finding_counts(session: Session, version_id: int) -> list[tuple[str, str, int]]:
    """How many findings a version has by severity and rule, the gravest first."""
    statement = (
        select(StoredFinding.severity, StoredFinding.rule, HOW_MANY)
        .where(*standing(session, version_id))
        .group_by(col(StoredFinding.severity), col(StoredFinding.rule))
        .order_by(func.min(GRAVEST_FIRST), HOW_MANY.desc(), col(StoredFinding.rule))
    )
    return [(severity, rule, count) for severity, rule, count in session.exec(statement)]


def finding_groups(session: Session, version_id: int) -> list[FindingGroup]:
    """The findings of a version counted by severity, rule, sheet and column, the gravest first."""
    field = StoredFinding
    told = (col(field.severity), col(field.rule), col(field.sheet), col(field.column))
    proposals = func.sum(case((col(field.proposal) != "", 1), else_=0))
    statement: Any = (
        select(*told)
        .add_columns(HOW_MANY, func.count(), proposals)
        .where(*standing(session, version_id))
        .group_by(*told)
        .order_by(func.min(GRAVEST_FIRST), col(field.rule), func.min(field.id))
    )
    return [FindingGroup(*row) for row in session.exec(statement)]


def standing(session: Session, version_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The findings of the newest finished system check, or of the upload where there was none."""
    newest = session.exec(
        select(func.max(CheckRun.id)).where(CheckRun.version_id == version_id, col(CheckRun.verdict) != "")
    ).one()
    return (
        col(StoredFinding.version_id) == version_id,
        col(StoredFinding.check_run_id).is_not_distinct_from(newest),
    )


def newest_check(session: Session, version_id: int) -> CheckRun | None:
    """The version's newest system check, finished or not."""
    runs = select(CheckRun).where(CheckRun.version_id == version_id)
    return session.exec(runs.order_by(col(CheckRun.id).desc())).first()


def handed_in_before(session: Session, assignment_id: int, number: int) -> Version | None:
    """The last version with rows that was handed in before the one of this number."""
    statement = (
        select(Version)
        .join(Event, col(Event.version_id) == Version.id)
        .where(
            Version.assignment_id == assignment_id,
            col(Event.verb).in_(HANDED_IN),
            col(Version.number) < number,
            col(Version.rows_blob).is_not(None),
        )
        .order_by(col(Version.number).desc())
    )
    return session.exec(statement).first()


def recent_events(session: Session, limit: int) -> list[RecentEvent]:
    """The campaign's newest events."""
    statement = (
        select(Event, DataTable.code, DataTable.name, Department.name)
        .join(Assignment, col(Event.assignment_id) == Assignment.id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(Department, col(Assignment.department_id) == Department.id)
        .order_by(col(Event.id).desc())
        .limit(limit)
    )
    return [RecentEvent(*row) for row in session.exec(statement)]
