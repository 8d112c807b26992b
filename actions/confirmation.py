"""数据确认表: what each department has handed in, and what the summary holds of it, to be signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from actions.plan_in_force import plan_in_force
from actions.summary import summary
from actions.who import SEES_ALL, Who
from models import Department, Event, Person
from models.confirmation import Confirmation, ConfirmedTable
from models.database import among
from models.errors import NotFound
from models.stages import CHECKED, PENDING, REVIEWED
from models.worklist import Line, departments_in_plan, lines

PREFIX = 12
"""Digits of the hash: as many as nobody types wrongly, and no two states of a table share."""
SUBMIT, APPROVE = "submit", "approve"


def confirmation(session: Session, who: Who, department_id: int, now: datetime) -> Confirmation:
    """The sheet of one department; NotFound where it isn't this person's to see, or owes nothing."""
    department = session.get(Department, department_id)
    if department is None or not _may_confirm(who, department_id):
        raise NotFound("没有这个部门的确认表。", "它可能属于其他部门；请从“我的任务”或“汇总”进入。")
    found = lines(session, department_ids=[department_id])
    if not found:
        raise NotFound("这个部门没有要填报的表。", "请从“汇总”选择其他部门。")
    return _sheets(session, now, department_id)(department.name, found)


def confirmations(session: Session, now: datetime) -> list[Confirmation]:
    """The sheets of all departments that owe anything, in the order of the plan."""
    by_department: dict[str, list[Line]] = {}
    for line in lines(session):
        by_department.setdefault(line.department, []).append(line)
    sheet = _sheets(session, now)
    order = [each.name for each in plan_in_force(session).schedule.departments]
    return [sheet(name, by_department[name]) for name in order if name in by_department]


def confirming(session: Session, who: Who) -> list[tuple[int, str]]:
    """The departments of the plan in force whose sheet this person may take, with their names."""
    found = ((each.id or 0, each.name) for each in departments_in_plan(session))
    return [(key, name) for key, name in found if _may_confirm(who, key)]


def _may_confirm(who: Who, department_id: int) -> bool:
    return any(right.role in SEES_ALL or right.department_id == department_id for right in who.rights)


def _sheets(
    session: Session, now: datetime, department_id: int | None = None
) -> Callable[[str, list[Line]], Confirmation]:
    """How each department's sheet is made (of one alone where it is named); the summary that all are told of
    is made once."""
    schedule, local = plan_in_force(session).schedule, now.astimezone(plan_in_force(session).schedule.zone)
    excluded = {
        (each.code, each.department): each.reason for each in summary(session, department_id).excluded
    }

    def sheet(department: str, found: list[Line]) -> Confirmation:
        did = _who_did(session, [line.id for line in found])
        tables = tuple(_table(line, did, excluded.get((line.table.code, department), "")) for line in found)
        return Confirmation(schedule.name, schedule.contacts.office, department, local, tables)

    return sheet


def _table(line: Line, did: Mapping[tuple[int, str], str], excluded: str) -> ConfirmedTable:
    """What stands of it: a version that was sent back has been collected and not reviewed."""
    row, version = line.assignment, line.version
    handed_in = row.stage != PENDING and version is not None
    approved = row.stage in (REVIEWED, CHECKED)
    return ConfirmedTable(
        table=line.table.code,
        name=line.table.name,
        version=version.number if version and handed_in else None,
        kind=version.kind if version and handed_in else "",
        rows=version.row_count if version and handed_in else 0,
        print=(version.rows_blob or "")[:PREFIX] if version and handed_in else "",
        collected_by=did.get((line.id, SUBMIT), "") if handed_in else "",
        collected_at=row.collected_at if handed_in else None,
        reviewed_by=did.get((line.id, APPROVE), "") if approved else "",
        reviewed_at=row.reviewed_at if approved else None,
        checked_at=row.checked_at if row.stage == CHECKED else None,
        exempt=row.exempt,
        excluded=excluded,
    )


def _who_did(session: Session, ids: list[int]) -> dict[tuple[int, str], str]:
    """Who submitted and who approved each assignment last."""
    events = (
        select(Event.assignment_id, Event.verb, Person.name)
        .join(Person, col(Event.actor_id) == Person.id)
        .where(among(col(Event.assignment_id), ids), col(Event.verb).in_((SUBMIT, APPROVE)))
        .order_by(col(Event.id))
    )
    return {(key, verb): name for key, verb, name in session.exec(events)}
