"""A plan that is changed in the middle of the small campaign: what is shown beforehand, and what happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from actions.changed_notices import changed_by_plan
from actions.load_plan import apply
from actions.notices import FAMILIES, decide
from actions.people import load_people
from actions.sample_people import sample_people
from deadlines.change import NoticeChanges
from models import Notice
from models.database import Database
from plans.load import load_plan
from plans.plan import Plan

ZONE = ZoneInfo("Asia/Shanghai")
EARLIER_DIGESTS = ('  # digest_between: ["07:30", "17:00"]', '  digest_between: ["07:30", "17:00"]')
TWICE_A_DAY = ((8, 31), (13, 31))


def issue(database: Database, plan: Plan) -> None:
    """The plan as it was issued, with the sample people."""
    with database.writing() as session:
        apply(session, plan, None, plan.schedule.start)
        load_people(session, sample_people(plan), plan.schedule.start, sample=True)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2020, 11, day, hour, minute, tzinfo=ZONE)


def edited(plan: Plan, *edits: tuple[str, str]) -> Plan:
    tasks, schedule = plan.text["tasks"], plan.text["schedule"]
    for old, new in edits:
        assert old in tasks + schedule
        tasks, schedule = tasks.replace(old, new), schedule.replace(old, new)
    return load_plan(tasks, schedule)


def live(
    database: Database,
    since: datetime,
    until: datetime,
    looks: Sequence[tuple[int, int]] = TWICE_A_DAY,
) -> None:
    """What is decided when somebody looks a minute after every slot."""
    for day in range(since.day, until.day + 1):
        for hour, minute in looks:
            if since <= (moment := at(day, hour, minute)) <= until:
                with database.writing() as session:
                    for family in FAMILIES:
                        decide(session, family, moment)


def shown(database: Database, plan: Plan, now: datetime) -> NoticeChanges:
    with database.reading() as session:
        changes = changed_by_plan(session, plan, now)
    assert changes is not None
    return changes


def rows(changes: NoticeChanges) -> list[tuple[str, str, str, int, int]]:
    return [(f"{day.day:%m-%d}", day.kind, day.audience, day.before, day.after) for day in changes.days]


def told(session: Session, since: datetime) -> dict[tuple[str, str, str], int]:
    """How many notices were decided from then on, by day, kind and audience."""
    found: dict[tuple[str, str, str], int] = {}
    for each in session.exec(select(Notice).where(col(Notice.decided_at) >= since)):
        day = f"{each.slot_at.astimezone(since.tzinfo):%m-%d}"
        found[day, each.kind, each.audience] = found.get((day, each.kind, each.audience), 0) + 1
    return found
