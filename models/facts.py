"""What `deadlines` needs to know of the stored campaign, as values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from deadlines.facts import AssignmentFacts, Facts, HeldBack, RosterFacts, Wait
from models.addition import waits
from models.campaign import Department, PlanVersion
from models.hold import held_back
from models.person import STAND_IN, Grant
from models.worklist import Line, current_campaign, lines

ROSTER_ROLES = ("collector", "reviewer")


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


def gather(session: Session, closed: bool = False) -> Facts:
    """The facts of the whole loaded campaign; with ``closed`` also of what has left its plan."""
    campaign = current_campaign(session)
    holds = held_back(session)
    applied = session.get_one(PlanVersion, campaign.plan_version_id).applied_at
    waited = waits(session)
    return Facts(
        assignments=tuple(
            facts_of(line, holds.get(line.id, ()), waited.get(line.id, ()))
            for line in lines(session, closed=closed)
        ),
        rosters=rosters(session, campaign.id or 0, closed),
        effective_from=applied,
    )


def rosters(session: Session, campaign_id: int, closed: bool = False) -> tuple[RosterFacts, ...]:
    """Per department of the plan: whether its collector and reviewer are named (S1), and since when."""
    every = select(col(Department.id), col(Department.name)).where(Department.campaign_id == campaign_id)
    wanted = every if closed else every.where(col(Department.closed).is_(False))
    named: dict[int | None, dict[str, datetime | None]] = {}
    grants = select(col(Grant.department_id), col(Grant.role), col(Grant.since)).where(
        col(Grant.role).in_(ROSTER_ROLES), col(Grant.until).is_distinct_from(STAND_IN)
    )
    for department_id, role, since in session.exec(grants):
        named.setdefault(department_id, {}).setdefault(role, since)
    departments = session.exec(wanted.order_by(col(Department.position)))
    return tuple(_roster(name, named.get(key, {})) for key, name in departments)


def _roster(department: str, roles: dict[str, datetime | None]) -> RosterFacts:
    complete = all(role in roles for role in ROSTER_ROLES)
    moments = [moment for moment in roles.values() if moment is not None]
    return RosterFacts(
        department=department,
        has_collector="collector" in roles,
        has_reviewer="reviewer" in roles,
        completed_at=max(moments) if complete and moments else None,
    )
