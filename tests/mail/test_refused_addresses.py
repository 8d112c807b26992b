"""An address that the server refuses is told at once, still tried once a day, forgotten when it is mended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from actions.people import load_people
from actions.people_file import PersonRow
from actions.resend import resend
from models import Incident, Mail, Person
from models.refusal import refusals
from tests.actions.people import office as head_of_office
from tests.mail.campaign_mail import PostOffice
from tests.mail.mail_server import Post

GONE = "550 5.1.1 no such user"


@pytest.fixture
def refused(office: PostOffice, post: Post) -> str:
    """The address of the first mail, which the server has just refused."""
    post.faults = [GONE]
    office.deliver(post.server)
    return office.mails()[0].address


def known(office: PostOffice) -> dict[str, str]:
    with office.database.reading() as session:
        return {address: found.answer for address, found in refusals(session).items()}


def told(office: PostOffice) -> list[str]:
    with office.database.reading() as session:
        return list(session.exec(select(Incident.message).where(col(Incident.resolved_at).is_(None))))


def next_day(office: PostOffice, days: int) -> None:
    office.decide(office.now + timedelta(days=days))
    office.pass_time(days=days)


def test_it_is_told_with_whom_to_correct(office: PostOffice, refused: str) -> None:
    with office.database.reading() as session:
        name = session.exec(select(Person.name).where(Person.email == refused)).one()
    [message] = told(office)
    assert known(office) == {refused: GONE}
    for wanted in (name, refused, GONE, "在“人员”中改正"):
        assert wanted in message


def test_further_digests_still_try_and_it_is_told_once(office: PostOffice, post: Post, refused: str) -> None:
    next_day(office, 6)
    post.faults = [GONE] * 20
    office.deliver(post.server)
    mails = [mail for mail in office.mails() if mail.address == refused]
    assert [mail.state for mail in mails] == ["failed", "failed"]
    assert len([message for message in told(office) if refused in message]) == 1


def test_it_is_over_when_a_mail_goes_through(office: PostOffice, post: Post, refused: str) -> None:
    next_day(office, 6)
    office.deliver(post.server)
    assert known(office) == {}
    assert [message for message in told(office) if refused in message] == []


def test_it_is_over_when_nobody_has_the_address_any_more(office: PostOffice, refused: str) -> None:
    with office.database.writing() as session:
        person = session.exec(select(Person).where(Person.email == refused)).one()
        row = PersonRow(
            line=2,
            staff_no=person.staff_no,
            name=person.name,
            email="right@college.test",
            phone="",
            department="",
            roles=("office",),
            leads=(),
            tables=(),
        )
        load_people(session, [row], office.now)
    assert (known(office), told(office)) == ({}, [])


def test_a_list_that_leaves_the_address_as_it_is_forgets_nothing(office: PostOffice, refused: str) -> None:
    with office.database.writing() as session:
        load_people(session, [], office.now)
    assert (known(office), len(told(office))) == ({refused: GONE}, 1)


def test_sending_again_goes_to_the_new_address(office: PostOffice, post: Post, refused: str) -> None:
    with office.database.writing() as session:
        session.connection().execute(
            update(Person).where(col(Person.email) == refused).values(email="right@college.test")
        )
        resend(session, head_of_office(session, office.now), 1, office.wall)
    office.deliver(post.server)
    assert str(post.kept[-1]["To"]) == "right@college.test"
    assert (office.mails()[0].state, told(office)) == ("sent", [])


def test_a_refusal_of_ourselves_says_nothing_of_the_address(office: PostOffice, post: Post) -> None:
    post.faults = ["550 5.7.1 relaying denied"]
    office.deliver(post.server)
    assert known(office) == {}
    [message] = told(office)
    assert "被服务器拒绝：550 5.7.1 relaying denied" in message
    with office.database.reading() as session:
        assert session.get_one(Mail, 1).state == "failed"
