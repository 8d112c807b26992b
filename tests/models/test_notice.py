"""Which digests that never went are told by a later one, and whereto a mail goes when an address changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session

from models import Campaign, Mail, Notice
from models.database import Database
from models.notice import (
    DIGEST,
    FAILED,
    LEASED,
    MOOT,
    QUEUED,
    SENT,
    UNCERTAIN,
    follow_address,
    hand_over_digests,
    notices_of,
    unsent_digests,
)

AT = datetime(2020, 11, 6, tzinfo=UTC)
YESTERDAY, TODAY, TOMORROW = "2020-11-05", "2020-11-06", "2020-11-07"


def mail(session: Session, slot: str, **values: Any) -> int:
    fields = {"campaign_id": 1, "address": "a@sample.example", "kind": DIGEST, "state": QUEUED} | values
    made = Mail(slot=slot, created_at=AT, **fields)
    session.add(made)
    session.flush()
    return made.id or 0


@pytest.fixture(autouse=True)
def _campaign(database: Database) -> None:
    with database.writing() as session:
        session.add(Campaign(id=1, name="2020", year=2020, timezone="Asia/Shanghai"))


def pairs(session: Session, *ids: int) -> list[tuple[int | None, int | None]]:
    return [(old.id, new.id) for old, new in unsent_digests(session, ids, TODAY)]


def both(session: Session, old: dict[str, Any], new: dict[str, Any]) -> tuple[int, int]:
    return (
        mail(session, **{"slot": YESTERDAY, **old}),
        mail(session, **{"slot": TODAY, **new}),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {}),
        ({"state": LEASED}, {"state": LEASED}),
        ({"state": UNCERTAIN}, {"state": UNCERTAIN}),
        ({}, {"state": SENT, "sent_at": AT}),
    ],
    ids=["both wait", "both under way", "both uncertain", "the later one went"],
)
def test_a_digest_that_never_went_has_a_later_one(
    database: Database, old: dict[str, Any], new: dict[str, Any]
) -> None:
    with database.writing() as session:
        pair = both(session, old, new)
        assert [pairs(session, each) for each in pair] == [[pair], [pair]]
        assert pairs(session, *pair) == [pair]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {"address": "b@sample.example"}),
        ({}, {"kind": "report"}),
        ({"kind": "report"}, {}),
        ({"state": UNCERTAIN, "sent_at": AT}, {}),
        ({"state": SENT}, {}),
        ({"state": FAILED}, {}),
        ({"state": MOOT}, {}),
        ({}, {"state": FAILED}),
        ({}, {"state": MOOT}),
        ({}, {"slot": TOMORROW}),
        ({"slot": TODAY}, {"slot": TOMORROW}),
    ],
    ids=[
        *("another reader", "a later report", "a report", "it went", "sent", "failed", "moot"),
        *("the later failed", "the later is moot", "the later is for tomorrow", "today's and tomorrow's"),
    ],
)
def test_else_nothing_is_handed_over(database: Database, old: dict[str, Any], new: dict[str, Any]) -> None:
    with database.writing() as session:
        assert pairs(session, *both(session, old, new)) == []


def test_others_pairs_are_not_asked_for(database: Database) -> None:
    with database.writing() as session:
        pair = both(session, {}, {})
        assert pairs(session, sum(pair)) == []


def test_each_of_several_days_has_every_later_one(database: Database) -> None:
    with database.writing() as session:
        first = mail(session, "2020-11-04")
        second, third = both(session, {}, {})
        assert sorted(pairs(session, first)) == [(first, second), (first, third)]
        assert sorted(pairs(session, second)) == [(first, second), (second, third)]


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ({}, ([1, 2, 3], True)),
        ({"message_id": "<1@x>"}, ([2, 3], False)),
        ({"message_id": "<1@x>", "state": SENT}, ([2, 3], False)),
    ],
    ids=["not written", "written", "sent"],
)
def test_the_later_one_tells_it_while_its_text_is_not_fixed(
    database: Database, new: dict[str, Any], told: tuple[list[int], bool]
) -> None:
    with database.writing() as session:
        old, later = both(
            session,
            {"notice_ids": {"ids": [1, 2]}, "pressing": True},
            {"notice_ids": {"ids": [2, 3]}, **new},
        )
        assert hand_over_digests(session, [old, later], TODAY) == {old}
        kept = session.get_one(Mail, later)
        assert (kept.notice_ids["ids"], kept.pressing) == told


def test_a_pressing_one_stays_so(database: Database) -> None:
    with database.writing() as session:
        old, later = both(session, {}, {"pressing": True})
        assert hand_over_digests(session, [later], TODAY) == set()
        assert session.get_one(Mail, later).pressing
        assert session.get_one(Mail, old).state == QUEUED


def test_what_a_mail_tells_stands_in_order_without_what_is_gone(database: Database) -> None:
    with database.writing() as session:
        for key in (3, 1):
            row = Notice(
                id=key,
                campaign_id=1,
                rule=f"r{key}",
                kind="reminder",
                subject="x",
                deadline=AT,
                slot_at=AT,
                audience="office",
                decided_at=AT,
            )
            session.add(row)
        session.flush()
        kept = session.get_one(Mail, mail(session, TODAY, notice_ids={"ids": [3, 2, 1]}))
        assert [each.id for each in notices_of(session, kept)] == [1, 3]


@pytest.mark.parametrize(
    ("there", "wanted", "goes"),
    [
        ({}, "b@sample.example", "b@sample.example"),
        ({}, "", "a@sample.example"),
        ({}, "a@sample.example", "a@sample.example"),
        ({"slot": TODAY}, "b@sample.example", "a@sample.example"),
        ({"slot": YESTERDAY}, "b@sample.example", "b@sample.example"),
        ({"slot": TODAY, "kind": "report"}, "b@sample.example", "b@sample.example"),
    ],
    ids=["new", "none", "the same", "it goes there", "of another day", "of another kind"],
)
def test_a_mail_follows_its_reader_unless_the_same_goes_there(
    database: Database, there: dict[str, Any], wanted: str, goes: str
) -> None:
    with database.writing() as session:
        kept = session.get_one(Mail, mail(session, TODAY))
        if there:
            mail(session, **{"address": "b@sample.example", **there})
        follow_address(session, kept, wanted)
        assert kept.address == goes
