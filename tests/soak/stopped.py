"""The scheduler stops for a while over a deadline: what is told, beside a course without a stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import select

from actions.notices import FAMILIES, decide
from deadlines.owed import Ladder
from deadlines.slots import AFTER_THE_DEADLINE
from models import Mail, Notice
from models.database import Database
from models.facts import gather
from models.notice import DIGEST
from tests.conftest import MORNING, shipped_plan

STOPS = {"1 min": timedelta(minutes=1), "26 h": timedelta(hours=26), "8 days": timedelta(days=8)}
STOPPED = MORNING.replace(day=10, hour=8, minute=29, second=30)
"""Before a morning's reminders; the first deadline is on the evening of the next day."""
END = MORNING.replace(day=20, hour=18)


@dataclass(frozen=True)
class Course:
    """What was told: notices by key, digests by person and day, and the late things by audience."""

    notices: int
    twice: int
    digests_too_many: int
    late: frozenset[tuple[str, str]]


def course(database: Database, stop: timedelta | None) -> Course:
    """Tick at every slot of the ladders, except while stopped."""
    for now in _ticks(database, stop):
        for family in FAMILIES:
            with database.writing() as session:
                decide(session, family, now)
    with database.reading() as session:
        notices = session.exec(select(Notice)).all()
        digests = session.exec(select(Mail.address, Mail.slot).where(Mail.kind == DIGEST)).all()
    keys = Counter((each.rule, each.subject, each.deadline, each.occurrence) for each in notices)
    return Course(
        notices=len(notices),
        twice=sum(times > 1 for times in keys.values()),
        digests_too_many=sum(times > 1 for times in Counter(map(tuple, digests)).values()),
        late=frozenset((n.audience, n.subject) for n in notices if n.kind in AFTER_THE_DEADLINE),
    )


def _ticks(database: Database, stop: timedelta | None) -> list[datetime]:
    with database.reading() as session:
        facts = gather(session, MORNING)
    slots = Ladder(shipped_plan().schedule, facts, MORNING, END).moments(MORNING, END)
    if stop is None:
        return slots
    back = STOPPED + stop
    return sorted([slot for slot in slots if not STOPPED < slot < back] + [back])
