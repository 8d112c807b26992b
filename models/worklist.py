"""Assignments with what stands beside them: table, departments, current version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.assignment import Assignment
from models.campaign import Campaign, DataTable, Department
from models.database import among
from models.errors import NotFound
from models.version import Version

COLLECTING, REVIEWING = aliased(Department), aliased(Department)
"""An assignment's two departments."""


@dataclass(frozen=True)
class Line:
    """One assignment as every list shows it."""

    assignment: Assignment
    table: DataTable
    department: str
    reviewer: str | None
    version: Version | None

    @property
    def id(self) -> int:
        return self.assignment.id or 0

    @property
    def label(self) -> str:
        """How the assignment is named everywhere: code, name and department."""
        return f"{self.table.code} {self.table.name} · {self.department}"


def loaded_campaign(session: Session) -> Campaign | None:
    """The campaign that is loaded, if any."""
    return session.exec(select(Campaign)).one_or_none()


def current_campaign(session: Session) -> Campaign:
    """The campaign that is loaded; NotFound before the first plan."""
    campaign = loaded_campaign(session)
    if campaign is None:
        raise NotFound("还没有载入采集计划。", "请先载入计划（caiji plan apply，或在“计划”页面上传）。")
    return campaign


def departments_in_plan(session: Session) -> Sequence[Department]:
    """The departments of the plan in force, in its order."""
    found: Sequence[Department] = session.exec(_in_plan(select(Department))).all()
    return found


def open_departments(session: Session) -> list[str]:
    """The same by name."""
    return list(session.exec(_in_plan(select(Department.name))).all())


def _in_plan(departments: Any) -> Any:
    return departments.where(col(Department.closed).is_(False)).order_by(col(Department.position))


def places_of(session: Session, departments: Collection[int]) -> dict[int, tuple[int, str]]:
    """These departments' places in the plan, with their names."""
    statement = select(Department.id, Department.position, Department.name)
    found = session.exec(statement.where(among(col(Department.id), departments)))
    return {key or 0: (position, name) for key, position, name in found}


def owed_by(departments: Collection[int] | None) -> list[ColumnElement[bool]]:
    """The condition for assignments that are in the plan in force, of these departments only where given."""
    conditions: list[ColumnElement[bool]] = [col(Assignment.closed).is_(False)]
    if departments is not None:
        conditions.append(among(col(Assignment.department_id), departments))
    return conditions


def open_tables(session: Session) -> Sequence[DataTable]:
    """The data tables of the plan in force, in its order."""
    statement = select(DataTable).where(col(DataTable.closed).is_(False))
    return session.exec(statement.order_by(col(DataTable.no))).all()


def table_names(session: Session) -> dict[str, str]:
    """What each data table is called, by its code; also of those that have left the plan."""
    return dict(session.exec(select(DataTable.code, DataTable.name)).all())


def lines(
    session: Session,
    *,
    ids: Iterable[int] | None = None,
    table: str | None = None,
    department: str | None = None,
    stage: str | None = None,
    reviewer_id: int | None = None,
    department_ids: Iterable[int] | None = None,
    closed: bool = False,
) -> list[Line]:
    """The assignments that fit every given condition, in the order of the plan."""
    conditions: tuple[tuple[Any, Callable[[Any], ColumnElement[bool]]], ...] = (
        (ids, lambda given: among(col(Assignment.id), given)),
        (table, lambda given: col(DataTable.code) == given),
        (department, lambda given: col(COLLECTING.name) == given),
        (stage, lambda given: col(Assignment.stage) == given),
        (reviewer_id, lambda given: col(Assignment.reviewer_id) == given),
        (department_ids, lambda given: col(Assignment.department_id).in_(list(given))),
    )
    statement = _every_line().where(*(wanted(given) for given, wanted in conditions if given is not None))
    if not closed:
        statement = statement.where(col(Assignment.closed).is_(False))
    return [Line(*row) for row in session.exec(statement)]


def page_of_lines(
    session: Session,
    *,
    limit: int,
    offset: int = 0,
    seen_by: Collection[int] | None = None,
    table: str | None = None,
    department: str | None = None,
    stage: str | None = None,
) -> tuple[list[Line], int]:
    """So many of the assignments that fit, after the first ``offset`` in the order of the plan, and how many
    fit in all; ``seen_by``: those only that one of these departments collects or reviews."""
    fitting = (
        select(Assignment.id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(COLLECTING, col(Assignment.department_id) == COLLECTING.id)
        .where(col(Assignment.closed).is_(False))
    )
    if seen_by is not None:
        own = among(col(Assignment.department_id), seen_by), among(col(Assignment.reviewer_id), seen_by)
        fitting = fitting.where(or_(*own))
    given = ((DataTable.code, table), (COLLECTING.name, department), (Assignment.stage, stage))
    fitting = fitting.where(*(col(column) == wanted for column, wanted in given if wanted is not None))
    total = session.exec(select(func.count()).select_from(fitting.subquery())).one()
    ordered = fitting.order_by(col(DataTable.no), col(COLLECTING.position), col(Assignment.id))
    ids = session.exec(ordered.offset(offset).limit(limit)).all()
    return lines(session, ids=[key or 0 for key in ids]), total


def open_stages(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The stages of those of these assignments that are owed at all."""
    statement = select(col(Assignment.id), col(Assignment.stage)).where(
        among(col(Assignment.id), ids),
        col(Assignment.exempt).is_(False),
        col(Assignment.closed).is_(False),
    )
    return {key or 0: stage for key, stage in session.exec(statement)}


@cache
def _every_line() -> Any:
    """All lines in the order of the plan; built once, since building it costs more than running it."""
    return (
        select(Assignment, DataTable, col(COLLECTING.name), col(REVIEWING.name))
        .add_columns(Version)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(COLLECTING, col(Assignment.department_id) == COLLECTING.id)
        .outerjoin(REVIEWING, col(Assignment.reviewer_id) == REVIEWING.id)
        .outerjoin(Version, col(Assignment.version_id) == Version.id)
        .order_by(col(DataTable.no), col(COLLECTING.position))
    )


def line(session: Session, assignment_id: int) -> Line:
    """The assignment of this id; NotFound where there is none."""
    found = lines(session, ids=[assignment_id], closed=True)
    if not found:
        raise NotFound("没有这项采集任务。", "它可能已不在计划中；请从“我的任务”重新进入。")
    return found[0]
