"""Which of the waiting mails may go at this time of the campaign: hours of work, and each reader's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlmodel import col, select

from deadlines.calendar import EVENING
from deadlines.effective import DeadlineRules
from models import Mail, Person
from models.notice import DIGEST, TEST


@dataclass(frozen=True)
class Hour:
    """A local time, with the first and last hour (``HH:MM``) that a person may choose for his digest.

    ``open``: anything may go; ``early``: nothing but digests that are wanted so early.
    """

    local: datetime
    first: str
    last: str
    open: bool
    early: bool


def hour_at(rules: DeadlineRules, now: datetime) -> Hour:
    """The hour that it is: mail goes on working days, from the morning until the evening."""
    calendar = rules.calendar
    local = calendar.local(now)
    first, last = rules.schedule.digest_hours
    worked = calendar.is_workday(local.date()) and local.time() < EVENING
    started = local >= calendar.at(local.date(), calendar.rules.start)
    offered = local >= calendar.at(local.date(), first)
    return Hour(
        local, f"{first:%H:%M}", f"{last:%H:%M}", worked and started, worked and offered and not started
    )


def may_go(hour: Hour) -> ColumnElement[bool]:
    """The mails that may go now; one that tries the way may at any time."""
    kind = col(Mail.kind)
    if hour.open:
        return or_(kind != DIGEST, _digest_ready(hour))
    return or_(kind == TEST, and_(kind == DIGEST, _wanted_by_now(hour)) if hour.early else false())


def _digest_ready(hour: Hour) -> ColumnElement[bool]:
    """Today's at its reader's hour, with something overdue no later than at the rules'; old ones at once."""
    opened = or_(col(Mail.opens_at).is_(None), col(Mail.opens_at) <= hour.local)
    own = and_(_today(hour), opened, or_(_wish(hour) == "", col(Mail.pressing).is_(True)))
    return or_(col(Mail.slot) < hour.local.date().isoformat(), _wanted_by_now(hour), own)


def _wanted_by_now(hour: Hour) -> ColumnElement[bool]:
    wish = _wish(hour)
    return and_(_today(hour), wish != "", wish <= f"{hour.local:%H:%M}")


def _today(hour: Hour) -> ColumnElement[bool]:
    return col(Mail.slot) == hour.local.date().isoformat()


def _wish(hour: Hour) -> ColumnElement[str]:
    """The hour that the reader chose, as far as it is still offered; empty without one."""
    chosen = select(Person.digest_at).where(
        col(Person.id) == Mail.person_id, col(Person.digest_at).between(hour.first, hour.last)
    )
    return func.coalesce(chosen.scalar_subquery(), "")
