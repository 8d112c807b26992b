"""More time is told: the office hears that it is asked for, the collectors what became of it, each once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from actions.extend import ask, grant, refuse, revoke, withdraw
from actions.more_time_told import ANSWER, REQUEST
from actions.notices import MORE_TIME, decide
from mail.letters import Letter
from mail.more_time import to_answer
from mail.parts import Item
from mail.render import render
from models import Assignment, Mail, Mark, Notice, Person
from models.addressees import Held
from models.database import Database
from tests.actions import people
from tests.mail.campaign_mail import PostOffice

WHY = "数据员出差，周五才能回来"
FRIDAY = date(2020, 11, 20)
CODE, DEPARTMENT = "10.5", "学务部"


def at(text: str, morning: datetime) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=morning.tzinfo)


@pytest.fixture
def desk(campaign: Database, morning: datetime) -> PostOffice:
    """11-10 09:05, with everything told that fell due before."""
    office = PostOffice(campaign, morning)
    office.decide(at("11-10T09:05", morning))
    return office


def key(session: Session) -> int:
    return people.task(session, CODE, DEPARTMENT).id


def ask_for(desk: PostOffice, until: date = FRIDAY) -> int:
    with desk.database.writing() as session:
        who = people.holder(session, "collector", DEPARTMENT, desk.now)
        return ask(session, who, key(session), until, WHY, desk.now).id or 0


def answer(desk: PostOffice, extension: int, what: str, reason: str = "同意") -> None:
    with desk.database.writing() as session:
        boss = people.office(session, desk.now)
        if what == "grant":
            grant(session, boss, key(session), FRIDAY, reason, desk.now)
        else:
            (refuse if what == "refuse" else revoke)(session, boss, extension, reason, desk.now)


def told(desk: PostOffice, now: datetime | None = None, minutes: int = 15) -> list[Mail]:
    """The mails about more time that come with the clock moved on."""
    before = {mail.id for mail in desk.mails()}
    desk.decide(now or desk.now + timedelta(minutes=minutes))
    return [mail for mail in desk.mails() if mail.id not in before and mail.kind in (REQUEST, ANSWER)]


def whose(desk: PostOffice, mails: list[Mail]) -> list[tuple[str, str]]:
    with desk.database.reading() as session:
        return [(mail.kind, session.get_one(Person, mail.person_id).name) for mail in mails]


def collector(desk: PostOffice) -> str:
    with desk.database.reading() as session:
        return people.holder(session, "collector", DEPARTMENT, desk.now).name


def letter(desk: PostOffice, mail: Mail) -> Letter | None:
    with desk.database.reading() as session:
        return desk.outbox.drafting.desk_of(session).write(mail, desk.notices(mail))


def said(desk: PostOffice, mail: Mail) -> tuple[str, str]:
    found = letter(desk, mail)
    assert found is not None
    return found.subject, render(found)[0]


def test_the_office_hears_of_a_request_once(desk: PostOffice) -> None:
    ask_for(desk)
    [mail] = told(desk)
    assert whose(desk, [mail]) == [(REQUEST, "质量部管理员（示例）")]
    subject, text = said(desk, mail)
    assert subject == "【延期申请】1 项等您答复（学务部 1）"
    assert f"{collector(desk)}申请延期至 11月20日（周五）：{WHY}" in text
    assert told(desk, minutes=60 * 24) == []


def test_of_a_request_taken_back_nothing_is_sent(desk: PostOffice) -> None:
    extension = ask_for(desk)
    [mail] = told(desk)
    with desk.database.writing() as session:
        assert [item.label for item in office_answers(desk, session)] == ["10.5 志愿者（义工/社工）活动"]
        who = people.holder(session, "collector", DEPARTMENT, desk.now)
        withdraw(session, who, key(session), extension, desk.now)
    assert letter(desk, mail) is None
    assert told(desk, minutes=60 * 24) == []
    with desk.database.reading() as session:
        assert office_answers(desk, session) == []


def office_answers(desk: PostOffice, session: Session) -> list[Item]:
    """What the office's digest asks it to answer."""
    return list(to_answer(desk.outbox.drafting.desk_of(session), [Held(Person(), "office", None, None)]))


def test_requests_of_a_quarter_of_an_hour_are_one_mail(desk: PostOffice) -> None:
    ask_for(desk)
    with desk.database.writing() as session:
        who = people.holder(session, "collector", "财务处", desk.now)
        ask(session, who, people.task(session, "5.2.3", "财务处").id, FRIDAY, WHY, desk.now)
    [mail] = told(desk)
    assert said(desk, mail)[0] == "【延期申请】2 项等您答复（学务部 1、财务处 1）"


def test_who_asked_hears_the_answer_the_same_day(desk: PostOffice) -> None:
    extension = ask_for(desk)
    told(desk)
    answer(desk, extension, "grant", "请周五前交齐")
    [mail] = told(desk)
    assert whose(desk, [mail]) == [(ANSWER, collector(desk))]
    subject, text = said(desk, mail)
    assert subject.startswith("【延期】10.5 ")
    assert subject.endswith("已同意延期，11月20日（周五）截止")
    assert "同意延至 11月20日（周五）23:59：请周五前交齐" in text
    assert told(desk, minutes=60 * 24) == []


