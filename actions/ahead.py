"""A day that somebody names for what is still to come: a year further on, it was mistyped."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session

from actions.plan_in_force import plan_in_force
from models.errors import Unusable

LONGEST = timedelta(days=366)


def demand_end(session: Session, day: date, now: datetime) -> datetime:
    """When the day ends; Unusable where that is more than a year ahead: working days are counted up to it,
    and past the calendar's last year nothing could be."""
    schedule = plan_in_force(session).schedule
    if day > now.astimezone(schedule.zone).date() + LONGEST:
        raise Unusable(f"{day.year}年{day:%m月%d日}太远了。", "请选一年以内的日期。")
    return schedule.due_at(day)
