"""The confirmation sheet: which version, how many rows, who did what when, and what the summary lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import docx
import pytest
from sqlmodel import Session, col, select, update

from actions.confirmation import confirmation, confirmations, confirming
from actions.exempt import exempt
from actions.review import decide
from actions.submit import report_nothing, submit, upload
from mail.confirmation import as_confirmation
from models import Assignment, Department
from models.confirmation import Confirmation, ConfirmedTable
from models.database import Database
from models.errors import NotFound
from tests.actions.people import holder, office, task, who, workbook
from tests.conftest import MORNING

DEPARTMENT = "学务部"
LATER = MORNING.replace(day=9)


@pytest.fixture
def session(campaign: Database) -> Iterator[Session]:
    with campaign.writing() as found:
        yield found


def key_of(session: Session, name: str = DEPARTMENT) -> int:
    return session.exec(select(Department.id).where(Department.name == name)).one() or 0


def sheet(session: Session, at: datetime = LATER) -> Confirmation:
    return confirmation(session, office(session, at), key_of(session), at)


def row(session: Session, code: str) -> ConfirmedTable:
    return next(each for each in sheet(session).tables if each.table == code)


def hand_in(session: Session, code: str, verdict: str = "") -> int:
    key = task(session, code, DEPARTMENT).id
    collector = holder(session, "collector", DEPARTMENT, MORNING)
    content = replace(workbook(code), row_count=290)
    kept = upload(session, collector, key, content, MORNING)
    submit(session, collector, key, kept.id or 0, MORNING, None)
    if verdict:
        reviewer = holder(session, "reviewer", DEPARTMENT, MORNING)
        decide(session, reviewer, key, kept.id or 0, verdict, "请补齐", LATER)
    return key


def check(session: Session, key: int) -> None:
    session.connection().execute(
        update(Assignment).where(col(Assignment.id) == key).values(stage="checked", checked_at=LATER)
    )
    session.expire_all()


def test_before_anything_is_handed_in(session: Session) -> None:
    found = sheet(session)
    assert (found.department, found.at, len(found.owed), len(found.passed)) == (DEPARTMENT, LATER, 19, 0)
    assert found.tables[0] == ConfirmedTable("10.1.1", "学生基本信息", excluded="未采集：采集部门尚未提交")


def test_what_was_handed_in_and_approved(session: Session) -> None:
    hand_in(session, "10.1.1", "approve")
    assert row(session, "10.1.1") == ConfirmedTable(
        table="10.1.1",
        name="学生基本信息",
        version=1,
        kind="upload",
        rows=290,
        print="rows-10.1.1",
        collected_by="学务部采集员（示例）",
        collected_at=MORNING,
        reviewed_by="学务部负责人（示例）",
        reviewed_at=LATER,
        excluded="未检测：已审核，系统检测尚未完成",
    )


def test_what_was_sent_back_is_not_reviewed(session: Session) -> None:
    hand_in(session, "10.1.1", "return")
    found = row(session, "10.1.1")
    assert (found.collected_by, found.reviewed_by, found.reviewed_at) == ("学务部采集员（示例）", "", None)
    assert found.excluded == "已退回：请补齐"


def test_what_was_reopened_after_its_approval_is_not_reviewed_any_more(session: Session) -> None:
    key = hand_in(session, "10.1.1", "approve")
    reviewer, version = (
        holder(session, "reviewer", DEPARTMENT, LATER),
        task(session, "10.1.1", DEPARTMENT).version,
    )
    assert version is not None
    decide(session, reviewer, key, version.id or 0, "return", "重报", LATER)
    found = row(session, "10.1.1")
    assert (found.collected_by, found.reviewed_by, found.reviewed_at) == ("学务部采集员（示例）", "", None)


def test_a_nil_return_and_an_exemption(session: Session) -> None:
    collector = holder(session, "collector", DEPARTMENT, MORNING)
    report_nothing(session, collector, task(session, "10.4", DEPARTMENT).id, MORNING)
    exempt(session, office(session, MORNING), task(session, "10.5", DEPARTMENT).id, "本部门没有", MORNING)
    nil, freed = row(session, "10.4"), row(session, "10.5")
    assert (nil.version, nil.kind, nil.rows, nil.print) == (1, "nil", 0, "")
    assert (freed.exempt, freed.excluded) == (True, "免报：本部门没有")
    assert len(sheet(session).owed) == 18


def test_all_departments_in_the_order_of_the_plan(session: Session) -> None:
    found = confirmations(session, LATER)
    assert [each.department for each in found][:3] == ["政务部", "教务部", "学务部"]
    assert sum(len(each.tables) for each in found) == 189
    assert found[2] == sheet(session)


@pytest.mark.parametrize(
    ("staff_no", "number"), [("S000", 12), ("S001", 12), ("S910", 12), ("S031", 1), ("S032", 1)]
)
def test_whose_sheet_is_whose(session: Session, staff_no: str, number: int) -> None:
    person = who(session, staff_no, MORNING)
    assert len(confirming(session, person)) == number
    assert confirmation(session, person, key_of(session), MORNING).department == DEPARTMENT


@pytest.mark.parametrize("name", ["", DEPARTMENT])
def test_what_is_not_one_s_own_does_not_exist(session: Session, name: str) -> None:
    key = key_of(session, name) if name else 9999
    with pytest.raises(NotFound, match="没有这个部门的确认表"):
        confirmation(session, who(session, "S041", MORNING), key, MORNING)


def paper(found: Confirmation) -> tuple[str, list[list[list[str]]]]:
    document = docx.Document(BytesIO(as_confirmation(found)))
    cells = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return "\n".join(each.text for each in document.paragraphs), cells


def test_on_paper(session: Session) -> None:
    check(session, hand_in(session, "10.1.1", "approve"))
    found = replace(sheet(session), tables=sheet(session).tables[:2])
    text, (table, signed) = paper(found)
    assert "部门：学务部　　截至2020年11月9日（周一）08:00　　共 2 张，已通过 0 张，未计入汇总 2 张" in text
    assert "本表尚有未计入汇总的数据，仅供核对" in text
    assert table[1][:-1] == [
        "10.1.1 学生基本信息",
        "1",
        "290",
        "rows-10.1.1",
        "学务部采集员（示例） 11月6日 08:00",
        "学务部负责人（示例） 11月9日 08:00",
        "通过 11月9日 08:00",
    ]
    assert table[1][-1].startswith("检测失效：")
    assert table[2] == ["1.3 2020年招生计划", *[""] * 6, "未采集：采集部门尚未提交"]
    assert signed[0] == ["采集员（签字）", "审核员（签字）", "部门负责人（签字、部门盖章）"]


def test_where_all_has_passed_nothing_is_provisional() -> None:
    done = ConfirmedTable("10.4", "红十字会", 1, "nil", collected_by="甲", checked_at=LATER)
    text, (table, _) = paper(Confirmation("采集", "质量部", "=学务部", LATER, (done,)))
    assert "共 1 张，已通过 1 张" in text
    assert "仅供核对" not in text
    assert table[1][1:] == ["1", "0", "", "甲", "", "通过 11月9日 08:00", "无数据"]
