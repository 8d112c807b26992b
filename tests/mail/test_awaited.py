"""While a collector waits for an addition to a source table, its owner hears of it and not he (P2)."""

from __future__ import annotations

from sqlmodel import update

from models import Addition, Assignment, Person
from tests.actions.people import holder, task
from tests.mail.campaign_mail import PostOffice
from tests.mail.written import at, groups, letter, note


def asked(office: PostOffice, *values: str) -> None:
    """政务部's 1.6 waits for 教务部 to add these majors to 7.1.1."""
    with office.database.writing() as session:
        asker, owner = task(session, "1.6", "政务部"), task(session, "7.1.1", "教务部")
        for value in values:
            session.add(
                Addition(
                    assignment_id=asker.id,
                    owner_id=owner.id,
                    table_code="7.1.1",
                    column="专业代码",
                    value=value,
                    asked_at=at(office, "2020-11-11T10:00"),
                )
            )


def test_after_the_deadline_the_owner_is_asked_and_the_asker_waits(office: PostOffice) -> None:
    asked(office, "1", "2", "3", "4")
    office.decide(at(office, "2020-11-12T08:31"))
    own = letter(office, "S021")
    assert groups(own)["请补录源表"] == ["补录 7.1.1 开设专业"]
    [item] = [item for group in (own.groups if own else ()) if group.key == "add" for item in group.items]
    assert item.note == (
        "政务部的 1.6 机构设置 缺 “1”、“2”、“3” 等 4 项，自11月11日（周三）起等待，该表已逾期 1 个工作日"
    )
    asker = letter(office, "S011")
    assert groups(asker)["等待其他部门补录"] == ["1.6 机构设置"]
    assert note(asker, "1.6") == "等待教务部补录"
    assert asker is not None
    assert asker.subject.startswith("【数据采集】1 项已逾期，共 ")


def test_the_owners_leader_hears_of_it_and_not_the_askers(office: PostOffice) -> None:
    asked(office, "1")
    office.decide(at(office, "2020-11-12T08:31"))
    with office.database.reading() as session:
        leaders = [holder(session, "leader", name, office.now).id for name in ("教务部", "政务部")]
        staff = [session.get_one(Person, key).staff_no for key in leaders]
    told = [groups(letter(office, each, "escalation")) for each in staff]
    assert told[0]["请补录源表"] == ["补录 7.1.1 开设专业"]
    if staff[0] != staff[1]:
        assert "请补录源表" not in told[1]
    assert all("1.6 机构设置" not in labels for each in told for labels in each.values())


def test_an_escalation_of_what_waits_since_says_nothing_of_it(office: PostOffice) -> None:
    office.decide(at(office, "2020-11-12T08:31"))
    before = groups(letter(office, "S000", "escalation"))
    asked(office, "1")
    after = groups(letter(office, "S000", "escalation"))
    assert "1.6 机构设置" in before["未提交"]
    assert "1.6 机构设置" not in after["未提交"]


def test_who_only_waits_is_told_that(office: PostOffice) -> None:
    asked(office, "1")
    office.decide(at(office, "2020-11-12T08:31"))
    with office.database.writing() as session:
        session.connection().execute(
            update(Assignment)
            .where(Assignment.id != task(session, "1.6", "政务部").id)
            .values(stage="checked")
        )
    found = letter(office, "S011")
    assert groups(found) == {"等待其他部门补录": ["1.6 机构设置"]}
    assert found is not None
    assert found.subject == "【数据采集】1 项等待其他部门补录"
