"""More time is told once whenever it comes to light, also after its quarter of an hour was looked at."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from actions.exempt import exempt, unexempt
from actions.extend import ask, refuse
from actions.more_time_told import TOLD_FROM
from actions.notices import MORE_TIME, Decided, count_mails, decide, due
from models import Mail, Mark, Notice
from models.database import Database
from models.extension import ASKED, GRANTED, REFUSED, REVOKED, Extension
from tests.actions import people

DEPARTMENT = "学务部"
FRIDAY = date(2020, 11, 20)
NEXT = {ASKED: (GRANTED, REFUSED), GRANTED: (REVOKED,), REFUSED: (), REVOKED: ()}


@pytest.fixture
def now(campaign: Database, morning: datetime) -> datetime:
    """Tuesday 09:05, looked at a moment ago."""
    now = morning.replace(day=10, hour=9, minute=5)
    look(campaign, now)
    return now


def look(database: Database, now: datetime) -> Decided:
    with database.writing() as session:
        return decide(session, MORE_TIME, now)


def asked(database: Database, at: datetime, code: str = "10.5", then: str = "") -> int:
    """A request that was made at this moment, whenever it is committed; ``then`` refused at once."""
    with database.writing() as session:
        who = people.holder(session, "collector", DEPARTMENT, at)
        made = ask(session, who, people.task(session, code, DEPARTMENT).id, FRIDAY, "出差", at).id or 0
        if then:
            refuse(session, people.office(session, at), made, then, at)
        return made


def told(database: Database) -> list[tuple[str, int, str]]:
    """Every notice of more time in the order of telling: by which rule, of which extension, for when."""
    with database.reading() as session:
        found = session.exec(select(Notice).where(col(Notice.kind).in_(MORE_TIME.kinds)))
        return [(each.rule, each.occurrence, f"{each.slot_at.astimezone():%H:%M}") for each in found]


def mails(database: Database) -> list[list[int]]:
    with database.reading() as session:
        found = session.exec(select(Mail).where(col(Mail.kind).in_(MORE_TIME.kinds)).order_by(col(Mail.id)))
        return [mail.notice_ids["ids"] for mail in found]


@pytest.mark.parametrize("then", ["", "数据已齐"], ids=["a request", "an answer"])
@pytest.mark.parametrize("behind", [timedelta(seconds=20), timedelta(minutes=50)], ids=["waited", "behind"])
def test_what_is_committed_late_is_told_with_the_next_quarter(
    campaign: Database, now: datetime, behind: timedelta, then: str
) -> None:
    look(campaign, now.replace(minute=15, second=5))
    asked(campaign, now.replace(minute=15) - behind, then=then)
    assert look(campaign, now.replace(minute=15, second=40)) == Decided(0, 0)
    assert look(campaign, now.replace(minute=30)) == Decided(1, 1)
    for minute in (30, 31, 45, 59):
        assert look(campaign, now.replace(minute=minute)) == Decided(0, 0)
    [(_, _, slot)] = told(campaign)
    assert slot == f"{now.replace(minute=30).astimezone():%H:%M}"


def test_it_is_no_part_of_the_mail_that_has_left(campaign: Database, now: datetime) -> None:
    first = asked(campaign, now)
    look(campaign, now.replace(minute=15))
    with campaign.writing() as session:
        [mail] = session.exec(select(Mail).where(Mail.kind == "extension-request"))
        mail.message_id, mail.state = "<1@x>", "sent"
    second = asked(campaign, now.replace(minute=14), "10.4")
    look(campaign, now.replace(minute=30))
    assert [key for _, key, _ in told(campaign)] == [first, second]
    assert len(mails(campaign)) == 2


def test_a_clock_that_is_ahead_is_waited_for(campaign: Database, now: datetime) -> None:
    asked(campaign, now.replace(minute=40))
    assert look(campaign, now.replace(minute=30)) == Decided(0, 0)
    assert look(campaign, now.replace(minute=45)) == Decided(1, 1)


@pytest.mark.both
def test_two_workers_tell_what_came_late_once(campaign: Database, now: datetime) -> None:
    look(campaign, now.replace(minute=15))
    asked(campaign, now)
    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(look, campaign, now.replace(minute=30)) for _ in range(4)]
        assert sorted(each.result().notices for each in found) == [0, 0, 0, 1]
    assert len(mails(campaign)) == 1


@pytest.mark.parametrize("days", [1, 8])
def test_a_stopped_scheduler_tells_it_as_it_starts(campaign: Database, now: datetime, days: int) -> None:
    look(campaign, now.replace(minute=15))
    asked(campaign, now)
    asked(campaign, now.replace(hour=16), "10.4")
    assert look(campaign, now + timedelta(days=days)) == Decided(2, 1)
    assert look(campaign, now + timedelta(days=days, minutes=30)) == Decided(0, 0)


def test_for_what_is_asked_no_more_nobody_is_asked_for_time(campaign: Database, now: datetime) -> None:
    key = asked(campaign, now)
    with campaign.writing() as session:
        boss, task = people.office(session, now), people.task(session, "10.5", DEPARTMENT).id
        exempt(session, boss, task, "没有", now)
    assert look(campaign, now.replace(minute=15)) == Decided(0, 0)
    with campaign.writing() as session:
        unexempt(session, boss, task, "有了", now.replace(minute=20))
    assert look(campaign, now.replace(minute=30)) == Decided(1, 1)
    assert [each for _, each, _ in told(campaign)] == [key]


def test_what_is_told_is_counted_no_more(campaign: Database, now: datetime) -> None:
    look(campaign, now.replace(minute=15))
    asked(campaign, now)
    assert counted(campaign, now.replace(minute=30)) == 1
    look(campaign, now.replace(minute=30))
    asked(campaign, now.replace(minute=20), "10.4", "数据已齐")
    assert counted(campaign, now.replace(minute=45)) == 1
    assert counted(campaign, now.replace(minute=44)) == 0


def counted(database: Database, now: datetime) -> int:
    with database.reading() as session:
        return count_mails(session, due(session, now, [MORE_TIME]), now)


def test_what_an_upgrade_found_looked_at_is_not_told_late(campaign: Database, now: datetime) -> None:
    asked(campaign, now.replace(hour=8, minute=55))
    kept = asked(campaign, now.replace(minute=5), "10.4")
    with campaign.writing() as session:
        session.add(Mark(job=TOLD_FROM, until=now.replace(minute=7)))
    look(campaign, now.replace(minute=15))
    assert [key for _, key, _ in told(campaign)] == [kept]


@dataclass
class Office:
    """Requests that are made, answered and taken back, some of them by a clock that is behind; the states
    that each has come through."""

    session: Session
    now: datetime
    passed: dict[int, list[str]] = field(default_factory=dict)

    def move(self, minutes: int, what: str, behind: int) -> None:
        self.now += timedelta(minutes=minutes)
        at = self.now - timedelta(minutes=behind)
        if what == ASKED:
            task = people.task(self.session, "10.5", DEPARTMENT).id
            until = self.now + timedelta(days=9)
            row = Extension(assignment_id=task, until=until, reason="出差", asked_at=at)
            self.session.add(row)
            self.session.flush()
            self.passed[row.id or 0] = [ASKED]
        elif what == "look":
            decide(self.session, MORE_TIME, self.now)
        else:
            self._answer(what, at)

    def _answer(self, state: str, at: datetime) -> None:
        for key, passed in self.passed.items():
            if state in NEXT[passed[-1]]:
                row = self.session.get_one(Extension, key)
                row.state = state
                row.decided_at, row.revoked_at = (row.decided_at, at) if state == REVOKED else (at, None)
                self.session.flush()
                return passed.append(state)
        return None


MOVES = st.tuples(
    st.integers(0, 40),
    st.sampled_from([ASKED, GRANTED, REFUSED, REVOKED, "look", "look", "look"]),
    st.sampled_from([0, 0, 1, 16, 90]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(MOVES, max_size=12))
def test_whatever_comes_late_each_is_told_once(
    campaign: Database, now: datetime, moves: list[tuple[int, str, int]]
) -> None:
    with campaign.writing() as session:
        office = Office(session, now)
        for move in [*moves, (24 * 60, "look", 0), (15, "look", 0)]:
            office.move(*move)
        found = session.exec(select(Notice).where(col(Notice.kind).in_(MORE_TIME.kinds))).all()
        heard = Counter((each.occurrence, each.rule.removeprefix("extension-")) for each in found)
        told_by = Counter(
            key
            for mail in session.exec(select(Mail).where(col(Mail.kind).in_(MORE_TIME.kinds)))
            for key in mail.notice_ids["ids"]
        )
        session.rollback()
    assert set(heard.values()) <= {1}
    assert {(key, passed[-1]) for key, passed in office.passed.items()} <= set(heard)
    assert all(state in office.passed[key] for key, state in heard)
    assert set(told_by.values()) <= {1}
    assert len(told_by) == len(found)
