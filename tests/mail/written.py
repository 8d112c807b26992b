"""Letters as they would be written now, and what they say."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import select

from mail.letters import Letter
from models import Person
from tests.mail.campaign_mail import PostOffice


def letter(office: PostOffice, staff_no: str, kind: str = "digest", last: bool = True) -> Letter | None:
    """The newest letter of a kind to this person, as it would be written now."""
    with office.database.reading() as session:
        person = session.exec(select(Person).where(Person.staff_no == staff_no)).one()
    found = [mail for mail in office.mails() if (mail.person_id, mail.kind) == (person.id, kind)]
    mail = found[-1 if last else 0]
    with office.database.reading() as session:
        return office.outbox.drafting.desk_of(session).write(mail, office.notices(mail))


def groups(found: Letter | None) -> dict[str, list[str]]:
    assert found is not None
    return {group.title: [item.label for item in group.items] for group in found.groups}


def at(office: PostOffice, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=office.now.tzinfo)


def note(found: Letter | None, code: str) -> str:
    assert found is not None
    [said] = [item.note for group in found.groups for item in group.items if item.label.split()[0] == code]
    return said
