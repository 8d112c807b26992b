"""While a pause stands nothing leaves and nothing is lost; what was not under way is written anew."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from actions.pausing import pause, resume
from actions.resend import queue_test, resend_sent
from mail.leasing import Claimed
from mail.letters import Desk
from mail.preview import Look, look
from mail.verdicts import Answer, Verdict
from models import Mail, Person, Receipt
from models.digest import digest
from tests.actions.people import office as head_of_office
from tests.mail.campaign_mail import PostOffice
from tests.mail.mail_server import Post

TAKEN, BUSY = Answer(Verdict.ACCEPTED, "250 ok"), Answer(Verdict.LATER, "450 busy")
DAYS = timedelta(days=6)


def pausing(office: PostOffice, *, ends: bool = False) -> None:
    with office.database.writing() as session:
        who = head_of_office(session, office.now)
        if ends:
            resume(session, who, office.now)
        else:
            pause(session, who, "名单有误", office.now)


def test_nothing_leaves_while_paused_and_everything_after(office: PostOffice, post: Post) -> None:
    pausing(office)
    assert office.deliver(post.server) == 0
    assert (post.connections, office.states(), office.outbox.claim(office.wall, 5)) == (0, {"queued": 12}, [])
    pausing(office, ends=True)
    assert office.deliver(post.server) == 12
    assert set(post.times.values()) == {1}


def test_notices_are_decided_while_paused(office: PostOffice, post: Post) -> None:
    pausing(office)
    office.decide(office.now + DAYS)
    assert {mail.slot for mail in office.mails() if mail.kind == "digest"} == {"2020-11-06", "2020-11-12"}
    pausing(office, ends=True)
    office.deliver(post.server)
    digests = [mail for mail in office.mails() if mail.kind == "digest"]
    assert {(mail.slot, mail.state) for mail in digests} == {("2020-11-06", "moot"), ("2020-11-12", "sent")}


def test_a_pause_in_the_middle_of_a_run_stops_it(
    office: PostOffice, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was claimed and not begun is given back, and so is what was announced and not handed over."""
    settle = office.outbox.settle

    def settle_and_pause(answers: Sequence[tuple[Claimed, Answer]], wall: datetime) -> None:
        settle(answers, wall)
        pausing(office)

    monkeypatch.setattr("mail.delivery.GLANCE", 0)
    monkeypatch.setattr(office.outbox, "settle", settle_and_pause)
    assert office.deliver(post.server) == 1
    assert office.states() == {"sent": 1, "queued": 11}


