"""What the office lets pass no longer blocks, before the approval and after it; taken back, it does again."""

from __future__ import annotations

import pytest
from sqlmodel import select

from actions.releases import Reach, reach, release_finding, release_rule, revoke
from models import Event, Release, StoredFinding, Version
from models.errors import Conflict, NotFound, Refused, Unusable
from models.history import findings
from models.release import releases_in_force
from tests.actions.people import holder, office
from tests.flows.colleges import DROPOUTS, STUDENTS, College

WHY = "该生学籍在外校，已核对"


def blocked(college: College) -> int:
    """A table with one student who is not in the approved source; the finding's id."""
    college.approve(STUDENTS, "20180001")
    key = college.keep(DROPOUTS, "20180001", "20189999")
    with college.database.reading() as session:
        [found] = findings(session, college.newest(key).id or 0, severity="error")
    return found.id or 0


def let_pass(college: College, finding: int) -> Release:
    with college.database.writing() as session:
        return release_finding(session, office(session, college.now), finding, WHY, college.now)


def test_one_finding_let_pass_blocks_no_more_and_stays_visible(college: College) -> None:
    made = let_pass(college, blocked(college))
    assert (made.rule, made.table_code, made.column, made.key) == ("reference", DROPOUTS, "学号", "20189999")
    assert college.settle() == 1
    key = made.assignment_id or 0
    with college.database.reading() as session:
        [found] = findings(session, college.newest(key).id or 0, rule="reference")
    assert (found.severity, found.released, found.cell) == ("info", WHY, "A3")
    college.submit(key)
    college.review(key)
    college.settle()
    assert (college.stage(key), college.stale()) == ("checked", {})
    assert college.events(key)[:1] == ["release"]


def keyless(college: College, *students: str) -> list[StoredFinding]:
    """Rows without a student number, the table's key, and the errors that say so."""
    key = college.keep(DROPOUTS, *students)
    with college.database.reading() as session:
        return list(findings(session, college.newest(key).id or 0, rule="required"))


def errors(college: College, first: StoredFinding) -> list[tuple[str, str]]:
    with college.database.reading() as session:
        version = session.get_one(Version, first.version_id)
    return college.errors(version.assignment_id)


def test_a_row_without_a_key_passes_by_its_cell_alone(college: College) -> None:
    first, second = keyless(college, "", "")
    assert (first.cell, first.key, second.cell, second.key) == ("A2", "", "A3", "")
    made = let_pass(college, first.id or 0)
    assert (made.column, made.key, made.cell) == ("学号", "", "A2")
    college.settle()
    assert errors(college, first) == [("required", "A3")]


def test_rows_of_one_key_are_told_apart_by_their_cells(college: College) -> None:
    college.approve(STUDENTS, "20180001")
    key = college.keep(DROPOUTS, "20189999", "20189999")
    with college.database.reading() as session:
        first, second = findings(session, college.newest(key).id or 0, rule="reference")
    assert (first.cell, second.cell, first.key) == ("A2", "A3", second.key)
    made = let_pass(college, first.id or 0)
    assert (made.key, made.cell) == ("20189999", "A2")
    college.settle()
    assert college.errors(key) == [("reference", "A3"), ("unique-key", "A3")]


def test_a_whole_column_passes_where_that_is_asked_for(college: College) -> None:
    first, _ = keyless(college, "", "")
    with college.database.writing() as session:
        assert reach(session, first) == Reach("", "A2", 2)
        who = office(session, college.now)
        made = release_finding(session, who, first.id or 0, WHY, college.now, whole_column=True)
        assert (made.column, made.key, made.cell) == ("学号", "", "")
        told = session.exec(select(Event.reason).where(Event.verb == "release")).one()
        assert told == f"10.2.1!A2 等“学号”的全部同类结果。放行原因：{WHY}"
    college.settle()
    assert errors(college, first) == []
    assert errors(college, keyless(college, "20180001", "")[0]) == []


def test_another_row_of_the_same_column_still_blocks(college: College) -> None:
    key = let_pass(college, blocked(college)).assignment_id or 0
    college.keep(DROPOUTS, "20189999", "20188888")
    assert college.errors(key) == [("reference", "A3")]


