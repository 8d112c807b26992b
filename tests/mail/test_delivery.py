"""The outbox is emptied over real SMTP; every fault ends in its class, and nothing is lost or sent twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from mail.delivery import LOGIN_PAUSE, LOGINS, PAUSES_UNTIL_TOLD, Route
from mail.line import Server
from models import Person
from models.incidents import MAIL_STOPPED, MAIL_UNREACHABLE
from tests.mail.campaign_mail import SENDER, PostOffice
from tests.mail.mail_server import DROP_AFTER_DOT, DROP_BEFORE_DATA, STALL, Post


@pytest.mark.both
@pytest.mark.parametrize("senders", [1, 2, 4])
def test_every_mail_arrives_once(office: PostOffice, post: Post, senders: int) -> None:
    assert office.deliver(post.server, senders) == 12
    assert office.states() == {"sent": 12}
    assert sorted(post.times.values()) == [1] * 12
    assert {str(message["To"]) for message in post.kept} == {mail.address for mail in office.mails()}
    assert post.connections <= senders


def test_what_arrives_can_be_read(office: PostOffice, post: Post) -> None:
    office.deliver(post.server)
    message = post.kept[0]
    assert message["Subject"] == "【数据采集】10 项待办，最近 11月11日（周三）截止"
    assert str(message["From"]) == "质量部（数据采集） <office@college.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == office.wall
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    for part in (text.get_content(), html.get_content()):
        assert "1.6 机构设置" in part
        assert "62809066" in part
        assert "https://caiji.test/assignments/" in part


@pytest.mark.both
@pytest.mark.parametrize("fault", ["421 closing", "450 busy", "451 error", DROP_BEFORE_DATA])
def test_a_fault_for_now_is_made_good_without_a_duplicate(office: PostOffice, post: Post, fault: str) -> None:
    post.faults = [fault, fault]
    office.deliver(post.server)
    office.pass_time(minutes=5)
    office.deliver(post.server)
    assert office.states() == {"sent": 12}
    assert set(post.times.values()) == {1}


@pytest.mark.both
def test_a_drop_after_the_final_dot_sends_the_same_message_again(office: PostOffice, post: Post) -> None:
    post.faults = [DROP_AFTER_DOT]
    office.deliver(post.server)
    assert office.states() == {"sent": 11, "uncertain": 1}
    office.pass_time(minutes=5)
    office.deliver(post.server)
    assert office.states() == {"sent": 12}
    assert sorted(post.times.values()) == [1] * 11 + [2]


def test_a_stall_holds_up_one_mail(office: PostOffice, post: Post) -> None:
    post.faults = [STALL]
    office.deliver(Server("127.0.0.1", post.port, timeout=0.5))
    assert office.states() == {"sent": 11, "uncertain": 1}


def test_an_unknown_recipient_fails_alone(office: PostOffice, post: Post) -> None:
    post.faults = ["550 no such user"]
    assert office.deliver(post.server) == 11
    assert office.states() == {"sent": 11, "failed": 1}
    assert office.incidents() == ["address-refused"]


@pytest.mark.both
def test_throttling_slows_everybody_down(office: PostOffice, post: Post) -> None:
    post.faults = ["550 Ip frequency limited"]
    assert office.deliver(post.server) == 0
    assert office.states() == {"queued": 12}
    assert office.delivery.run(Route(post.server, SENDER)) == 0
    office.pass_time(minutes=1)
    assert office.deliver(post.server) == 12


def test_a_wrong_password_is_tried_three_times_and_no_more(office: PostOffice, trusted: Post) -> None:
    post, trusted.password = trusted, "right"
    wrong = post.secure("starttls", "wrong")
    for _ in range(20):
        office.deliver(wrong, senders=4)
        office.pass_time(minutes=10)
    assert len(post.logins) == LOGINS
    assert office.incidents() == [MAIL_STOPPED] * LOGINS
    assert (office.states(), {mail.attempts for mail in office.mails()}) == ({"queued": 12}, {0})


def test_a_login_that_works_again_clears_the_incident(office: PostOffice, trusted: Post) -> None:
    trusted.password = "right"
    office.deliver(trusted.secure("tls", "wrong"))
    right = trusted.secure("tls", "right")
    assert office.deliver(right) == 0
    office.wall += LOGIN_PAUSE + timedelta(seconds=1)
    assert office.deliver(right) == 12
    assert office.incidents() == []


@pytest.mark.both
def test_a_server_down_for_hours_loses_nothing(office: PostOffice, post: Post) -> None:
    post.down = True
    for _ in range(PAUSES_UNTIL_TOLD + 3):
        assert office.deliver(post.server, senders=2) == 0
        office.pass_time(minutes=30)
    assert office.incidents() == [MAIL_UNREACHABLE]
    assert (office.states(), {mail.attempts for mail in office.mails()}) == ({"queued": 12}, {0})
    post.down = False
    assert office.deliver(post.server) == 12
    assert (office.incidents(), set(post.times.values())) == ([], {1})


def test_an_unreachable_server_is_left_alone_for_a_while(office: PostOffice, post: Post) -> None:
    post.down = True
    route = Route(post.server, SENDER)
    office.delivery.run(route)
    tried = post.connections
    office.delivery.run(route)
    assert post.connections == tried


def test_stopping_gives_back_what_was_not_tried(office: PostOffice, post: Post) -> None:
    office.stopping.set()
    assert office.deliver(post.server) == 0
    assert office.states() == {"queued": 12}


def test_time_up_leaves_the_rest_for_the_next_run(office: PostOffice, post: Post) -> None:
    assert office.deliver(post.server, seconds=0) == 0
    assert office.deliver(post.server) == 12


def test_the_rate_is_kept(office: PostOffice, post: Post) -> None:
    """At 1,200 a minute the twelfth mail's turn comes after eleven twentieths of a second, not before."""
    began = monotonic()
    assert office.delivery.run(Route(post.server, SENDER, 2, 1200)) == 12
    assert monotonic() - began >= 11 / 20


