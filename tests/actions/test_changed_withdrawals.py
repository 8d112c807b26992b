"""Who was told of a deadline that another plan moves: counted and named beforehand, and so it comes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import col, select, update

from actions.changed_notices import changed_by_extensions
from actions.extend import grant
from actions.load_plan import apply
from deadlines.withdrawal import WITHDRAWAL
from models import Assignment, Mail, Notice, Person
from models.database import Database
from models.stages import COLLECTED
from models.throw_away import copy
from plans.load import load_plan
from plans.plan import Plan
from tests.actions.changing import at, edited, issue, live, rows, shown, told
from tests.actions.people import office, task
from tests.flows.replayed import small_campaign

LOOKS = ((8, 31), (11, 1), (12, 16), (13, 31))
LATER = ("2020-11-11", "2020-11-17")
EARLIER = ("2020-11-16", "2020-11-13")
HOLIDAY = ("holidays: []", "holidays: [2020-11-10]")
NO_LEADER = ("  - {id: leader-1-after", "  # - {id: leader-1-after")
AFTERNOON = ('due_time: "23:59:59"', 'due_time: "15:00:00"')
EVENING = (AFTERNOON[1], AFTERNOON[0])
MORE_REVIEW = ("review_within: 2", "review_within: 4")
FRIDAY = at(13, 18)
ALL_OF_ONE = {"head": 1, "office": 1, "leader": 1}
ALL_OF_TWO = dict.fromkeys(ALL_OF_ONE, 2)


def begun(database: Database, plan: Plan, now: datetime) -> None:
    """The campaign up to now: one department's table has waited for its review since Monday, and whatever was
    decided has been read."""
    issue(database, plan)
    with database.writing() as session:
        waiting = task(session, "8.6", "一系").id
        session.connection().execute(
            update(Assignment)
            .where(col(Assignment.id) == waiting)
            .values(stage=COLLECTED, collected_at=at(9, 10), first_collected_at=at(9, 10))
        )
    live(database, at(11, 8), now, LOOKS)
    with database.writing() as session:
        session.connection().execute(update(Mail).values(message_id="<1@x>", state="sent"))


def without(plan: Plan, code: str) -> Plan:
    kept = [row for row in plan.text["tasks"].splitlines() if f",{code}," not in row]
    return load_plan("\n".join([*kept, ""]), plan.text["schedule"])


def corrected(database: Database) -> list[str]:
    """Who has a mail that takes something back, by name."""
    with database.reading() as session:
        found = select(Person.name).join(Mail).where(Mail.kind == WITHDRAWAL).distinct()
        return sorted(session.exec(found))


def happened(database: Database, now: datetime, end: datetime) -> dict[tuple[str, str, str], int]:
    live(database, now, end, LOOKS)
    with database.reading() as session:
        late = select(Notice).where(col(Notice.decided_at) >= now, col(Notice.slot_at) < now)
        assert session.exec(late).all() == []
        return told(session, now)


def unchanged(database: Database, twin: Path, now: datetime) -> dict[tuple[str, str, str], int]:
    """What happens to a twin of the campaign whose plan stays as it is."""
    other = Database(f"sqlite:///{twin}", durable=False)
    with database.reading() as session:
        copy(session, other)
    found = happened(other, now, FRIDAY)
    other.close()
    return found


@pytest.mark.parametrize(
    ("now", "base", "plan", "withdrawn"),
    [
        (at(12, 12, 5), (), lambda plan: edited(plan, LATER), ALL_OF_ONE),
        (at(12, 18), (), lambda plan: edited(plan, LATER), ALL_OF_ONE),
        (at(12, 12, 5), (), lambda plan: without(plan, "1.6"), ALL_OF_ONE),
        (at(12, 12, 5), (), lambda plan: edited(plan, NO_LEADER), {}),
        (at(12, 12, 5), (), lambda plan: edited(plan, HOLIDAY), ALL_OF_ONE),
        (at(12, 12, 5), (), lambda plan: edited(plan, MORE_REVIEW, LATER), ALL_OF_TWO),
        (at(12, 12, 5), (), lambda plan: edited(plan, EARLIER), {}),
        (at(11, 12, 5), (AFTERNOON,), lambda plan: edited(plan, EVENING), {"head": 1}),
    ],
    ids=["deadline", "in the evening", "table", "ladder", "calendar", "reviews", "earlier", "same day"],
)
def test_what_is_shown_is_what_happens(
    database: Database,
    tmp_path: Path,
    now: datetime,
    base: tuple[tuple[str, str], ...],
    plan: object,
    withdrawn: dict[str, int],
) -> None:
    assert callable(plan)
    first = edited(small_campaign(), *base)
    begun(database, first, now)
    changed = plan(first)
    changes = shown(database, changed, now)
    untouched = unchanged(database, tmp_path / "twin.db", now)
    with database.writing() as session:
        apply(session, changed, None, now)
    found = happened(database, now, FRIDAY)
    expected = {(day, *who): after for day, *who, _, after in rows(changes) if day < "11-14"}
    assert found == {key: number for key, number in (untouched | expected).items() if number}
    taken = {who: number for (_, kind, who), number in found.items() if kind == WITHDRAWAL}
    assert taken == withdrawn
    assert corrected(database) == list(changes.corrected)
    assert bool(changes.corrected) == bool(withdrawn)


def test_more_time_names_who_is_corrected(database: Database) -> None:
    now = at(12, 12, 5)
    begun(database, small_campaign(), now)
    with database.writing() as session:
        late, other = task(session, "1.6", "教务部").id, task(session, "9.6.1", "二系").id
        ends = {late: at(17, 23, 59), other: at(18, 23, 59)}
        changes = changed_by_extensions(session, ends, now)
        alone = {key: changed_by_extensions(session, {key: end}, now)[key] for key, end in ends.items()}
        grant(session, office(session, now), late, date(2020, 11, 17), "出差", now)
    happened(database, now, at(13, 8))
    assert corrected(database) == list(changes[late].corrected)
    assert len(changes[late].corrected) == 3
    assert changes[other].corrected == ()
    assert changes == alone


def statements(database: Database, requests: int, now: datetime) -> int:
    """How many statements it takes to preview that many requests."""
    with database.reading() as session:
        wanted = select(Assignment.id).order_by(col(Assignment.id)).limit(requests)
        ends = {key or 0: now + timedelta(days=20) for key in session.exec(wanted)}
        counted: list[str] = []
        listen = (session.connection(), "before_cursor_execute", lambda *told: counted.append(told[2]))
        event.listen(*listen)
        assert len(changed_by_extensions(session, ends, now)) == requests
        event.remove(*listen)
    return len(counted)


def test_many_requests_take_no_more_statements_than_one(campaign: Database) -> None:
    now = at(12, 9)
    live(campaign, at(11, 13, 31), now)
    with campaign.writing() as session:
        session.connection().execute(update(Mail).values(message_id="<1@x>", state="sent"))
    assert statements(campaign, 60, now) == statements(campaign, 2, now)
