"""Two kinds of session: one cannot write, the other holds the lock from its start and commits or nothing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import col, select

from models import Campaign, Incident, Mark
from models.database import Database, among
from models.history import changes_of
from models.notice import notices_by_mail
from models.worklist import current_campaign, lines, open_stages

pytestmark = pytest.mark.both


def campaign(name: str) -> Campaign:
    return Campaign(name=name, year=2020, timezone="Asia/Shanghai")


def test_what_is_written_can_be_read(database: Database) -> None:
    with database.writing() as session:
        session.add(campaign("2020"))
    with database.reading() as session:
        assert session.exec(select(Campaign.name)).all() == ["2020"]


def test_an_error_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        session.add(campaign("2020"))
        session.flush()
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.exec(select(Campaign)).all() == []


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), database.reading() as session:
        session.add(campaign("2020"))
        session.flush()


def test_a_reading_session_sees_one_state(database: Database) -> None:
    with database.reading() as session:
        assert session.exec(select(Campaign)).all() == []
        with database.writing() as other:
            other.add(campaign("2020"))
        assert session.exec(select(Campaign)).all() == []


def test_writers_wait_for_each_other_and_lose_no_update(database: Database) -> None:
    """Read, then write, in forty threads: without the lock from the start this fails at once."""
    with database.writing() as session:
        session.add(Mark(job="count", until=datetime(2020, 1, 1, tzinfo=UTC)))
        session.add(Incident(at=datetime(2020, 1, 1, tzinfo=UTC), kind="0", subject="count", message=""))

    def add_one() -> None:
        with database.writing() as session:
            row = session.exec(select(Incident).where(col(Incident.subject) == "count")).one()
            row.kind = str(int(row.kind) + 1)
            session.add(row)

    threads = [threading.Thread(target=add_one) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.exec(select(Incident.kind)).one() == "40"


def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"), database.writing() as session:
        session.add(Mark(job="tick", until=datetime(2020, 1, 1)))  # noqa: DTZ001


def test_times_come_back_aware_and_in_utc(database: Database, morning: datetime) -> None:
    with database.writing() as session:
        session.add(Mark(job="tick", until=morning))
    with database.reading() as session:
        found = session.get_one(Mark, "tick").until
    assert (found, found.utcoffset(), found.hour) == (morning, UTC.utcoffset(None), 0)


MANY = range(1, 70_001)
"""More than the parameters that PostgreSQL takes in one statement (65,535)."""


def test_any_number_of_ids_can_be_asked_for_in_one_statement(database: Database) -> None:
    with database.writing() as session:
        session.add(campaign("2020"))
        session.flush()
        assert notices_by_mail(session, {1: MANY}) == {1: []}
        assert session.exec(select(Campaign.name).where(among(col(Campaign.id), MANY))).all() == ["2020"]
        assert session.exec(select(Campaign.name).where(among(col(Campaign.id), ()))).all() == []
        assert lines(session, ids=MANY) == []
        assert (open_stages(session, MANY), changes_of(session, MANY)) == ({}, {})


def test_a_second_campaign_has_no_place_beside_the_first(database: Database) -> None:
    with database.writing() as session:
        session.add(campaign("2020"))
    with pytest.raises(IntegrityError, match="only"), database.writing() as session:
        session.add(campaign("2021"))
        session.flush()
    with database.reading() as session:
        assert current_campaign(session).name == "2020"
