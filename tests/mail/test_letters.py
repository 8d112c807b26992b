"""What the mails say: everything a person has to do, grouped, with the nearest date and where to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import col, select, update

from actions.review import decide as review
from actions.submit import submit, upload
from mail.letters import Letter
from mail.parts import Group
from mail.render import FOLDER, render
from models import Addition, Assignment, Grant, Mail, Notice, Person
from models.database import Database
from models.worklist import lines
from tests.actions.people import holder, task, workbook
from tests.mail.campaign_mail import URL, PostOffice
from tests.mail.written import at, groups, letter, note


def hand_in(office: PostOffice, code: str, department: str, verdict: str = "") -> int:
    with office.database.writing() as session:
        key = task(session, code, department).id
        who = holder(session, "collector", department, office.now)
        kept = upload(session, who, key, workbook(code), office.now)
        submit(session, who, key, kept.id or 0, office.now, None)
        if verdict:
            [line] = lines(session, ids=[key])
            judge = holder(session, "reviewer", line.reviewer or "", office.now)
            review(session, judge, key, kept.id or 0, verdict, "合计与分项不符", office.now)
    return key


def test_the_first_digest_lists_all_tables_by_date(office: PostOffice) -> None:
    found = letter(office, "S011")
    assert list(groups(found)) == ["接下来到期"]
    assert found is not None
    assert found.count == 10
    items = found.groups[0].items
    assert items[0].label == "1.6 机构设置"
    assert [item.due for item in items] == sorted(item.due for item in items)
    assert found.subject == "【数据采集】10 项待办，最近 11月11日（周三）截止"
    assert found.greeting == "政务部采集员（示例），您好："
    assert items[0].link.startswith(f"{URL}assignments/")


def test_groups_by_urgency(office: PostOffice) -> None:
    hand_in(office, "6.1", "政务部", "return")
    office.decide(at(office, "2020-11-11T08:31"))
    assert groups(letter(office, "S011")) == {
        "今天截止": ["1.6 机构设置"],
        "退回待修改": ["6.1 教师基本情况"],
        "接下来到期": groups(letter(office, "S011"))["接下来到期"],
    }
    office.decide(at(office, "2020-11-12T08:31"))
    found = letter(office, "S011")
    assert groups(found)["已逾期"] == ["1.6 机构设置"]
    assert found is not None
    assert found.groups[0].items[0].note == "已逾期 1 个工作日"
    assert found.subject.startswith("【数据采集】2 项已逾期，共 ")


def test_a_return_says_why(office: PostOffice) -> None:
    hand_in(office, "1.6", "政务部", "return")
    office.decide(at(office, "2020-11-09T08:31"))
    found = letter(office, "S011")
    assert found is not None
    [sent_back] = [group for group in found.groups if group.key == "returned"]
    assert "合计与分项不符" in sent_back.items[0].note
    assert "合计与分项不符" in render(found)[0]


def test_who_is_waited_for_is_named_as_long_as_it_is(office: PostOffice) -> None:
    with office.database.writing() as session:
        asker, owner = task(session, "1.6", "政务部"), task(session, "7.1.1", "教务部")
        made = Addition(
            assignment_id=asker.id,
            owner_id=owner.id,
            table_code="7.1.1",
            column="专业代码",
            value="1",
            asked_at=office.now,
        )
        session.add(made)
    assert note(letter(office, "S011"), "1.6") == "等待教务部补录"
    with office.database.writing() as session:
        over = session.get_one(Addition, made.id)
        over.state, over.closed_at = "withdrawn", office.now
    assert note(letter(office, "S011"), "1.6") == ""


def test_a_reviewer_sees_what_waits_and_a_person_of_both_roles_one_letter(office: PostOffice) -> None:
    hand_in(office, "1.6", "政务部")
    with office.database.writing() as session:
        collector = session.exec(select(Person).where(Person.staff_no == "S021")).one()
        grant = session.exec(
            select(Grant).join(Person).where(Person.staff_no == "S012", Grant.role == "reviewer")
        ).one()
        session.add(Grant(person_id=collector.id or 0, role="reviewer", department_id=grant.department_id))
    office.decide(at(office, "2020-11-11T08:31"))
    both = groups(letter(office, "S021"))
    assert both["等我审核"] == ["1.6 机构设置"]
    assert both["今天截止"] == ["7.1.1 开设专业", "7.2 课程设置"]
    assert groups(letter(office, "S012")) == {"等我审核": ["1.6 机构设置"]}


def test_a_reviewer_of_single_tables_sees_only_these(office: PostOffice) -> None:
    hand_in(office, "1.6", "政务部")
    hand_in(office, "6.1", "政务部")
    with office.database.writing() as session:
        grant = session.exec(
            select(Grant).join(Person).where(Person.staff_no == "S012", Grant.role == "reviewer")
        ).one()
        grant.table_code = "6.1"
        session.add(grant)
    office.decide(at(office, "2020-11-11T08:31"))
    assert groups(letter(office, "S012")) == {"等我审核": ["6.1 教师基本情况"]}


def test_a_head_whose_roster_is_missing(office: PostOffice) -> None:
    with office.database.writing() as session:
        for grant in session.exec(select(Grant).where(Grant.role == "collector")):
            session.delete(grant)
    office.decide(at(office, "2020-11-09T08:31"))
    found = letter(office, "S012")
    assert found is not None
    [item] = found.groups[0].items
    assert (item.label, item.note) == ("报采集员、审核员名单", "尚缺采集员")
    assert found.subject == "【数据采集】1 项已逾期，共 1 项待办"


def test_who_is_told_of_others_work_reads_whose_turn_it_is_while_it_is(office: PostOffice) -> None:
    key = hand_in(office, "6.1", "政务部")
    office.now = at(office, "2020-11-12T08:31")
    with office.database.reading() as session:
        leader = holder(session, "leader", "政务部", office.now)
        desk = office.outbox.drafting.desk_of(session)
    told = {"rule": "x", "kind": "overdue", "subject": "6.1", "audience": "leader", "department": "政务部"}
    mine = Notice(**told, assignment_id=key, holder="reviewer")
    others = Notice(
        **told | {"department": "学务部", "audience": "head"}, assignment_id=1, holder="collector"
    )
    mail = Mail(person_id=leader.id, address="", kind="digest")
    found = desk.write(mail, [mine, others])
    assert groups(found) == {"请您过问": ["6.1 教师基本情况"]}
    assert found is not None
    assert found.lead == "以下事项尚未完成，请您过问："
    assert found.subject == "【数据采集】1 项已逾期，共 1 项请您过问"
    assert note(found, "6.1") == "在政务部审核员手中，已逾期 1 个工作日"
    desk.facts[key] = replace(desk.facts[key], stage="checked")
    assert desk.write(mail, [mine, others]) is None


def test_a_forewarning_names_what_is_not_done(office: PostOffice) -> None:
    office.decide(at(office, "2020-11-11T13:31"))
    assert groups(letter(office, "S012", "forewarning")) == {"即将到期": ["1.6 机构设置", "6.1 教师基本情况"]}
    hand_in(office, "1.6", "政务部", "approve")
    found = letter(office, "S012", "forewarning")
    assert groups(found) == {"即将到期": ["6.1 教师基本情况"]}
    assert found is not None
    assert found.subject == "【数据采集】1 项将于 11月11日（周三）23:59 截止，尚未完成"
    office.now = at(office, "2020-11-12T00:01")
    assert letter(office, "S012", "forewarning") is None


def test_an_escalation_keeps_apart_whose_turn_it_is_and_stops_with_the_work(office: PostOffice) -> None:
    hand_in(office, "1.6", "政务部")
    office.decide(at(office, "2020-11-12T08:31"))
    found = letter(office, "S000", "escalation", last=False)
    assert groups(found) == {
        "未提交": ["6.1 教师基本情况", "7.1.1 开设专业", "7.2 课程设置", "10.1.1 学生基本信息"],
        "待审核": ["1.6 机构设置"],
    }
    assert found is not None
    assert found.subject == "【逾期】5 项任务（政务部 2、教务部 2、学务部 1）"
    assert "未提交 4 项，待审核 1 项" in found.lead
    with office.database.writing() as session:
        session.connection().execute(update(Assignment).values(stage="checked"))
    assert letter(office, "S000", "escalation") is None


def test_somebody_without_any_right_gets_no_letter(office: PostOffice) -> None:
    mail = office.mails()[0]
    with office.database.writing() as session:
        session.connection().execute(
            update(Grant).where(col(Grant.person_id) == mail.person_id).values(until=office.now)
        )
    with office.database.reading() as session:
        assert office.outbox.drafting.desk_of(session).write(mail, office.notices(mail)) is None


def test_colleagues_who_share_a_mailbox_get_one_letter_with_all_of_it(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        both = session.exec(select(Person).where(col(Person.staff_no).in_(("S011", "S021")))).all()
        for person in both:
            person.email = "both@college.test"
            session.add(person)
    office = PostOffice(campaign, morning.replace(hour=8, minute=31))
    office.decide()
    assert len(office.mails()) == 11
    [mail] = [mail for mail in office.mails() if mail.address == "both@college.test"]
    with campaign.reading() as session:
        found = office.outbox.drafting.desk_of(session).write(mail, office.notices(mail))
    assert {item.department for item in (found.groups[0].items if found else ())} == {"政务部", "教务部"}


def test_what_people_wrote_is_escaped_in_html(office: PostOffice) -> None:
    with office.database.writing() as session:
        session.connection().execute(update(Person).values(name='<b onclick="x">李</b>'))
    found = letter(office, "S011")
    assert found is not None
    text, html = render(found)
    assert '<b onclick="x">' in text
    assert "&lt;b onclick=" in html
    assert "<b " not in html


def test_without_a_public_address_there_are_no_dead_links(office: PostOffice) -> None:
    with office.database.reading() as session:
        desk = office.outbox.drafting.desk_of(session)
    desk.url = ""
    mail = office.mails()[0]
    found = desk.write(mail, office.notices(mail))
    assert found is not None
    for part in render(found):
        assert "http" not in part
        assert "进入系统" not in part


@pytest.mark.parametrize(
    "template", sorted(path.stem for path in FOLDER.glob("*.txt") if path.stem != "base")
)
def test_every_template_has_its_pair_and_renders(office: PostOffice, template: str) -> None:
    found = letter(office, "S011")
    assert found is not None
    numbers = {
        "at_text": "11月12日（周四）08:30",
        "due": 5,
        "on_time": 2,
        "late": 1,
        "new": 1,
        "settled": 0,
        "rosters": ["学务部"],
        "scope": "全院",
        "rest": Group("overdue", "此前已报告、仍未完成", ()),
        "checking": ["7.2 课程设置"],
        "held_back": ["6.1 教师基本情况 · 政务部：暂缓至 11月16日（周一），住院"],
        "parts": [{"title": "未提交", "lines": ["1.6 机构设置 · 政务部，逾期 1 个工作日"]}],
    }
    whole = Letter(**{**vars(found), "template": template, "context": numbers, "groups": _all_groups(found)})
    for part in render(whole):
        assert "质量部办公室" in part
        assert "1.6 机构设置" in part
        assert "{{" not in part


def _all_groups(found: Letter) -> Sequence[Group]:
    [group] = found.groups
    return tuple(
        Group(key, group.title, group.items) for key in ("overdue", "today", "returned", "waiting", "soon")
    )


def test_a_mail_freezes_what_is_true_when_it_is_claimed(office: PostOffice) -> None:
    hand_in(office, "1.6", "政务部")
    claimed = office.outbox.claim(office.wall, 100)
    [own] = [each for each in claimed if each.content.to.startswith("s011@")]
    assert own.content.subject == "【数据采集】9 项待办，最近 11月11日（周三）截止"
    assert "机构设置" not in own.content.text
    row = next(mail for mail in office.mails() if mail.id == own.id)
    assert isinstance(row, Mail)
    assert row.text == own.content.text
