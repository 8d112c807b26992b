"""Guesses are counted per person and address, slowed down, and forgotten; links and sessions end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from actions.people import make_activation
from actions.sign_in import (
    LIMITS,
    activate,
    bearer_of,
    demand_good_password,
    demand_patience,
    link_owner,
    note_failure,
    password_hash_of,
    session_of,
    sign_in,
    sign_out,
)
from models import Person
from models.database import Database
from models.errors import Conflict, NotFound, Refused, TooMany, Unusable

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOME = "10.0.0.1"


@pytest.fixture
def person_id(database: Database) -> int:
    with database.writing() as session:
        person = Person(staff_no="1001", name="张三", email="z@example.edu.cn", password_hash="kept")
        session.add(person)
        session.flush()
        return person.id or 0


def fail(session: Session, times: int, staff_no: str = "1001", address: str = HOME) -> None:
    for _ in range(times):
        note_failure(session, staff_no, address, NOON)
    session.flush()


def waits(session: Session, staff_no: str, address: str, at: datetime) -> int:
    """The seconds to wait; 0 where the next guess is taken."""
    try:
        demand_patience(session, staff_no, address, at)
    except TooMany as refusal:
        return int(refusal.detail["seconds"])
    return 0


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 2), (6, 3), (8, 9), (14, 513), (15, 901), (100, 901)]
)
def test_each_failure_doubles_the_wait_up_to_a_bound(
    database: Database, person_id: int, failures: int, seconds: int
) -> None:
    with database.writing() as session:
        fail(session, failures)
        assert waits(session, "1001", HOME, NOON) == seconds


def test_nobody_is_locked_out_by_somebody_else_s_guesses_for_longer_than_a_minute(
    database: Database, person_id: int
) -> None:
    with database.writing() as session:
        fail(session, 1000)
        assert waits(session, "1001", "10.0.0.2", NOON) == LIMITS["staff"].longest + 1
        assert waits(session, "1001", "10.0.0.2", NOON + timedelta(seconds=61)) == 0


def test_one_address_cannot_try_everybody(database: Database, person_id: int) -> None:
    with database.writing() as session:
        for number in range(60):
            fail(session, 1, staff_no=f"20{number}")
        assert waits(session, "3000", HOME, NOON) == LIMITS["address"].longest + 1
        assert waits(session, "3000", "10.0.0.2", NOON) == 0


def test_failures_are_forgotten_after_an_hour_and_staff_numbers_read_without_case(
    database: Database, person_id: int
) -> None:
    with database.writing() as session:
        fail(session, 6, staff_no="s1")
        assert waits(session, "S1", HOME, NOON) > 0
        assert waits(session, "S1", HOME, NOON + timedelta(minutes=61)) == 0


def test_signing_in_forgets_the_person_s_own_failures(database: Database, person_id: int) -> None:
    with database.writing() as session:
        fail(session, 7)
        sign_in(session, person_id, NOON, 12)
        assert waits(session, "1001", HOME, NOON) == 0


def test_a_session_is_known_by_its_secret_until_signed_out(database: Database, person_id: int) -> None:
    with database.writing() as session:
        secret = sign_in(session, person_id, NOON, 12)
        session.flush()
        row = session_of(session, secret)
        assert row is not None
        assert (row.person_id, row.expires_at) == (person_id, NOON + timedelta(hours=12))
        assert row.secret_hash != secret
        sign_out(session, secret)
        assert session_of(session, secret) is None


def test_who_has_left_opens_no_session_and_hears_why(database: Database, person_id: int) -> None:
    with database.writing() as session:
        assert password_hash_of(session, "1001") == (person_id, "kept")
        assert password_hash_of(session, "nobody") == (None, "")
        session.get_one(Person, person_id).active = False
        session.flush()
        with pytest.raises(Refused, match="已登记为离任/离校"):
            sign_in(session, person_id, NOON, 12)
        with pytest.raises(Conflict, match="已登记为离任/离校"):
            make_activation(session, "1001", NOON, 24)


def test_a_link_is_used_up_and_ends_every_session(database: Database, person_id: int) -> None:
    with database.writing() as session:
        secret = make_activation(session, "1001", NOON, 24)
        before = sign_in(session, person_id, NOON, 12)
        session.flush()
        assert link_owner(session, secret, NOON).name == "张三"
        assert activate(session, secret, "new", NOON) == person_id
        session.flush()
        assert password_hash_of(session, "1001") == (person_id, "new")
        assert session_of(session, before) is None
        with pytest.raises(NotFound, match="已失效或已使用过"):
            activate(session, secret, "other", NOON)


@pytest.mark.parametrize("later", [timedelta(hours=24), timedelta(days=30)])
def test_a_link_ends_in_time(database: Database, person_id: int, later: timedelta) -> None:
    with database.writing() as session:
        secret = make_activation(session, "1001", NOON, 24)
        session.flush()
        with pytest.raises(NotFound):
            link_owner(session, secret, NOON + later)


def test_an_unknown_token_is_nobody_s(database: Database) -> None:
    with database.reading() as session:
        assert bearer_of(session, "unknown") is None


@pytest.mark.parametrize("password", ["correct horse battery", "一二三四五六七八九十", "Admin of 3 rooms"])
def test_long_passwords_are_good(password: str) -> None:
    demand_good_password(password, password, "1001")


GUESSED = (
    "1234567890",
    "0123456789",
    "Password123",
    "admin12345",
    "qwertyuiop",
    "1qaz2wsx3edc",
    "Caiji@2020",
)


@pytest.mark.parametrize("password", ["", "x" * 201, "password-1001", "ababababab", *GUESSED])
def test_bad_passwords_are_refused_with_a_remedy(password: str) -> None:
    with pytest.raises(Unusable) as refusal:
        demand_good_password(password, password, "1001")
    assert refusal.value.remedy
