"""Digests list what waits for an answer, and tell who asked what was answered."""

from __future__ import annotations

from datetime import datetime

from actions.questions import answer, ask
from tests.actions.people import office as boss
from tests.actions.people import task, who
from tests.mail.campaign_mail import PostOffice
from tests.mail.written import at, groups, letter, note

WHY, TEXT = "兼课教师按人还是按门次填？", "按门次填。"


def asked(office: PostOffice, now: datetime, staff_no: str = "S071") -> int:
    with office.database.writing() as session:
        key = task(session, "6.2", "示例一系（信息工程）").id
        return ask(session, who(session, staff_no, now), key, WHY, now).id or 0


def test_the_office_s_digest_lists_what_waits_until_it_is_answered(office: PostOffice) -> None:
    key = asked(office, at(office, "2020-11-06T10:00"))
    office.decide(at(office, "2020-11-09T08:31"))
    told = letter(office, "S000")
    assert groups(told)["等我回答的提问"] == ["6.2 教师授课情况"]
    assert note(told, "6.2") == f"示例一系（信息工程）采集员（示例）11月6日（周五）问：{WHY}"
    assert told is not None
    assert told.subject.startswith("【数据采集】1 项待办")
    with office.database.writing() as session:
        answer(session, boss(session, office.now), key, TEXT, office.now)
    assert letter(office, "S000") is None


def test_who_asked_is_told_the_answer_in_his_next_digest(office: PostOffice) -> None:
    now = at(office, "2020-11-09T10:00")
    key = asked(office, now)
    with office.database.writing() as session:
        answer(session, boss(session, now), key, TEXT, now)
    office.decide(at(office, "2020-11-10T08:31"))
    told = letter(office, "S071")
    assert groups(told)["对提问的答复"] == ["6.2 教师授课情况"]
    assert told is not None
    [item] = [item for group in told.groups if group.key == "answered" for item in group.items]
    assert item.note == f"问：{WHY}　质量部管理员（示例）答：{TEXT}"
    assert [mail for mail in office.mails() if mail.slot == "2020-11-10" and mail.kind != "digest"] == []


def test_an_answer_alone_is_a_letter_of_its_own_words(office: PostOffice) -> None:
    now = at(office, "2020-11-06T10:00")
    key = asked(office, now, "S022")
    with office.database.writing() as session:
        answer(session, boss(session, now), key, TEXT, now)
    office.decide(at(office, "2020-11-09T08:31"))
    told = letter(office, "S022")
    assert told is not None
    assert (told.subject, told.lead) == ("【数据采集】您的 1 个提问有了答复", "您的提问有了答复：")
