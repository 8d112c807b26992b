"""An escalation reads as the report of its addressee's departments, to the one whose turn it is."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, delete, select

from actions.hold import hold
from actions.late import late_report
from mail.escalation import widest
from mail.letters import Letter, write_report
from mail.render import render
from mail.reports import as_html, summary
from models import Grant, Mail, Notice
from tests.actions.people import office as boss
from tests.actions.people import task
from tests.mail.campaign_mail import PostOffice
from tests.mail.test_letters import at, groups, hand_in, letter

FIRST, SECOND = "S910", "S920"
"""Leaders: of the six departments that plan and review, and of the six that teach."""


def told(found: Letter | None) -> tuple[object, ...]:
    assert found is not None
    return tuple(found.context[key] for key in ("due", "on_time", "late"))


def by_department(found: Letter | None, title: str) -> dict[str, list[tuple[str, list[str]]]]:
    assert found is not None
    [group] = [each for each in (*found.groups, found.context["rest"]) if each.title == title]
    return {name: notes for name, _, notes in group.departments}


def test_what_waits_for_a_review_goes_to_the_reviewing_department(
    office: PostOffice,
) -> None:
    office.now = at(office, "2020-11-09T08:31")
    hand_in(office, "7.3.1", "示例一系（信息工程）")
    with office.database.reading() as session:
        seen = task(session, "7.3.1", "示例一系（信息工程）")
    assert seen.reviewer == "教务部"
    office.decide(at(office, "2020-11-11T13:31"))
    office.decide(at(office, "2020-11-12T08:31"))
    with office.database.reading() as session:
        mine = {(n.audience, n.department) for n in _notices(office, seen.id) if n.kind != "reminder"}
    assert mine == {
        ("head", "教务部"),
        ("office", "教务部"),
        ("reviewer", "教务部"),
        ("leader", "教务部"),
    }
    assert "7.3.1 职业资格证书" in groups(letter(office, FIRST, "escalation"))["待审核"]


def _notices(office: PostOffice, key: int) -> list[Notice]:
    with office.database.reading() as session:
        return list(session.exec(select(Notice).where(Notice.assignment_id == key)))


def test_what_was_handed_in_meanwhile_is_no_longer_this_leader_s(office: PostOffice) -> None:
    office.decide(at(office, "2020-11-18T23:00"))
    office.decide(at(office, "2020-11-19T08:31"))
    before = told(letter(office, SECOND, "escalation"))
    hand_in(office, "7.3.1", "示例一系（信息工程）")
    after = letter(office, SECOND, "escalation")
    assert told(after) == (before[0], before[1], before[2] - 1)
    assert "7.3.1" not in str(by_department(after, "未提交")["示例一系（信息工程）"])
    assert "待审核" not in groups(after)


def test_a_head_is_not_forewarned_of_what_waits_for_another_department(office: PostOffice) -> None:
    office.decide(at(office, "2020-11-18T13:31"))
    before = groups(letter(office, "S072", "forewarning"))["即将到期"]
    hand_in(office, "7.3.1", "示例一系（信息工程）")
    after = groups(letter(office, "S072", "forewarning"))["即将到期"]
    assert [each for each in before if each not in after] == ["7.3.1 职业资格证书"]


def test_who_hears_as_the_office_and_as_a_leader_hears_as_the_office() -> None:
    def notice(audience: str) -> Notice:
        return Notice(campaign_id=1, rule="x", kind="escalation", subject="1", audience=audience)

    assert widest([notice("leader"), notice("office")]) == "office"
    assert widest([notice("leader"), notice("head")]) == "leader"


def test_the_numbers_are_those_of_the_addressee_s_departments(office: PostOffice) -> None:
    hand_in(office, "1.6", "政务部", "approve")
    hand_in(office, "6.1", "政务部")
    office.decide(at(office, "2020-11-12T08:31"))
    own, whole = letter(office, FIRST, "escalation"), letter(office, "S000", "escalation", last=False)
    assert told(own) == (6 + 5, 6 + 2, 5)
    assert told(whole) == (12 + 5, 12 + 2, 5)
    assert own is not None
    assert own.context["scope"] == "您分管的部门（政务部、教务部、学务部等 6 个部门）"
    assert own.context["checking"] == ["1.6 机构设置"]
    office.decide(at(office, "2020-11-19T08:31"))
    assert told(letter(office, FIRST, "escalation"))[0] == 6 + 57
    assert told(letter(office, SECOND, "escalation"))[0] == 6 + 132
    assert told(letter(office, "S000", "escalation"))[0] == 12 + 189


def test_apart_by_whose_turn_it_is_by_department_with_who_holds_it_how_long(office: PostOffice) -> None:
    hand_in(office, "1.6", "政务部")
    office.decide(at(office, "2020-11-12T08:31"))
    found = letter(office, FIRST, "escalation")
    assert by_department(found, "未提交") == {
        "教务部": [("在采集员手中，逾期 1 个工作日", ["7.1.1 开设专业", "7.2 课程设置"])],
        "政务部": [("在采集员手中，逾期 1 个工作日", ["6.1 教师基本情况"])],
        "学务部": [("在采集员手中，逾期 1 个工作日", ["10.1.1 学生基本信息"])],
    }
    assert by_department(found, "待审核") == {"政务部": [("在审核员手中，逾期 1 个工作日", ["1.6 机构设置"])]}


def test_what_was_told_before_and_is_still_late_follows(office: PostOffice) -> None:
    office.decide(at(office, "2020-11-12T08:31"))
    office.decide(at(office, "2020-11-19T08:31"))
    found = letter(office, FIRST, "escalation")
    assert found is not None
    assert found.subject.startswith("【逾期】52 项任务（")
    assert told(found) == (6 + 57, 6, 57)
    rest = by_department(found, "此前已报告、仍未完成")
    assert rest["学务部"] == [("待采集，在采集员手中，逾期 6 个工作日", ["10.1.1 学生基本信息"])]
    text, html = render(found)
    for part in (text, html):
        assert "此前已报告、仍未完成" in part
        assert "请您督促分管部门尽快完成。" in part


def test_what_is_held_back_is_said_to_leaders_with_the_reason_and_not_counted(office: PostOffice) -> None:
    office.decide(at(office, "2020-11-12T08:31"))
    with office.database.writing() as session:
        who = boss(session, office.now)
        hold(session, who, task(session, "7.1.1", "教务部").id, date(2020, 11, 16), "住院", office.now)
    found = letter(office, FIRST, "escalation")
    assert told(found) == (6 + 5, 6, 4)
    assert "7.1.1" not in str(by_department(found, "未提交"))
    assert found is not None
    assert found.context["held_back"] == ["7.1.1 开设专业 · 教务部：暂缓至 11月16日（周一），住院"]
    for part in render(found):
        assert "另有 1 项由质量部办公室暂缓上报" in part
    whole = letter(office, "S000", "escalation", last=False)
    assert told(whole) == (12 + 5, 12, 5)
    assert "7.1.1" in str(by_department(whole, "未提交"))
    assert whole is not None
    assert whole.context["held_back"] == []


def test_a_letter_of_nothing_but_held_lines_is_not_sent(office: PostOffice) -> None:
    office.decide(at(office, "2020-11-12T08:31"))
    with office.database.writing() as session:
        who = boss(session, office.now)
        for code, name in SOURCES:
            hold(session, who, task(session, code, name).id, date(2020, 11, 16), "停电", office.now)
    assert letter(office, FIRST, "escalation") is None
    assert letter(office, "S000", "escalation", last=False) is not None


SOURCES = [
    ("1.6", "政务部"),
    ("6.1", "政务部"),
    ("7.1.1", "教务部"),
    ("7.2", "教务部"),
    ("10.1.1", "学务部"),
]


def test_a_report_counts_the_rosters_that_the_escalation_tells_of(office: PostOffice) -> None:
    with office.database.writing() as session:
        session.exec(delete(Grant).where(col(Grant.role) == "collector"))
    office.decide(at(office, "2020-11-09T08:31"))
    found = letter(office, "S000", "escalation")
    assert found is not None
    assert (found.subject, told(found)) == (
        "【逾期】12 项任务（政务部 1、教务部 1、学务部 1 等）",
        (12, 0, 12),
    )
    with office.database.reading() as session:
        report = late_report(session, office.now)
        said = Mail(person_id=1, address="", kind="report", context=summary(report))
        desk = office.outbox.drafting.desk_of(session)
        mail = write_report(desk, said, [], desk.addressees.roles_of(boss(session, office.now).id))
    assert mail is not None
    assert mail.subject.endswith("应交 12，按时提交 0，目前逾期 12")
    for part in (*render(mail), as_html(report).decode()):
        assert "没有逾期" not in part
        assert "图书馆" in part


def test_a_roster_told_before_and_still_open_follows(office: PostOffice) -> None:
    with office.database.writing() as session:
        session.exec(delete(Grant).where(col(Grant.role) == "collector", col(Grant.department_id) == 1))
    office.decide(at(office, "2020-11-09T08:31"))
    office.decide(at(office, "2020-11-12T08:31"))
    found = letter(office, FIRST, "escalation")
    assert told(found) == (6 + 5, 5, 1 + 5)
    assert by_department(found, "此前已报告、仍未完成")["政务部"][0] == (
        "尚缺采集员",
        ["报采集员、审核员名单"],
    )
