"""The office sends a sent mail once more, for a reason, and a test to himself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select, update

from actions.resend import queue_test, resend, resend_sent
from models import Mail, Person
from models.database import Database
from models.errors import Conflict, NotFound, Refused, Unusable
from tests.actions.people import holder, office

LATER = timedelta(hours=2)


def sent(session: Session, morning: datetime, staff_no: str = "S011", slot: str = "2020-11-06") -> Mail:
    person = session.exec(select(Person).where(Person.staff_no == staff_no)).one()
    found = Mail(
        campaign_id=1,
        person_id=person.id,
        address="old@college.test",
        kind="digest",
        slot=slot,
        state="sent",
        attempts=2,
        subject="三项待办",
        text="一字不改",
        message_id="<caiji-7.1@college.test>",
        created_at=morning,
        sent_at=morning,
    )
    session.add(found)
    session.flush()
    return found


def test_a_sent_mail_goes_once_more_word_for_word(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        mail = sent(session, morning)
        resend_sent(session, office(session, morning), mail.id or 0, " 本人没收到 ", morning + LATER)
        session.refresh(mail)
        assert (mail.state, mail.attempts, mail.text, mail.sent_at) == ("queued", 0, "一字不改", morning)
        assert mail.message_id.endswith("@college.test>")
        assert mail.message_id != "<caiji-7.1@college.test>"
        [line] = mail.course
        assert (line["verdict"], line["answer"]) == ("again", "本人没收到")
        assert (line["message_id"], line["address"]) == ("<caiji-7.1@college.test>", "old@college.test")
        assert line["by"] == office(session, morning).name
        assert datetime.fromisoformat(line["at"]) == morning + LATER


def test_it_goes_to_the_address_that_the_person_has_by_now(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        mail = sent(session, morning)
        resend_sent(session, office(session, morning), mail.id or 0, "改了邮箱", morning)
        session.flush()
        session.refresh(mail)
        assert mail.address == session.get_one(Person, mail.person_id).email


def test_not_to_a_mailbox_that_has_the_same_mail(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        mail = sent(session, morning)
        other = sent(session, morning, slot="other")
        other.address, other.slot = session.get_one(Person, mail.person_id).email, mail.slot
        session.flush()
        resend_sent(session, office(session, morning), mail.id or 0, "改了邮箱", morning)
        session.refresh(mail)
        assert (mail.address, mail.state) == ("old@college.test", "queued")


def test_without_a_reason_or_before_it_was_sent_it_does_not_go(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        mail, who = sent(session, morning), office(session, morning)
        with pytest.raises(Unusable, match="为什么"):
            resend_sent(session, who, mail.id or 0, " ", morning)
        assert mail.state == "sent"
        resend_sent(session, who, mail.id or 0, "没收到", morning)
        with pytest.raises(Conflict, match="只有已经发出"):
            resend_sent(session, who, mail.id or 0, "没收到", morning)
        with pytest.raises(NotFound):
            resend_sent(session, who, 999, "没收到", morning)
        with pytest.raises(Refused):
            resend_sent(session, holder(session, "collector", "学务部", morning), mail.id or 0, "x", morning)


def test_who_had_a_failed_mail_sent_again_is_kept(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        mail = sent(session, morning)
        mail.state = "failed"
        session.flush()
        resend(session, office(session, morning), mail.id or 0, morning)
        session.refresh(mail)
        assert [(line["verdict"], line["by"]) for line in mail.course] == [
            ("again", office(session, morning).name)
        ]


def test_a_test_mail_is_for_whoever_asks(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        who = office(session, morning)
        mail = queue_test(session, who, morning, morning + LATER)
        second = queue_test(session, who, morning, morning + 2 * LATER)
        assert (mail.kind, mail.state, mail.person_id) == ("test", "queued", who.id)
        assert mail.address == session.get_one(Person, who.id).email
        assert mail.id != second.id


def test_a_test_mail_needs_the_office_and_an_address(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        with pytest.raises(Refused):
            queue_test(session, holder(session, "collector", "学务部", morning), morning, morning)
        who = office(session, morning)
        session.connection().execute(update(Person).where(col(Person.id) == who.id).values(email=""))
        session.expire_all()
        with pytest.raises(Unusable, match="还没有登记邮箱"):
            queue_test(session, who, morning, morning)