def test_a_refusal_says_why_and_what_holds(desk: PostOffice) -> None:
    extension = ask_for(desk)
    told(desk)
    answer(desk, extension, "refuse", "上级平台 20 日关闭")
    [mail] = told(desk)
    subject, text = said(desk, mail)
    assert subject.endswith("未同意延期，11月18日（周三）截止")
    assert "11月18日（周三）23:59" in text
    assert "申请延至 11月20日（周五）23:59，未同意：上级平台 20 日关闭" in text


def test_time_taken_back_is_told_with_its_reason(desk: PostOffice) -> None:
    extension = ask_for(desk)
    answer(desk, extension, "grant")
    told(desk)
    answer(desk, extension, "revoke", "人已返校")
    [mail] = told(desk)
    assert "原延至 11月20日（周五）23:59，已收回：人已返校" in said(desk, mail)[1]


def test_each_that_is_taken_back_has_its_own_reason(desk: PostOffice) -> None:
    mails = []
    for reason in ("人已返校", "换人填报"):
        extension = ask_for(desk)
        answer(desk, extension, "grant")
        told(desk)
        answer(desk, extension, "revoke", reason)
        mails += told(desk)
    first, second = (said(desk, mail)[1] for mail in mails)
    assert ("人已返校" in first, "换人填报" in first) == (True, False)
    assert "换人填报" in second


def test_an_answer_that_was_changed_before_its_mail_was_written_is_told_once(desk: PostOffice) -> None:
    extension = ask_for(desk)
    answer(desk, extension, "grant")
    [granted] = told(desk)
    answer(desk, extension, "revoke", "人已返校")
    [revoked] = told(desk)
    assert letter(desk, granted) is None
    assert letter(desk, revoked) is not None


def test_what_was_answered_at_once_asks_nobody(desk: PostOffice) -> None:
    answer(desk, ask_for(desk), "grant")
    assert whose(desk, told(desk)) == [(ANSWER, collector(desk))]


def test_a_request_answered_before_its_mail_was_written_is_moot(desk: PostOffice) -> None:
    extension = ask_for(desk)
    [mail] = told(desk)
    answer(desk, extension, "refuse")
    assert letter(desk, mail) is None


def test_in_the_evening_it_waits_for_the_morning(desk: PostOffice, morning: datetime) -> None:
    told(desk, at("11-13T18:10", morning))
    ask_for(desk)
    assert told(desk, at("11-13T19:50", morning)) == []
    assert told(desk, at("11-14T10:00", morning)) == []
    [mail] = told(desk, at("11-16T08:30", morning))
    assert mail.slot == "extension-asked 2020-11-16T08:30"


def test_after_an_outage_it_is_told_once(desk: PostOffice, morning: datetime) -> None:
    ask_for(desk)
    [mail] = told(desk, at("11-12T15:00", morning))
    assert mail.kind == REQUEST
    with desk.database.writing() as session:
        assert decide(session, MORE_TIME, desk.now).notices == 0
        session.exec(select(Mark).where(Mark.job == "more_time")).one().until = at("11-10T09:00", morning)
    with desk.database.writing() as session:
        assert decide(session, MORE_TIME, desk.now).notices == 0


def test_asked_again_the_same_day_is_told_again(desk: PostOffice) -> None:
    answer(desk, ask_for(desk), "refuse")
    told(desk)
    ask_for(desk)
    assert whose(desk, told(desk)) == [(REQUEST, "质量部管理员（示例）")]
    with desk.database.reading() as session:
        kept = select(Notice.rule).where(col(Notice.kind).in_((REQUEST, ANSWER)))
        assert list(session.exec(kept)) == ["extension-refused", "extension-asked"]


def test_what_waits_stands_in_the_office_s_digest(desk: PostOffice, morning: datetime) -> None:
    with desk.database.reading() as session:
        boss = session.exec(select(Person).where(Person.staff_no == "S000")).one()
        plain = desk.outbox.drafting.desk_of(session).write(digest(boss), [])
    ask_for(desk)
    found = letter(desk, digest(boss))
    assert found is not None
    groups = {group.key: [item.department for item in group.items] for group in found.groups}
    assert groups["asked"] == [DEPARTMENT]
    with desk.database.writing() as session:
        session.get_one(Assignment, key(session)).stage = "checked"
    done = letter(desk, digest(boss))
    assert done is None or "asked" not in {group.key for group in done.groups}
    assert plain is None or "asked" not in {group.key for group in plain.groups}


def digest(person: Person) -> Mail:
    return Mail(
        campaign_id=1,
        person_id=person.id,
        address=person.email,
        kind="digest",
        slot="2020-11-10",
        notice_ids={"ids": []},
        created_at=datetime.now().astimezone(),
    )
