"""A person's calendar: what he owes when it is due, what is done as cancelled, every change counted."""

from __future__ import annotations

from datetime import date, datetime
from email.message import EmailMessage

from icalendar import Calendar
from sqlmodel import select, update

from actions.exempt import exempt
from actions.extend import grant, revoke
from actions.load_plan import apply
from mail.ics import Entry
from mail.letters import Desk
from models import Grant, Person
from plans.load import load_plan
from tests.actions.people import office as office_person
from tests.actions.people import task
from tests.conftest import shipped_plan
from tests.mail.campaign_mail import URL, PostOffice
from tests.mail.mail_server import Post
from tests.mail.test_letters import hand_in


def desk(office: PostOffice) -> Desk:
    with office.database.reading() as session:
        return office.outbox.drafting.desk_of(session)


def agenda(office: PostOffice, staff_no: str) -> dict[str, Entry]:
    """The person's calendar by title."""
    with office.database.reading() as session:
        person = session.exec(select(Person).where(Person.staff_no == staff_no)).one()
    read = desk(office)
    return {entry.title: entry for entry in read.agenda.entries(read.addressees.roles_of(person.id))}


def one(office: PostOffice, staff_no: str, code: str) -> Entry:
    [found] = [entry for title, entry in agenda(office, staff_no).items() if f" {code} " in title]
    return found


def at(office: PostOffice, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=office.now.tzinfo)


def test_a_collector_has_every_table_of_his_department_near_or_far(office: PostOffice) -> None:
    found = agenda(office, "S011")
    assert len(found) == 10
    first = next(iter(found.values()))
    assert first.title == "采集 1.6 机构设置 · 政务部"
    assert first.due == at(office, "2020-11-11T23:59:59")
    assert first.link.startswith(f"{URL}assignments/")
    assert "截止：11月11日（周三）23:59" in first.text
    assert "62809066" in first.text


def test_a_reviewer_has_what_came_to_him_by_his_own_deadline(office: PostOffice) -> None:
    assert [title for title in agenda(office, "S052") if title.startswith("审核")] == []
    hand_in(office, "2.1", "政务部")
    reviewing = [entry for title, entry in agenda(office, "S012").items() if "审核 2.1" in title]
    assert [entry.due for entry in reviewing] == [at(office, "2020-11-10T17:30")]


def test_what_is_handed_in_is_cancelled_with_a_higher_number(office: PostOffice) -> None:
    before = one(office, "S011", "2.1")
    hand_in(office, "2.1", "政务部")
    after = one(office, "S011", "2.1")
    assert (before.over, after.over) == (False, True)
    assert after.uid == before.uid
    assert after.sequence > before.sequence
    assert after.changed == office.now > before.changed
    assert after.title.startswith("【已办】采集 2.1")


def test_a_return_makes_it_his_again_until_the_mending_is_due(office: PostOffice) -> None:
    office.now = at(office, "2020-11-18T16:00")
    hand_in(office, "2.1", "政务部", "return")
    found = one(office, "S011", "2.1")
    assert (found.over, found.due) == (False, at(office, "2020-11-19T17:30"))


def test_an_extension_moves_the_same_entry_and_its_end_moves_it_back(office: PostOffice) -> None:
    found = [one(office, "S011", "2.1")]
    with office.database.writing() as session:
        who = office_person(session, office.now)
        key = task(session, "2.1", "政务部").id
        given = grant(session, who, key, date(2020, 11, 25), "出差", office.now).id or 0
    found.append(one(office, "S011", "2.1"))
    with office.database.writing() as session:
        revoke(session, office_person(session, office.now), given, "误批", office.now)
    found.append(one(office, "S011", "2.1"))
    assert [entry.due.astimezone(office.now.tzinfo).day for entry in found] == [18, 25, 18]
    assert len({entry.uid for entry in found}) == 1
    assert found[0].sequence < found[1].sequence < found[2].sequence


def test_an_exempt_table_is_cancelled(office: PostOffice) -> None:
    with office.database.writing() as session:
        exempt(
            session, office_person(session, office.now), task(session, "2.1", "政务部").id, "无", office.now
        )
    assert one(office, "S011", "2.1").over


def test_a_table_that_left_the_plan_is_cancelled_and_numbered_by_the_plans_version(
    office: PostOffice,
) -> None:
    before = one(office, "S011", "2.1")
    plan = shipped_plan()
    without = "".join(row for row in plan.text["tasks"].splitlines(keepends=True) if ",2.1," not in row)
    with office.database.writing() as session:
        apply(session, load_plan(without, plan.text["schedule"]), None, office.now)
    after = one(office, "S011", "2.1")
    assert (after.over, after.sequence) == (True, before.sequence + 1)


def test_a_head_owes_the_roster_until_it_is_named(office: PostOffice) -> None:
    [roster] = [entry for title, entry in agenda(office, "S022").items() if "名单" in title]
    assert (roster.over, roster.link) == (True, f"{URL}people")
    with office.database.writing() as session:
        collector = session.exec(
            select(Grant).join(Person).where(Person.staff_no == "S021", Grant.role == "collector")
        ).one()
        session.delete(collector)
    [roster] = [entry for title, entry in agenda(office, "S022").items() if "名单" in title]
    assert (roster.over, roster.due) == (False, at(office, "2020-11-07T17:30"))


def test_who_left_has_nothing(office: PostOffice) -> None:
    with office.database.writing() as session:
        session.connection().execute(update(Person).values(active=False))
    assert agenda(office, "S011") == {}


def test_the_file_goes_with_the_mail_and_is_frozen_with_it(office: PostOffice, post: Post) -> None:
    post.faults = ["450 busy"]
    office.deliver(post.server)
    frozen = office.mails()[0].calendar
    hand_in(office, "2.1", "政务部")
    office.pass_time(minutes=5)
    office.deliver(post.server)
    assert office.states() == {"sent": 12}
    [first] = [message for message in post.kept if message["Message-ID"] == office.mails()[0].message_id]
    sent = attached(first)
    assert sent["数据采集.ics"].decode() == frozen
    assert len(Calendar.from_ical(sent["数据采集.ics"]).walk("VEVENT")) == 10
    assert "附件“数据采集.ics”" in office.mails()[0].text


def attached(message: EmailMessage) -> dict[str, bytes]:
    found = {}
    for part in message.iter_attachments():
        assert part.get_content_type() == "text/calendar"
        assert part.get_param("method") == "PUBLISH"
        found[str(part.get_filename())] = bytes(part.get_payload(decode=True) or b"")
    return found


def test_two_roles_of_one_assignment_are_two_entries(office: PostOffice) -> None:
    hand_in(office, "2.1", "政务部")
    collecting, reviewing = (one(office, staff_no, "2.1") for staff_no in ("S011", "S012"))
    assert (collecting.over, reviewing.over) == (True, False)
    assert collecting.uid != reviewing.uid