def test_taken_back_it_blocks_again_and_fails_what_had_passed(college: College) -> None:
    made = let_pass(college, blocked(college))
    key = made.assignment_id or 0
    college.settle()
    college.submit(key)
    college.review(key)
    college.settle()
    with college.database.writing() as session:
        revoke(session, office(session, college.now), made.id or 0, college.now)
    assert college.stale() == {key: ["放行记录在本表检测之后有变动，正在自动重新检测。"]}
    college.settle()
    assert college.stage(key) == "failed"
    with college.database.reading() as session:
        failed = session.exec(select(Event).where(Event.verb == "fail")).one()
    assert failed.reason == "放行记录变动后重新检测：系统检测发现 1 处错误"


def test_taken_back_before_the_approval_its_errors_count_again(college: College) -> None:
    made = let_pass(college, blocked(college))
    college.settle()
    with college.database.writing() as session:
        revoke(session, office(session, college.now), made.id or 0, college.now)
        with pytest.raises(Conflict, match="已经收回"):
            revoke(session, office(session, college.now), made.id or 0, college.now)
    college.settle()
    assert college.newest(made.assignment_id or 0).errors == 1


def test_a_rule_is_switched_off_for_one_table(college: College) -> None:
    blocked(college)
    with college.database.writing() as session:
        who = office(session, college.now)
        made = release_rule(session, who, "reference", DROPOUTS, "源表口径有误", college.now)
        assert (made.assignment_id, made.column, made.key) == (None, "", "")
        assert [each.id for each in releases_in_force(session)] == [made.id]
        with pytest.raises(Conflict, match="已经放行"):
            release_rule(session, who, "reference", DROPOUTS, "再来一次", college.now)
    college.settle()
    with college.database.reading() as session:
        [found] = session.exec(select(StoredFinding).where(StoredFinding.rule == "reference"))
    assert (found.severity, found.released) == ("info", "源表口径有误")


def test_a_rule_switched_off_for_all_tables(college: College) -> None:
    blocked(college)
    with college.database.writing() as session:
        release_rule(session, office(session, college.now), "reference", "", "源表口径有误", college.now)
    college.settle()
    with college.database.reading() as session:
        assert {each.severity for each in session.exec(select(StoredFinding))} == {"info"}


@pytest.mark.parametrize(
    ("rule", "table", "reason", "sentence"),
    [
        ("reference", "", " ", "放行必须写明原因"),
        ("reference", "99.9", "原因", "计划里没有编号为“99.9”的表"),
        ("no-such-rule", "", "原因", "没有“no-such-rule”这条检测规则"),
        ("reference", "", "长" * 2001, "原因太长"),
    ],
)
def test_what_cannot_be_used_is_refused(
    college: College, rule: str, table: str, reason: str, sentence: str
) -> None:
    with college.database.writing() as session, pytest.raises(Unusable, match=sentence):
        release_rule(session, office(session, college.now), rule, table, reason, college.now)


def test_only_the_office_lets_pass(college: College) -> None:
    finding = blocked(college)
    with college.database.writing() as session:
        collector = holder(session, "collector", "学务部", college.now)
        with pytest.raises(Refused):
            release_finding(session, collector, finding, WHY, college.now)
        with pytest.raises(Refused):
            release_rule(session, collector, "reference", "", WHY, college.now)
        with pytest.raises(Refused):
            revoke(session, collector, 1, college.now)


def test_what_is_gone_or_blocks_nothing_is_not_let_pass(college: College) -> None:
    finding = blocked(college)
    let_pass(college, finding)
    with college.database.writing() as session:
        who = office(session, college.now)
        with pytest.raises(Conflict, match="已经放行"):
            release_finding(session, who, finding, WHY, college.now)
        with pytest.raises(NotFound):
            release_finding(session, who, 9999, WHY, college.now)
        with pytest.raises(NotFound):
            revoke(session, who, 9999, college.now)
    college.settle()
    with college.database.writing() as session:
        [info] = session.exec(select(StoredFinding).where(StoredFinding.severity == "info"))
        with pytest.raises(Conflict, match="不需要放行"):
            release_finding(session, office(session, college.now), info.id or 0, WHY, college.now)
