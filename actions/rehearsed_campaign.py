"""The throw-away campaign of a rehearsal: this installation's, or the plan files' with sample people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, SQLModel, col, select

from actions.clock import REHEARSAL, wall
from actions.load_plan import apply
from actions.people import load_people
from actions.plan_in_force import plan_in_force, plan_version_in_force
from actions.sample_people import sample_people
from models import Assignment, Campaign, DataTable, Department, Grant, Person, PlanVersion, Stamp
from models.person import STAND_IN
from models.rosters import ROSTER_ROLES
from models.stages import PENDING, REACHED_AT
from models.worklist import current_campaign
from plans.plan import Plan

KEPT = (Campaign, PlanVersion, Department, DataTable, Assignment, Person, Grant)
"""What a campaign has before anybody has done anything."""


def stamp(session: Session) -> None:
    """Say that it is no live database: its clock may be moved."""
    session.add(Stamp(mode=REHEARSAL, created_at=wall()))


def issue(session: Session, plan: Plan) -> None:
    """The plan just issued."""
    apply(session, plan, None, plan.schedule.start)


def add_people(session: Session) -> None:
    """The sample people, where nobody has been loaded."""
    if session.exec(select(Person.id)).first() is None:
        plan = plan_in_force(session)
        load_people(session, sample_people(plan), plan.schedule.start, sample=True)


def start_over(session: Session, at: datetime) -> None:
    """The campaign as at its issue: nothing done, nothing told.

    Whoever holds a role ``at`` this moment is addressed from the beginning, as when an old plan is rehearsed,
    deputies in their time, but no department has named anybody yet.
    """
    kept = {str(model.__tablename__) for model in (*KEPT, Stamp)}
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name not in kept:
            session.connection().execute(delete(table))
    reached = dict.fromkeys(("first_collected_at", *REACHED_AT.values(), "extended_until", "version_id"))
    session.connection().execute(update(Assignment).values(stage=PENDING, reopened="", **reached))
    version = plan_version_in_force(session, current_campaign(session))
    version.applied_at = plan_in_force(session).schedule.start
    session.add(version)
    session.connection().execute(delete(Grant).where(col(Grant.until) <= at))
    standing = update(Grant).where(col(Grant.until).is_(None))
    session.connection().execute(standing.values(since=None))
    session.connection().execute(standing.where(col(Grant.role).in_(ROSTER_ROLES)).values(until=STAND_IN))
