"""One pause at most holds everything back, with who, when and why; nothing that waits is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select, update

from actions.notices import REMIND, decide
from actions.outgoing import Outgoing, today
from actions.pausing import pause, resume
from models import Grant, Mail, Notice, Pause, Person
from models.database import Database
from models.errors import Conflict, Refused, Unusable
from models.outbox import count_untold, untold, waiting_now
from models.pause import past_pauses, standing_pause
from tests.actions.people import holder, office

HOUR = timedelta(hours=1)


@pytest.fixture
def issued(morning: datetime) -> datetime:
    return morning.replace(hour=8, minute=31)


def decided(database: Database, now: datetime) -> None:
    with database.writing() as session:
        decide(session, REMIND, now)


def test_a_pause_says_who_when_and_why(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        pause(session, office(session, morning), "  名单有误 ", morning)
    with campaign.reading() as session:
        found = standing_pause(session)
        assert found is not None
        by = session.get_one(Person, found.begun_by)
        assert (found.reason, found.begun_at, by.staff_no) == ("名单有误", morning, "S000")


def test_resuming_keeps_the_record(campaign: Database, issued: datetime) -> None:
    decided(campaign, issued)
    with campaign.writing() as session:
        pause(session, office(session, issued), "名单有误", issued)
        assert resume(session, office(session, issued), issued + HOUR) == 12
        assert standing_pause(session) is None
        [past] = past_pauses(session, 5)
        assert (past.ended_at, past.went, past.reason) == (issued + HOUR, 12, "名单有误")


def test_only_one_pause_stands_and_only_a_standing_one_ends(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        who = office(session, morning)
        with pytest.raises(Conflict, match="没有暂停"):
            resume(session, who, morning)
        pause(session, who, "试", morning)
        with pytest.raises(Conflict, match="已经暂停"):
            pause(session, who, "试", morning)
        resume(session, who, morning)
        pause(session, who, "又试", morning)
        assert len(session.exec(select(Pause)).all()) == 2


def test_a_pause_needs_a_reason_and_the_office(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        with pytest.raises(Unusable, match="为什么"):
            pause(session, office(session, morning), "  ", morning)
        collector = holder(session, "collector", "学务部", morning)
        with pytest.raises(Refused):
            pause(session, collector, "试", morning)
        with pytest.raises(Refused):
            resume(session, collector, morning)


def test_a_stale_digest_is_counted_apart(campaign: Database, issued: datetime) -> None:
    decided(campaign, issued)
    decided(campaign, issued + timedelta(days=6))
    with campaign.reading() as session:
        found = waiting_now(session, "2020-11-12")
        days = [mail.slot for mail in session.exec(select(Mail))]
    assert found.stale == days.count("2020-11-06")
    assert (found.going, found.by_kind) == (len(days) - found.stale, {"digest": len(days) - found.stale})


def test_a_digest_of_tomorrow_does_not_go_today(campaign: Database, issued: datetime) -> None:
    decided(campaign, issued)
    with campaign.reading() as session:
        assert waiting_now(session, "2020-11-05").going == 0


def test_today_tells_what_waits_and_what_is_to_come(campaign: Database, issued: datetime) -> None:
    before = issued - HOUR / 2
    with campaign.reading() as session:
        coming = today(session, before)
    decided(campaign, issued)
    with campaign.reading() as session:
        waiting = today(session, issued)
    assert {(each.address, each.things) for each in coming} == {
        (each.address, each.things) for each in waiting
    }
    assert (len(coming), {each.mail_id for each in coming}) == (12, {None})
    assert all(each.mail_id and each.at is None for each in waiting)
    assert min(each.at for each in coming if each.at) == issued - timedelta(minutes=1)


def test_today_adds_what_falls_due_later_in_the_day(campaign: Database, issued: datetime) -> None:
    eleventh = issued.replace(day=11)
    decided(campaign, eleventh)
    with campaign.reading() as session:
        found = today(session, eleventh)
    kinds = {each.kind for each in found if each.mail_id is None}
    assert "forewarning" in kinds
    assert [each for each in found if each.kind == "digest" and each.mail_id is None] == []
    assert isinstance(found[0], Outgoing)


def test_who_has_no_address_is_shown_too(campaign: Database, issued: datetime) -> None:
    with campaign.writing() as session:
        session.connection().execute(update(Person).where(col(Person.staff_no) == "S011").values(email=""))
    with campaign.reading() as session:
        assert "" in {each.address for each in today(session, issued - HOUR / 2)}


def test_what_nobody_was_told_is_kept(campaign: Database, issued: datetime) -> None:
    with campaign.writing() as session:
        for grant in session.exec(select(Grant).where(Grant.role == "collector")):
            session.delete(grant)
        for grant in session.exec(select(Grant).where(Grant.role == "head")):
            session.delete(grant)
    decided(campaign, issued)
    with campaign.reading() as session:
        notices = session.exec(select(Notice)).all()
        assert notices
        assert count_untold(session) == len(notices)
        assert [each.id for each in untold(session, 2)] == [notices[-1].id, notices[-2].id]


def test_what_somebody_was_told_is_not_among_it(campaign: Database, issued: datetime) -> None:
    decided(campaign, issued)
    with campaign.reading() as session:
        assert count_untold(session) == 0