def test_a_missed_turn_is_made_good(office: PostOffice, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """A third of a second is lost at the second mail; the twelfth goes at its time all the same."""
    hour, real = [0.0], asyncio.sleep

    async def sleep(seconds: float) -> None:
        lost = 1 / 3 if hour[0] == 0 and seconds else 0
        hour[0] += seconds + lost
        await real(0)

    for module in ("delivery", "turns"):
        monkeypatch.setattr(f"mail.{module}.monotonic", lambda: hour[0])
    monkeypatch.setattr("mail.turns.asyncio.sleep", sleep)
    assert office.delivery.run(Route(post.server, SENDER, 1, 1200), seconds=60) == 12
    assert hour[0] == pytest.approx(11 / 20)


def test_enclosed_files_arrive(office: PostOffice, post: Post) -> None:
    with office.database.writing() as session:
        for mail in office.mails():
            mail.attachments, day = {"late-report.docx": "content"}, mail.slot
            session.add(mail)
    office.deliver(post.server)
    calendar, attached = post.kept[0].iter_attachments()
    assert calendar.get_filename() == "数据采集.ics"
    assert (attached.get_filename(), attached.get_payload(decode=True)) == (
        f"逾期报告-{day}.docx",
        b"content",
    )


@pytest.mark.parametrize("address", ["a@x.test\nBcc: b@x.test", "a@", "a@[1", ",\t.@", "王@x.test"])
def test_a_mail_that_cannot_be_written_fails_alone(office: PostOffice, post: Post, address: str) -> None:
    """A line break in an address, as Alt+Enter in Excel leaves one, holds up nobody else's mail."""
    with office.database.writing() as session:
        person = session.get_one(Person, office.mails()[0].person_id)
        person.email = address
        session.add(person)
    assert office.deliver(post.server) == 11
    assert office.states() == {"sent": 11, "failed": 1}
    assert all(message["Bcc"] is None for message in post.kept)
