"""What more time and holds share: a day that somebody names for what is to come, and something still owed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session

from actions.plan_in_force import plan_in_force
from models import Assignment
from models.errors import Conflict, Sentence, Unusable
from models.stages import CHECKED
from plans.notation import month_and_day

LONGEST = timedelta(days=366)


def demand_end(session: Session, day: date, now: datetime) -> datetime:
    """When the day ends; Unusable where that is more than a year ahead: working days are counted up to it,
    and past the calendar's last year nothing could be."""
    schedule = plan_in_force(session).schedule
    if day > now.astimezone(schedule.zone).date() + LONGEST:
        raise Unusable(
            Sentence("%(year)s年%(day)s太远了。", year=day.year, day=month_and_day(day)),
            "请选一年以内的日期。",
        )
    return schedule.due_at(day)


def day_of(session: Session, at: datetime) -> str:
    """The day in the campaign's zone, as sentences say it."""
    return month_and_day(at.astimezone(plan_in_force(session).schedule.zone))


def demand_owed(assignment: Assignment, what: Sentence) -> None:
    """Refuse more time or a hold, named by ``what``, where nothing is owed any more."""
    if assignment.exempt or assignment.closed or assignment.stage == CHECKED:
        raise Conflict(
            Sentence("这张表现在不需要%(what)s。", what=what),
            "它已通过检测、已免报，或已不在计划中。",
        )
