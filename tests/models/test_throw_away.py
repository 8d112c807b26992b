"""The copy that a rehearsal plays with: whole enough to decide from, and nothing that opens a door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select
from sqlmodel import Session, SQLModel

from actions.notices import due
from models import AccessToken, Answer, Mail, Person, Receipt, SignIn
from models.database import Database
from models.facts import gather
from models.throw_away import OF_NO_USE, SECRET, copy
from models.worklist import current_campaign


@pytest.fixture
def copied(campaign: Database, tmp_path: Path, morning: datetime) -> Iterator[Database]:
    with campaign.writing() as session:
        person = session.get_one(Person, 1)
        person.password_hash = "argon"
        session.add(AccessToken(secret_hash="a", person_id=1, created_at=morning))
        session.add(SignIn(secret_hash="s", person_id=1, csrf="c", created_at=morning, expires_at=morning))
        session.add(_answered(session, morning))
    target = Database(f"sqlite:///{tmp_path / 'copy.db'}", durable=False)
    with campaign.reading() as session:
        copy(session, target)
    yield target
    target.close()


def _answered(session: Session, at: datetime) -> Answer:
    """What was said to the receipt of a mail."""
    campaign_id = current_campaign(session).id or 0
    mail = Mail(
        campaign_id=campaign_id, person_id=1, address="a@b.cn", kind="escalation", slot="s", created_at=at
    )
    session.add(mail)
    session.flush()
    receipt = Receipt(
        campaign_id=campaign_id,
        mail_id=mail.id or 0,
        person_id=1,
        audience="leader",
        secret_hash="r",
        made_at=at,
    )
    session.add(receipt)
    session.flush()
    return Answer(receipt_id=receipt.id or 0, at=at)


def counts(session: Session) -> dict[str, int]:
    tables = SQLModel.metadata.sorted_tables
    return {
        each.name: session.execute(select(func.count()).select_from(each)).scalar_one() for each in tables
    }


def test_what_is_owed_is_the_same_in_the_copy(
    campaign: Database, copied: Database, morning: datetime
) -> None:
    at = morning.replace(hour=9)
    with campaign.reading() as original, copied.reading() as session:
        assert gather(session, at) == gather(original, at)
        assert due(session, at) == due(original, at) != []


def test_nothing_that_opens_a_door_is_copied(campaign: Database, copied: Database) -> None:
    with copied.reading() as session:
        found = counts(session)
        assert set(session.execute(select(Person.password_hash)).scalars()) == {""}
        locked = [each.name for each in SQLModel.metadata.sorted_tables if "secret_hash" in each.columns]
    assert len(locked) > 2
    assert [found[name] for name in locked] == [0] * len(locked)
    with campaign.reading() as session:
        original = counts(session)
    left_out = {name for name, number in original.items() if number and not found[name]}
    assert left_out == {"accesstoken", "signin", "receipt", "answer", "change"}


def test_the_copy_does_not_wait_for_the_disk(copied: Database, campaign: Database) -> None:
    with copied.writing() as session, campaign.reading() as other:
        assert inspect(session.connection()).has_table("mail")
        assert session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one() == 0
        assert other.connection().exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_nothing_that_is_copied_speaks_of_what_is_left_out(copied: Database) -> None:
    with copied.reading() as session:
        assert session.connection().exec_driver_sql("PRAGMA foreign_key_check").all() == []
    left_out = {str(model.__tablename__) for model in OF_NO_USE}
    tables = [each for each in SQLModel.metadata.sorted_tables if SECRET not in each.columns]
    spoken_of = {
        key.column.table for each in tables if each.name not in left_out for key in each.foreign_keys
    }
    assert [each.name for each in spoken_of if each.name in left_out or SECRET in each.columns] == []
