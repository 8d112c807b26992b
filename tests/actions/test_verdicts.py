"""The platform's verdicts in bulk: each pasted line as it is understood, all of them recorded or none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from actions.review import decide
from actions.submit import attest
from actions.verdicts import awaiting, count_awaiting, propose, record_verdicts, stamp_of
from models.database import Database
from models.errors import Conflict, Refused, Unusable
from models.worklist import line
from tests.actions.people import attested, holder, office, task

REVIEWED = (("10.5", "学务部"), ("10.4", "学务部"), ("8.1", "教务部"), ("8.1", "学务部"))


@pytest.fixture
def session(campaign: Database, morning: datetime) -> Iterator[Session]:
    """10.5 and 10.4 are reviewed on the platform, 8.1 of two departments too; 10.3 is only collected."""
    with campaign.writing() as found:
        for code, department in REVIEWED:
            typed(found, code, department, morning)
        typed(found, "10.3", "学务部", morning, approve=False)
        yield found


def typed(session: Session, code: str, department: str, now: datetime, approve: bool = True) -> None:
    attested(session, code)
    who = holder(session, "collector", department, now)
    row = attest(session, who, task(session, code, department).id, 12, "2020-11-06", now)
    if approve:
        reviewer = holder(session, "reviewer", row.reviewer or "", now)
        decide(session, reviewer, row.id, row.assignment.version_id or 0, "approve", "", now)


def told(session: Session, text: str) -> list[tuple[str, str]]:
    return [(each.state, each.problem) for each in propose(session, text)]


def stage(session: Session, code: str, department: str) -> str:
    return task(session, code, department).assignment.stage


@pytest.mark.parametrize(
    "text",
    [
        "10.5\t学务部\t通过\t",
        "10.5,学务部,通过",
        "１０.５，学务部，通过",
        "表号\t部门\t结论\t提示\n10.5 某表名\t 学务部 \t通过",
        "\n10.5\t\tPASS",
        '10.5,"学务部",合格,',
    ],
)
def test_a_line_however_it_is_written(session: Session, text: str) -> None:
    [found] = propose(session, text)
    assert (found.state, found.problem, found.passed) == ("record", "", True)
    assert found.line is not None
    assert found.line.id == task(session, "10.5", "学务部").id


@pytest.mark.parametrize(
    ("text", "state", "problem"),
    [
        ("99.9\t学务部\t通过", "wrong", "没有编号为“99.9”的表。"),
        ("10.5\t教务部\t通过", "wrong", "“教务部”不采集这张表。"),
        ("8.1\t\t通过", "wrong", "这张表由 2 个部门采集，要写明是哪个部门。"),
        ("10.5\t学务部\t也许", "wrong", "看不懂结论“也许”：请写“通过”或“不通过”。"),
        ("10.5\t学务部\t不通过\t", "wrong", "“不通过”要写明平台给出的原因。"),
        ("10.3\t学务部\t通过", "wrong", "这一项现在是“待审核”，审核通过以后才能登记。"),
        ("1.6\t政务部\t通过", "wrong", "这一项没有登记过平台填报，不登记平台结论。"),
        ("10.5\t学务部\t", "blank", ""),
        ("10.5\t学务部\t\t有提示", "wrong", "看不懂结论“”：请写“通过”或“不通过”。"),
    ],
)
def test_what_is_wrong_with_a_line(session: Session, text: str, state: str, problem: str) -> None:
    assert told(session, text) == [(state, problem)]


def test_the_same_one_twice_is_wrong(session: Session) -> None:
    text = "10.5\t学务部\t通过\n10.4\t学务部\t通过\n10.5\t学务部\t不通过\t缺行"
    assert told(session, text) == [("record", ""), ("record", ""), ("wrong", "与第 1 行是同一项。")]


def test_all_are_recorded_with_the_platform_s_words(session: Session, morning: datetime) -> None:
    text = "10.5,学务部,通过\n8.1,教务部,不通过,第 3 行，金额有误\n8.1,学务部,通过\n10.4,学务部,"
    seen = stamp_of(propose(session, text))
    assert count_awaiting(session) == len(awaiting(session)) == 4
    assert record_verdicts(session, office(session, morning), text, seen, morning) == 3
    stages = [stage(session, *each) for each in REVIEWED]
    assert stages == ["checked", "reviewed", "failed", "checked"]
    assert count_awaiting(session) == len(awaiting(session)) == 1
    assert told(session, "10.5,学务部,通过") == [("same", "")]
    assert told(session, "10.5,学务部,不通过,平台复核退回") == [("record", "")]


def test_one_wrong_line_and_nothing_is_recorded(session: Session, morning: datetime) -> None:
    text = "10.5,学务部,通过\n10.4,学务部,也许"
    with pytest.raises(Unusable, match="有 1 行不能登记，一行也没有登记") as refused:
        record_verdicts(session, office(session, morning), text, stamp_of(propose(session, text)), morning)
    assert refused.value.detail["problems"] == ["第 2 行：看不懂结论“也许”：请写“通过”或“不通过”。"]
    assert stage(session, "10.5", "学务部") == "reviewed"


def test_what_has_changed_since_it_was_shown_is_shown_anew(session: Session, morning: datetime) -> None:
    text, boss = "10.5,学务部,不通过,缺行\n10.4,学务部,通过", office(session, morning)
    seen = stamp_of(propose(session, text))
    record_verdicts(
        session, boss, "10.5,学务部,通过", stamp_of(propose(session, "10.5,学务部,通过")), morning
    )
    with pytest.raises(Conflict):
        record_verdicts(session, boss, text, seen, morning + timedelta(minutes=1))
    assert stage(session, "10.4", "学务部") == "reviewed"


def test_only_the_office_records(session: Session, morning: datetime) -> None:
    reviewer = holder(session, "reviewer", "学务部", morning)
    with pytest.raises(Refused):
        record_verdicts(session, reviewer, "10.5,学务部,通过", "", morning)
    assert line(session, task(session, "10.5", "学务部").id).assignment.stage == "reviewed"


@pytest.mark.parametrize(
    ("text", "said"),
    [(" \n\n", "还没有内容"), ("10.5,学务部,通过\n" * 2001, "最多登记 2000 行")],
    ids=["none", "many"],
)
def test_nothing_and_too_much(session: Session, text: str, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        propose(session, text)


@pytest.mark.parametrize("cell", ["x" * 200_000, '"' + "x" * 200_000], ids=["long", "open quote"])
def test_a_line_that_cannot_be_read_is_named(session: Session, cell: str) -> None:
    with pytest.raises(Unusable, match="第 2 行读不出来"):
        propose(session, f"10.5,学务部,通过\n10.4,学务部,通过,{cell}")
