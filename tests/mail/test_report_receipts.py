"""The late report tells who has seen an escalation, what was promised, and if it was kept, as known then."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select, update

from actions.late import late_report
from models import Person
from models.late import Receipted
from models.receipt import Answer, Receipt
from tests.mail.campaign_mail import PostOffice
from tests.mail.test_letters import at
from tests.mail.test_receipt_link import frozen


def answer(session: Session, office: PostOffice, audience: str, seen: str, by: str) -> None:
    found = session.exec(select(Receipt).where(Receipt.audience == audience)).first()
    assert found is not None
    session.add(Answer(receipt_id=found.id or 0, at=at(office, seen), by=at(office, by) if by else None))
    session.flush()


def told(session: Session, moment: datetime) -> dict[str, Receipted]:
    [line] = [each for each in late_report(session, moment).late if each.table == "1.6"]
    return {each.audience: each for each in line.receipts}


def test_seen_promised_broken_each_in_its_time(office: PostOffice) -> None:
    frozen(office, "2020-11-11T13:31", "forewarning")
    frozen(office, "2020-11-12T08:31", "escalation")
    with office.database.writing() as session:
        answer(session, office, "head", "2020-11-12T09:00", "2020-11-13T17:30")
        moments = [at(office, text) for text in ("2020-11-12T08:40", "2020-11-12T10:00", "2020-11-16T09:00")]
        before, after, late = (told(session, moment) for moment in moments)
    assert (before["head"].seen, before["head"].by) == (0, None)
    assert after["head"] == Receipted("head", 1, 1, at(office, "2020-11-13T17:30"))
    assert late["head"].broken
    assert [(each.told, each.seen) for name, each in late.items() if name != "head"] == [(1, 0)]
    assert set(late) == {"head", "leader"}


def test_two_people_of_one_name_are_two(office: PostOffice) -> None:
    frozen(office, "2020-11-12T08:31", "escalation")
    with office.database.writing() as session:
        session.connection().execute(update(Person).values(name="张伟"))
    frozen(office, "2020-11-16T08:31", "escalation")
    with office.database.writing() as session:
        leaders = session.exec(select(Receipt).where(Receipt.audience == "leaders")).all()
        answer(session, office, "leaders", "2020-11-16T09:00", "")
        known = told(session, at(office, "2020-11-16T10:00"))["leaders"]
    assert len(leaders) > 1
    assert (known.told, known.seen) == (len(leaders), 1)