def test_a_pause_between_the_glance_and_the_claim_holds(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk_of = office.outbox.drafting.desk_of

    def desk_and_pause(session: Session) -> Desk:
        pausing(office)
        return desk_of(session)

    monkeypatch.setattr(office.outbox.drafting, "desk_of", desk_and_pause)
    assert office.outbox.claim(office.wall, 5) == []
    assert office.states() == {"queued": 12}


def test_while_paused_nothing_is_gathered(office: PostOffice, post: Post) -> None:
    pausing(office)
    office.deliver(post.server)
    office.outbox.claim(office.wall, 5)
    assert (office.desks, office.outbox.waiting(office.wall)) == (0, False)


def test_what_was_not_under_way_is_written_anew(office: PostOffice) -> None:
    claimed = office.outbox.claim(office.wall, 100)
    office.outbox.release(claimed)
    assert {mail.message_id for mail in office.mails()} == {""}
    office.decide(office.now + DAYS)
    office.outbox.claim(office.wall, 100)
    assert {mail.state for mail in office.mails() if mail.slot == "2020-11-06"} == {"moot"}


def test_what_was_tried_keeps_its_message_id_when_given_back(office: PostOffice) -> None:
    [claimed] = office.outbox.claim(office.wall, 1)
    office.outbox.settle([(claimed, Answer(Verdict.UNCERTAIN, "timed out"))], office.wall)
    office.pass_time(minutes=1)
    [again] = office.outbox.claim(office.wall, 1)
    office.outbox.release([again])
    assert office.mails()[0].message_id == claimed.content.message_id


def test_a_tried_digest_gives_way_to_a_newer_one(office: PostOffice) -> None:
    [claimed] = office.outbox.claim(office.wall, 1)
    office.outbox.settle([(claimed, BUSY)], office.wall)
    office.decide(office.now + DAYS)
    office.pass_time(minutes=2)
    assert claimed.id not in {each.id for each in office.outbox.claim(office.wall, 100)}
    assert office.mails()[0].state == "moot"


def test_a_mail_that_is_sent_once_more_gives_way_to_nothing(office: PostOffice) -> None:
    [claimed] = office.outbox.claim(office.wall, 1)
    office.outbox.settle([(claimed, TAKEN)], office.wall)
    office.decide(office.now + DAYS)
    with office.database.writing() as session:
        resend_sent(session, head_of_office(session, office.now), claimed.id, "没收到", office.wall)
    [again] = [each for each in office.outbox.claim(office.wall, 100) if each.id == claimed.id]
    assert again.content.text == claimed.content.text
    assert again.content.message_id != claimed.content.message_id


def test_every_try_is_kept(office: PostOffice) -> None:
    for answer in (BUSY, Answer(Verdict.UNCERTAIN, "timed out"), TAKEN):
        [claimed] = office.outbox.claim(office.wall, 1)
        office.outbox.settle([(claimed, answer)], office.wall)
        office.pass_time(hours=1)
        if answer is not TAKEN:
            assert office.mails()[0].id == claimed.id
            keep_first(office)
    assert [(line["verdict"], line["answer"]) for line in office.mails()[0].course] == [
        ("later", "450 busy"),
        ("uncertain", "timed out"),
        ("accepted", "250 ok"),
    ]


def keep_first(office: PostOffice) -> None:
    """Put the other mails off, so that the first one's turn comes again."""
    with office.database.writing() as session:
        for mail in session.exec(select(Mail)).all()[1:]:
            mail.next_try_at = office.wall + DAYS
            session.add(mail)


def test_a_test_mail_goes_at_night_and_others_wait(office: PostOffice, post: Post) -> None:
    office.now = office.now.replace(hour=22)
    with office.database.writing() as session:
        queue_test(session, head_of_office(session, office.now), office.now, office.wall)
    assert office.deliver(post.server) == 1
    assert post.kept[0]["Subject"] == "【数据采集】测试邮件"
    body = post.kept[0].get_body(("plain",))
    assert body is not None
    assert "11月6日（周五）22:31" in body.get_content()
    assert office.states() == {"queued": 12, "sent": 1}


def test_a_preview_is_what_will_be_sent(office: PostOffice, post: Post) -> None:
    before = seen(office)
    office.deliver(post.server)
    after = seen(office)
    assert (before.subject, before.text, before.html) == (after.subject, after.text, after.html)
    assert (before.frozen, after.frozen) == (False, True)


def test_a_preview_of_what_says_nothing_is_empty(office: PostOffice) -> None:
    with office.database.writing() as session:
        person = session.get_one(Person, office.mails()[0].person_id)
        person.active = False
        session.add(person)
    assert seen(office) == Look()


def test_a_preview_of_what_cannot_be_written_says_so(office: PostOffice) -> None:
    with office.database.writing() as session:
        mail = session.get_one(Mail, 1)
        mail.kind = "unheard-of"
        session.add(mail)
    assert seen(office).trouble == "KeyError: 'unheard-of'"


def seen(office: PostOffice) -> Look:
    with office.database.reading() as session:
        return look(session, session.get_one(Mail, 1), lambda: office.outbox.drafting.desk_of(session))


def test_an_escalation_that_is_written_anew_keeps_its_one_receipt(office: PostOffice) -> None:
    office.decide(office.now + DAYS)
    office.outbox.release(office.outbox.claim(office.wall, 100))
    office.outbox.claim(office.wall, 100)
    with office.database.reading() as session:
        receipts = session.exec(select(Receipt)).all()
        mails = {mail.id: mail for mail in session.exec(select(Mail))}
    assert receipts
    assert len(receipts) == len({each.mail_id for each in receipts})
    for each in receipts:
        [secret] = set(re.findall(r"/receipts/([\w-]+)", mails[each.mail_id].text))
        assert each.secret_hash == digest(secret)
