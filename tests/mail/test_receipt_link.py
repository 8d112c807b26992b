"""Each escalation carries a link of its own, made when its text is frozen; only its hash is kept."""

from __future__ import annotations

import re
from datetime import datetime

from sqlmodel import Session, col, select, update

from mail.letters import Desk
from mail.preview import look
from models import Mail, Person, Receipt
from models.digest import digest
from models.receipt import receipts_by_subject
from tests.actions.people import task
from tests.mail.campaign_mail import URL, PostOffice
from tests.mail.test_letters import at, hand_in

LINK = re.compile(re.escape(URL) + r"receipts/([\w-]{32})")


def frozen(office: PostOffice, text: str, kind: str) -> list[Mail]:
    """The mails of a kind, claimed at this moment."""
    office.decide(at(office, text))
    office.outbox.claim(office.wall, 500)
    return [mail for mail in office.mails() if mail.kind == kind and mail.message_id]


def kept(office: PostOffice) -> list[Receipt]:
    with office.database.reading() as session:
        return list(session.exec(select(Receipt).order_by(col(Receipt.id))))


def test_every_escalation_and_forewarning_has_its_own(office: PostOffice) -> None:
    warned = frozen(office, "2020-11-11T13:31", "forewarning")
    told = frozen(office, "2020-11-12T08:31", "escalation")
    assert len(warned) == 3
    [to_office, to_leader] = told
    assert "/receipts/" not in to_office.text + to_office.html
    linked = [*warned, to_leader]
    secrets = [LINK.findall(part) for mail in linked for part in (mail.text, mail.html)]
    assert all(len(found) == 1 for found in secrets)
    made = [found[0] for found in secrets[::2]]
    assert [found[0] for found in secrets[1::2]] == made
    assert len(set(made)) == 4
    assert [each.secret_hash for each in kept(office)] == [digest(secret) for secret in made]
    assert [each.mail_id for each in kept(office)] == [mail.id for mail in linked]
    assert [each.audience for each in kept(office)] == ["head"] * 3 + ["leader"]


def test_a_digest_and_a_report_ask_for_none(office: PostOffice) -> None:
    office.decide(at(office, "2020-11-06T08:31"))
    office.outbox.claim(office.wall, 500)
    assert kept(office) == []
    assert not any("/receipts/" in mail.text for mail in office.mails())


def test_it_is_about_what_the_mail_says_by_whose_turn_it_is(office: PostOffice) -> None:
    waiting = hand_in(office, "1.6", "政务部")
    frozen(office, "2020-11-12T08:31", "escalation")
    [asked] = kept(office)
    with office.database.reading() as session:
        others = [task(session, code, name).id for code, name in OTHERS]
    assert asked.about == {"collector": others, "reviewer": [waiting], "rosters": []}
    assert asked.made_at == office.now


OTHERS = [("6.1", "政务部"), ("7.1.1", "教务部"), ("7.2", "教务部"), ("10.1.1", "学务部")]


def test_what_is_sent_again_has_the_same_link(office: PostOffice) -> None:
    [_, first] = frozen(office, "2020-11-12T08:31", "escalation")
    with office.database.writing() as session:
        session.connection().execute(update(Mail).values(leased_until=office.wall))
    office.pass_time(minutes=5)
    again = {claimed.id: claimed for claimed in office.outbox.claim(office.wall, 500)}
    assert again[first.id or 0].content.text == first.text
    assert len(kept(office)) == 1


def test_a_preview_leaves_it_out(office: PostOffice) -> None:
    [_, first] = frozen(office, "2020-11-12T08:31", "escalation")
    with office.database.reading() as session:
        shown = look(session, first, lambda: office.outbox.drafting.desk_of(session))
    for whole, part in ((first.text, shown.text), (first.html, shown.html)):
        assert LINK.search(whole)
        assert LINK.sub(f"{URL}receipts/…", whole) == part


def test_without_a_public_address_there_is_none(office: PostOffice) -> None:
    make = office.outbox.drafting.desk_of

    def without(session: Session) -> Desk:
        desk = make(session)
        desk.url = ""
        return desk

    office.outbox.drafting.desk_of = without
    [_, mail] = frozen(office, "2020-11-12T08:31", "escalation")
    assert "已知悉" not in mail.text
    assert kept(office) == []


def test_a_moot_mail_leaves_none(office: PostOffice) -> None:
    office.decide(at(office, "2020-11-12T08:31"))
    for code, name in (("1.6", "政务部"), *OTHERS):
        hand_in(office, code, name, "approve")
    office.outbox.claim(office.wall, 500)
    states = {mail.state for mail in office.mails() if mail.kind == "escalation"}
    assert (states, kept(office)) == ({"moot"}, [])


def test_the_reports_query_names_them_by_assignment(office: PostOffice) -> None:
    frozen(office, "2020-11-12T08:31", "escalation")
    with office.database.reading() as session:
        name = session.exec(select(Person.name).where(Person.staff_no == "S910")).one()
        key = task(session, "7.2", "教务部").id
        known = receipts_by_subject(session, office.now)
        told = known[key][-1]
        assert (told.person, told.audience, told.seen_at) == (name, "leader", None)
        assert receipts_by_subject(session, datetime(2020, 11, 12, tzinfo=office.now.tzinfo)) == {}
