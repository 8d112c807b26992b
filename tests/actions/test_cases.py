"""Typical cases: handed in for a department, replaced, taken back, taken in or sent back by the office."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from actions.cases import Written, hand_in, seen_case, send_back, take_in, withdraw
from models import Department, Grant, TypicalCase
from models.database import Database
from models.errors import Conflict, NotFound, Refused, Unusable
from models.typical_case import cases, count_handed, editions, tally
from tests.actions.people import office, who
from tests.conftest import MORNING

FIRST, OTHER = "示例一系（信息工程）", "示例二系（机电工程）"
COLLECTOR = "S071"
LATER = MORNING + timedelta(hours=1)


@pytest.fixture
def session(campaign: Database) -> Iterator[Session]:
    with campaign.writing() as found:
        yield found


def written(session: Session, department: str = FIRST) -> Written:
    key = session.exec(select(Department.id).where(Department.name == department)).one()
    return Written(key or 0, "教学改革", " 一门课 \u202e 的改革 ", " 做了\x00什么 \r\n有什么用 ")


def handed(session: Session) -> TypicalCase:
    return hand_in(session, who(session, COLLECTOR, MORNING), written(session), MORNING)


def test_it_is_there_and_counts(session: Session) -> None:
    made = handed(session)
    (found,) = cases(session)
    assert (found.department, found.case.title, found.case.text) == (
        FIRST, "一门课 的改革", "做了什么\n有什么用"
    )  # fmt: skip
    assert (made.state, made.handed_at, found.decider) == ("handed", MORNING, "")
    assert count_handed(session) == 1
    assert tally([found], ("handed",))[FIRST]["教学改革"] == 1


def test_names_stay_whole_and_nothing_unseen_comes_in(session: Session) -> None:
    sent = replace(written(session), title="\ue863\U0002ebf0 老\x1f师", text="一\x1f二\x0b三\u2028四\t五")
    made = hand_in(session, who(session, COLLECTOR, MORNING), sent, MORNING)
    assert (made.title, made.text) == ("\ue863\U0002ebf0 老 师", "一二\n三\n四 五")


@pytest.mark.both
def test_pressed_twice_it_is_one(session: Session) -> None:
    assert handed(session).id == handed(session).id
    assert len(cases(session)) == 1


@pytest.mark.parametrize("staff_no", ["S000", "S072", "S081", "S001", "S910"])
def test_only_a_collector_of_the_department_hands_in(session: Session, staff_no: str) -> None:
    with pytest.raises(Refused):
        hand_in(session, who(session, staff_no, MORNING), written(session), MORNING)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"theme": "别的"}, "没有选择主题"),
        ({"title": "  "}, "没有写标题"),
        ({"title": "长" * 101}, "标题有 101 个字"),
        ({"text": " \n"}, "没有正文，也没有文件"),
        ({"text": "长" * 20_001}, "正文有 20001 个字"),
    ],
)
def test_what_is_wrong_is_told(session: Session, wrong: dict[str, str], told: str) -> None:
    with pytest.raises(Unusable, match=told):
        hand_in(session, who(session, COLLECTOR, MORNING), replace(written(session), **wrong), MORNING)
    assert cases(session) == []


@pytest.mark.parametrize("again", [False, True])
def test_a_department_that_left_the_plan_hands_in_no_more(session: Session, again: bool) -> None:
    replaces = handed(session).id if again else None
    sent, me = replace(written(session), title="新的标题"), who(session, COLLECTOR, MORNING)
    session.get_one(Department, sent.department_id).closed = True
    session.flush()
    with pytest.raises(Conflict, match="已不在采集计划中"):
        hand_in(session, me, sent, LATER, replaces=replaces)
    assert len(session.exec(select(TypicalCase)).all()) == int(again)


def test_a_file_alone_is_enough(session: Session) -> None:
    sent = replace(written(session), text="", blob="a" * 64, filename="案例.docx")
    made = hand_in(session, who(session, COLLECTOR, MORNING), sent, MORNING)
    assert (made.blob, made.filename) == ("a" * 64, "案例.docx")


@pytest.mark.parametrize(("keep", "kept"), [(True, "a.pdf"), (False, "")])
def test_a_new_edition_takes_the_place_of_the_old_one(session: Session, keep: bool, kept: str) -> None:
    me = who(session, COLLECTOR, MORNING)
    first = hand_in(session, me, replace(written(session), blob="a" * 64, filename="a.pdf"), MORNING)
    changed = replace(written(session), title="改过的标题")
    second = hand_in(session, me, changed, LATER, replaces=first.id, keep_file=keep)
    session.refresh(first)
    assert (first.state, second.state, second.filename) == ("replaced", "handed", kept)
    assert [each.case.id for each in cases(session)] == [second.id]
    assert [each.case.id for each in editions(session, second)] == [first.id]
    with pytest.raises(Conflict, match="已换成新的一稿"):
        hand_in(session, me, written(session), LATER, replaces=first.id)


def test_taken_in_it_stands(session: Session) -> None:
    made, me = handed(session), who(session, COLLECTOR, MORNING)
    take_in(session, office(session, MORNING), made.id or 0, LATER)
    assert (made.state, made.decided_at, count_handed(session)) == ("taken", LATER, 0)
    with pytest.raises(Conflict, match="已经收下"):
        withdraw(session, me, made.id or 0, LATER)
    with pytest.raises(Conflict, match="已经收下"):
        hand_in(session, me, replace(written(session), title="新"), LATER, replaces=made.id)


@pytest.mark.parametrize("taken_before", [False, True])
def test_sent_back_it_is_replaced_by_a_better_one(session: Session, taken_before: bool) -> None:
    made, desk = handed(session), office(session, MORNING)
    if taken_before:
        take_in(session, desk, made.id or 0, MORNING)
    with pytest.raises(Unusable, match="没有写退回的原因"):
        send_back(session, desk, made.id or 0, " ", LATER)
    send_back(session, desk, made.id or 0, " 缺少数据 ", LATER)
    assert (made.state, made.reason, tally(cases(session), ("handed", "taken"))) == (
        "returned", "缺少数据", {}
    )  # fmt: skip
    with pytest.raises(Conflict, match="已经退回"):
        take_in(session, desk, made.id or 0, LATER)
    me = who(session, COLLECTOR, MORNING)
    better = hand_in(session, me, written(session), LATER, replaces=made.id)
    assert (better.state, better.replaces_id, made.reason) == ("handed", made.id, "缺少数据")


def test_taken_back_it_is_gone(session: Session) -> None:
    made, me = handed(session), who(session, COLLECTOR, MORNING)
    withdraw(session, me, made.id or 0, LATER)
    assert (made.state, cases(session), count_handed(session)) == ("withdrawn", [], 0)
    with pytest.raises(Conflict, match="已经撤回"):
        take_in(session, office(session, MORNING), made.id or 0, LATER)


@pytest.mark.parametrize(
    ("staff_no", "sees"),
    [("S072", True), ("S910", True), ("S001", True), ("S000", True), ("S081", False)],
)
def test_who_sees_it(session: Session, staff_no: str, sees: bool) -> None:
    made, other = handed(session), who(session, staff_no, MORNING)
    if sees:
        assert seen_case(session, other, made.id or 0).department == FIRST
        return
    with pytest.raises(NotFound):
        seen_case(session, other, made.id or 0)


def test_only_the_office_decides(session: Session) -> None:
    made = handed(session)
    for staff_no in (COLLECTOR, "S072", "S910", "S001"):
        with pytest.raises(Refused):
            take_in(session, who(session, staff_no, MORNING), made.id or 0, LATER)
        with pytest.raises(Refused):
            send_back(session, who(session, staff_no, MORNING), made.id or 0, "因为", LATER)


def test_a_deed_on_what_has_moved_changes_nothing(session: Session) -> None:
    """Whoever looked before the other decided is told, and the other's decision stands."""
    made, desk = handed(session), office(session, MORNING)
    take_in(session, desk, made.id or 0, MORNING)
    with pytest.raises(Conflict):
        take_in(session, desk, made.id or 0, LATER)
    assert made.decided_at == MORNING


def test_a_new_edition_stays_with_its_department(session: Session) -> None:
    """Though its collector collects for another one, too."""
    made, me = handed(session), who(session, COLLECTOR, MORNING)
    other = written(session, OTHER).department_id
    session.add(Grant(person_id=me.id, role="collector", department_id=other))
    session.flush()
    me = who(session, COLLECTOR, MORNING)
    moved = replace(written(session, OTHER), title="改过的标题")
    assert hand_in(session, me, moved, LATER, replaces=made.id).department_id == made.department_id
