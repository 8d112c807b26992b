"""The time of day at which a person wants his digest, within what the office allows."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, update

from actions.plan_in_force import plan_in_force
from actions.who import Who
from models import Person
from models.errors import Sentence, Unusable

STEP = timedelta(minutes=30)


def digest_hours(session: Session) -> list[str]:
    """The times (``HH:MM``) that may be chosen: each half hour that the office allows."""
    first, last = plan_in_force(session).schedule.digest_hours
    day = datetime(2000, 1, 1)  # noqa: DTZ001 - only the clock is looked at
    at, end = datetime.combine(day, first), datetime.combine(day, last)
    at += -(at - day) % STEP
    return [f"{at + n * STEP:%H:%M}" for n in range((end - at) // STEP + 1)]


def choose_digest_hour(session: Session, who: Who, at: str) -> None:
    """Have the digest at this time from now on; empty: at the times of the rules.  Unusable for any other."""
    allowed = digest_hours(session)
    if at and at not in allowed:
        raise Unusable(
            "这个时间不能选。",
            Sentence(
                "请从 %(first)s 到 %(last)s 之间的整点和半点里选一个。",
                first=allowed[0],
                last=allowed[-1],
            ),
        )
    session.connection().execute(update(Person).where(col(Person.id) == who.id).values(digest_at=at))
