"""Who was told of a deadline that no longer is one hears so, once; nobody else does."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from actions.exempt import exempt, unexempt
from actions.extend import grant, revoke
from actions.load_plan import apply
from actions.notices import WITHDRAW, decide
from actions.plan_in_force import plan_in_force
from mail.letters import Letter
from mail.render import render
from models import Grant, Mail, Notice, Person
from models.database import Database
from plans.load import load_plan
from tests.actions import people
from tests.mail.campaign_mail import PostOffice

WHY = "校企联合专业的编号教育厅周五才批下来"
MONDAY = date(2020, 11, 16)


@pytest.fixture
def told(campaign: Database, morning: datetime) -> PostOffice:
    """11-12 09:00: heads were forewarned, office and leaders heard of five late source tables."""
    office = PostOffice(campaign, morning)
    for moment in ("11-06T08:31", "11-11T13:31", "11-12T08:31"):
        office.decide(at(moment, morning))
        office.outbox.claim(office.wall, 200)
    office.now = at("11-12T09:00", morning)
    return office


def at(text: str, morning: datetime) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=morning.tzinfo)


def extend(office: PostOffice, code: str, department: str, until: date = MONDAY) -> int:
    with office.database.writing() as session:
        boss = people.office(session, office.now)
        made = grant(session, boss, people.task(session, code, department).id, until, WHY, office.now)
        return made.id or 0


def take_back(office: PostOffice, extension: int) -> None:
    with office.database.writing() as session:
        revoke(session, people.office(session, office.now), extension, "已批下来", office.now)


def pass_minutes(office: PostOffice, minutes: int = 16) -> list[Mail]:
    """Let the clock go on, and have what falls due decided; the withdrawals that are new."""
    before = {mail.id for mail in office.mails()}
    office.decide(office.now + timedelta(minutes=minutes))
    return [mail for mail in office.mails() if mail.id not in before and mail.kind == "withdrawal"]


def whose(office: PostOffice, mails: list[Mail]) -> list[str]:
    with office.database.reading() as session:
        return sorted(session.get_one(Person, mail.person_id).staff_no for mail in mails)


def letter(office: PostOffice, mail: Mail) -> Letter | None:
    with office.database.reading() as session:
        return office.outbox.drafting.desk_of(session).write(mail, office.notices(mail))


def heads_and_leaders(office: PostOffice, department: str) -> list[str]:
    with office.database.reading() as session:
        found = people.holder(session, "head", department, office.now).id
        led = people.holder(session, "leader", department, office.now).id
        known = select(Person.staff_no).where(col(Person.id).in_((found, led)))
        return sorted([*session.exec(known), "S000"])


def test_everybody_who_was_told_hears_it_once(told: PostOffice) -> None:
    expected = heads_and_leaders(told, "教务部")
    extend(told, "7.1.1", "教务部")
    assert whose(told, pass_minutes(told)) == expected
    assert pass_minutes(told) == []
    assert pass_minutes(told, 60 * 24) == []


def test_the_letter_says_what_was_told_why_not_and_what_holds(told: PostOffice) -> None:
    extend(told, "7.1.1", "教务部")
    [mail] = [mail for mail in pass_minutes(told) if whose(told, [mail]) == ["S000"]]
    found = letter(told, mail)
    assert found is not None
    assert found.subject == "【更正】先前告知的 1 项期限已变，不再按原期限计（教务部 1）"
    [group] = found.groups
    [item] = group.items
    assert (group.title, item.label, item.department) == ("截止时间已变", "7.1.1 开设专业", "教务部")
    assert item.note == (
        f"11月12日（周四）08:31 告知逾期（当时截止 11月11日（周三）23:59）。质量部办公室已批准延期：{WHY}。"
    )
    for part in render(found):
        assert "现在 11月16日（周一）23:59截止" in part
        assert WHY in part


def test_several_changes_in_a_row_make_one_mail_a_person(told: PostOffice) -> None:
    for code in ("7.1.1", "7.2"):
        extend(told, code, "教务部")
    with told.database.writing() as session:
        boss = people.office(session, told.now)
        exempt(session, boss, people.task(session, "10.1.1", "学务部").id, "没有在校生", told.now)
    mails = pass_minutes(told)
    [mail] = [mail for mail in mails if whose(told, [mail]) == ["S000"]]
    assert len(whose(told, mails)) == len(set(whose(told, mails)))
    found = letter(told, mail)
    assert found is not None
    assert {group.title: [item.label for item in group.items] for group in found.groups} == {
        "截止时间已变": ["7.1.1 开设专业", "7.2 课程设置"],
        "不再需要": ["10.1.1 学生基本信息"],
    }
    assert "已免报：没有在校生。" in render(found)[0]


def test_a_plan_that_moves_or_drops_tables_is_covered(told: PostOffice) -> None:
    with told.database.writing() as session:
        text = plan_in_force(session).text
        kept = [line for line in text["tasks"].splitlines() if not line.startswith("2,")]
        tasks = "\n".join(line.replace("2020-11-11", "2020-11-17", 1) for line in kept)
        assert len(kept) == len(text["tasks"].splitlines()) - 1
        apply(session, load_plan(tasks, text["schedule"]), None, told.now)
    [mail] = [mail for mail in pass_minutes(told) if whose(told, [mail]) == ["S000"]]
    found = letter(told, mail)
    assert found is not None
    assert {group.title: len(group.items) for group in found.groups} == {"截止时间已变": 4, "不再需要": 1}
    assert {item.note.partition("。")[2] for group in found.groups for item in group.items} == {
        "采集计划已调整。"
    }


def test_what_still_waits_becomes_moot_instead(campaign: Database, morning: datetime) -> None:
    office = PostOffice(campaign, morning)
    office.decide(at("11-12T08:31", morning))
    extend(office, "7.1.1", "教务部")
    assert pass_minutes(office) == []
    leader = people_led(office, "教务部")
    office.outbox.claim(office.wall, 200)
    states = {mail.state for mail in office.mails() if mail.kind == "escalation" and mail.person_id == leader}
    with office.database.writing() as session:
        extended = people.task(session, "7.1.1", "教务部").id
        named = session.exec(select(Notice).where(Notice.assignment_id == extended)).all()
    assert states == {"leased"}
    texts = [mail.text for mail in office.mails() if mail.kind == "escalation" and mail.person_id == leader]
    assert all("7.1.1" not in text and "7.2" in text for text in texts)
    ids = {key for mail in office.mails() if mail.kind == "escalation" for key in mail.notice_ids["ids"]}
    assert not ids & {notice.id for notice in named}
    assert pass_minutes(office) == []


def people_led(office: PostOffice, department: str) -> int:
    with office.database.reading() as session:
        return people.holder(session, "leader", department, office.now).id


def test_done_work_is_no_news(told: PostOffice) -> None:
    with told.database.writing() as session:
        key = people.task(session, "7.1.1", "教务部").id
        session.connection().exec_driver_sql(f"UPDATE assignment SET stage = 'checked' WHERE id = {key}")
    assert pass_minutes(told) == []


def test_undone_again_nobody_hears_of_it_twice(told: PostOffice) -> None:
    extension = extend(told, "7.1.1", "教务部")
    assert len(pass_minutes(told)) == 3
    take_back(told, extension)
    assert pass_minutes(told) == []
    extend(told, "7.1.1", "教务部")
    assert pass_minutes(told) == []


def test_what_is_undone_at_once_was_never_told(told: PostOffice) -> None:
    take_back(told, extend(told, "7.1.1", "教务部"))
    assert pass_minutes(told) == []


def test_a_deadline_that_stands_again_escalates_from_then_on_only(told: PostOffice) -> None:
    extension = extend(told, "7.1.1", "教务部", date(2020, 11, 30))
    pass_minutes(told)
    take_back(told, extension)
    told.now = at("11-13T08:00", told.now)
    told.decide(at("11-16T08:31", told.now))
    with told.database.reading() as session:
        key = people.task(session, "7.1.1", "教务部").id
        since = session.exec(
            select(Notice.rule).where(Notice.assignment_id == key, col(Notice.decided_at) > told.now)
        ).all()
        later = session.exec(
            select(Notice.rule).where(Notice.assignment_id == key, Notice.decided_at == told.now)
        ).all()
    assert since == []
    assert sorted(later) == ["collect-overdue", "extension-revoked", "leaders-3-after"]


def test_exempt_and_asked_again_fires_nothing_of_the_time_between(told: PostOffice) -> None:
    with told.database.writing() as session:
        boss, key = people.office(session, told.now), people.task(session, "7.1.1", "教务部").id
        exempt(session, boss, key, "没有专业", told.now)
    assert len(pass_minutes(told)) == 3
    with told.database.writing() as session:
        unexempt(session, people.office(session, told.now), key, "有专业", at("11-16T10:00", told.now))
    told.decide(at("11-16T10:05", told.now))
    with told.database.reading() as session:
        last = select(Notice).where(Notice.assignment_id == key, Notice.decided_at == told.now)
        assert session.exec(last).all() == []


def test_nothing_is_taken_back_at_night(told: PostOffice) -> None:
    extend(told, "7.1.1", "教务部")
    for moment in ("11-12T17:31", "11-12T23:00", "11-13T08:29"):
        told.now = at(moment, told.now)
        assert pass_minutes(told, 0) == []
    told.now = at("11-13T08:30", told.now)
    assert len(pass_minutes(told, 0)) == 3


def test_two_tickers_take_back_once(told: PostOffice) -> None:
    extend(told, "7.1.1", "教务部")
    for _ in range(2):
        with told.database.writing() as session:
            decide(session, WITHDRAW, told.now + timedelta(minutes=16))
    assert len([mail for mail in told.mails() if mail.kind == "withdrawal"]) == 3


def test_it_holds_again_before_the_mail_goes(told: PostOffice) -> None:
    extension = extend(told, "7.1.1", "教务部")
    mails = pass_minutes(told)
    take_back(told, extension)
    assert [letter(told, mail) for mail in mails] == [None, None, None]


def test_who_has_left_hears_nothing(told: PostOffice) -> None:
    leader = people_led(told, "教务部")
    with told.database.writing() as session:
        session.get_one(Person, leader).active = False
    extend(told, "7.1.1", "教务部")
    assert leader not in [mail.person_id for mail in pass_minutes(told)]


def test_a_roster_that_may_come_later(campaign: Database, morning: datetime) -> None:
    office = PostOffice(campaign, morning)
    with campaign.writing() as session:
        for row in session.exec(select(Grant).where(Grant.role == "collector")).all():
            session.delete(row)
    office.decide(at("11-09T08:31", morning))
    office.outbox.claim(office.wall, 200)
    with campaign.writing() as session:
        text = plan_in_force(session).text
        later = text["schedule"].replace("roster: 2020-11-07 17:30", "roster: 2020-11-12 17:30")
        assert later != text["schedule"]
        apply(session, load_plan(text["tasks"], later), None, office.now)
    [mail] = [mail for mail in pass_minutes(office) if whose(office, [mail]) == ["S000"]]
    found = letter(office, mail)
    assert found is not None
    assert {item.label for item in found.groups[0].items} == {"报采集员、审核员名单"}
    assert len(found.groups[0].items) == 12
    assert "现在 11月12日（周四）17:30截止" in render(found)[0]


def test_a_moved_deadline_repeats_nothing_of_the_same_day(told: PostOffice) -> None:
    """Another rung of the same day, for the deadline that was moved to a day earlier, adds nothing."""
    with told.database.writing() as session:
        plan = plan_in_force(session)
        text = plan.text["tasks"].replace("2020-11-11", "2020-11-10")
        later = plan.text["schedule"].replace(
            'audience: leader, days: 1, at: "08:30"', 'audience: leader, days: 2, at: "10:00"'
        )
        assert later != plan.text["schedule"]
        apply(session, load_plan(text, later), None, told.now)
    before = {mail.id for mail in told.mails()}
    told.decide(at("11-12T10:01", told.now))
    assert [mail for mail in told.mails() if mail.id not in before and mail.kind == "escalation"] == []
