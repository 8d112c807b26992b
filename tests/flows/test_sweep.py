"""Returning a source voids the checks that used it; they are made again once it is approved again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from actions.check import ATTEMPTS, claim
from actions.exempt import exempt
from actions.recheck import given_up, recheck
from actions.releases import release_rule
from flows.sweep import PAUSE, Sweeper
from models import CheckRun, Event, Incident, Prior
from models.definition import changed_editions, newest_editions
from models.worklist import line
from tests.actions.people import office, task
from tests.flows.colleges import DROPOUTS, STUDENTS, College
from tests.flows.test_repeated import BASES, NAME, owing


def test_a_source_approved_later_is_checked_against_in_silence(college: College) -> None:
    key = college.approve(DROPOUTS, "20180001")
    before = college.events(key)
    source = college.approve(STUDENTS, "20180001", "20180002")
    assert (college.stage(key), college.stage(source)) == ("checked", "checked")
    assert college.runs(key) == ["passed", "passed"]
    assert college.events(key) == before
    assert college.stale() == {}


def test_a_returned_source_voids_the_check_and_waits(college: College) -> None:
    source = college.approve(STUDENTS, "20180001", "20180002")
    key = college.approve(DROPOUTS, "20180001")
    college.back(source)
    assert college.stale() == {
        key: [
            "源表 10.1.1 学生基本信息（学务部）已退回，本表的系统检测暂时失效；重新审核通过后会自动重新检测。"
        ]
    }
    assert (college.stage(key), college.runs(key)) == ("checked", ["passed"])
    college.submit(college.keep(STUDENTS, "20180001", "20180003"))
    assert "改过之后正在等待审核" in college.stale()[key][0]
    college.review(source)
    assert college.settle() > 0
    assert (college.stale(), college.runs(key)) == ({}, ["passed", "passed"])
    assert "fail" not in college.events(key)


def test_the_same_source_approved_again_needs_no_new_check(college: College) -> None:
    source = college.approve(STUDENTS, "20180001")
    key = college.approve(DROPOUTS, "20180001")
    college.back(source)
    college.submit(source)
    college.review(source)
    college.settle()
    assert (college.stale(), college.runs(key)) == ({}, ["passed"])


def test_where_the_mended_source_lacks_the_student_the_table_fails_and_says_why(college: College) -> None:
    source = college.approve(STUDENTS, "20180001", "20180002")
    key = college.approve(DROPOUTS, "20180002")
    college.back(source)
    college.approve(STUDENTS, "20180001")
    assert college.stage(key) == "failed"
    assert college.errors(key) == [("reference", "A2")]
    with college.database.reading() as session:
        event = session.exec(select(Event).where(Event.assignment_id == key, Event.verb == "fail")).one()
    assert event.reason == "源表 10.1.1 学生基本信息变动后重新检测：系统检测发现 1 处错误"
    college.back(source)
    college.approve(STUDENTS, "20180001", "20180002")
    assert (college.stage(key), college.runs(key)) == ("failed", ["passed", "failed"])
    college.submit(key)
    college.review(key)
    college.settle()
    assert college.stage(key) == "checked"


def test_findings_before_the_approval_follow_the_source(college: College) -> None:
    key = college.keep(DROPOUTS, "20180002")
    assert college.newest(key).errors == 0
    source = college.approve(STUDENTS, "20180001")
    assert (college.newest(key).errors, college.errors(key)) == (1, [("reference", "A2")])
    college.back(source)
    assert college.newest(key).errors == 0
    college.approve(STUDENTS, "20180001", "20180002")
    assert (college.newest(key).errors, college.errors(key)) == (0, [])


def test_nothing_is_looked_at_twice(college: College) -> None:
    college.approve(STUDENTS, "20180001")
    key = college.approve(DROPOUTS, "20180001")
    runs = college.runs(key)
    assert college.settle() == 0
    assert college.runs(key) == runs


def test_an_exempt_table_is_not_stale(college: College, morning: datetime) -> None:
    source = college.approve(STUDENTS, "20180001")
    key = college.approve(DROPOUTS, "20180001")
    with college.database.writing() as session:
        exempt(session, office(session, morning), key, "本年无辍学", morning)
    college.back(source)
    assert college.stale() == {}


def test_a_nil_return_is_checked_again_as_well(college: College) -> None:
    college.report_nothing(DROPOUTS)
    with college.database.reading() as session:
        key = task(session, DROPOUTS, "学务部").id
    college.review(key)
    college.settle()
    college.approve(STUDENTS, "20180001")
    assert (college.stale(), college.runs(key)) == ({}, ["passed", "passed"])


def test_a_lost_file_is_told_and_tried_again_after_a_pause(college: College) -> None:
    key = college.approve(DROPOUTS, "20180001")
    with college.database.reading() as session:
        version = line(session, key).version
    assert version is not None
    path = college.station.blobs.path(version.rows_blob or "")
    kept = path.read_bytes()
    path.unlink()
    college.approve(STUDENTS, "20180001")
    assert list(college.stale()) == [key]
    with college.database.reading() as session:
        assert [told.kind for told in session.exec(select(Incident))] == ["file"]
    path.write_bytes(kept)
    assert college.settle() == 0
    later = college.station.wall() + PAUSE + timedelta(seconds=1)
    college.station.wall = lambda: later
    assert college.settle() == 1
    assert college.stale() == {}


def test_what_cannot_be_checked_again_is_given_up_once_and_taken_up_by_the_office(
    college: College, morning: datetime
) -> None:
    key = college.approve(DROPOUTS, "20180001")
    with college.database.reading() as session:
        version = line(session, key).version
    assert version is not None
    path = college.station.blobs.path(version.rows_blob or "")
    kept = path.read_bytes()
    path.unlink()
    college.approve(STUDENTS, "20180001")
    wall = college.station.wall()
    for number in range(1, ATTEMPTS + 3):
        college.station.wall = lambda number=number: wall + number * timedelta(minutes=3)
        college.settle()
    with college.database.reading() as session:
        assert sorted(told.kind for told in session.exec(select(Incident))) == ["check", "file"]
        assert [run.attempts for run in session.exec(select(CheckRun).where(CheckRun.verdict == ""))] == [3]
        assert given_up(session, line(session, key), college.station.wall()) is not None
    path.write_bytes(kept)
    with college.database.writing() as session:
        recheck(session, office(session, morning), key, morning, college.station.wall())
    college.settle()
    assert (college.stale(), college.stage(key)) == ({}, "checked")


def test_a_return_during_the_second_check_wins(college: College, morning: datetime) -> None:
    key = college.approve(DROPOUTS, "20180001")
    with college.database.writing() as session:
        assert claim(session, key, morning, college.station.wall(), "试验") is not None
        assert claim(session, key, morning, college.station.wall()) is None
    college.back(key)
    assert college.stage(key) == "returned"


def test_last_year_loaded_later_is_checked_against(college: College) -> None:
    key = college.approve(STUDENTS, "20180001")
    rows = college.newest(key).rows_blob or ""
    assert college.stale() == {}
    with college.database.writing() as session:
        session.add(Prior(assignment_id=key, rows_blob=rows, loaded_at=college.now))
    assert college.stale() == {key: ["上年数据在本表检测之后有变动，正在自动重新检测。"]}
    assert college.settle() > 0
    assert (college.stale(), college.runs(key)) == ({}, ["passed", "passed"])


def test_what_follows_a_transition_waits_for_no_more_than_some_checks(
    college: College, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.sweep.AT_ONCE", 2)
    keys = [
        college.approve(BASES, f"{name}基地", column=NAME, department=name) for name in owing(college)[:5]
    ]
    before = [len(college.runs(key)) for key in keys]
    with college.database.writing() as session:
        release_rule(session, office(session, college.now), "pattern", "", "口径有误", college.now)
    looks = [college.sweeper.look() for _ in range(4)]
    assert looks == [2, 2, 1, 0]
    assert [len(college.runs(key)) for key in keys] == [number + 1 for number in before]


def test_a_nil_return_is_checked_again_in_one_transaction(college: College) -> None:
    key = college.report_nothing(DROPOUTS)
    college.review(key)
    college.settle()
    with college.database.writing() as session:
        release_rule(session, office(session, college.now), "reference", "", "口径有误", college.now)
    begun = list[str]()
    event.listen(college.database.writer, "begin", lambda _: begun.append("a transaction that writes"))
    assert college.sweeper.look() == 1
    assert len(begun) == 1
    assert (college.stage(key), college.runs(key)) == ("checked", ["passed", "passed"])


def test_the_first_look_keeps_what_the_definitions_say_and_a_later_one_what_has_changed(
    college: College,
) -> None:
    college.settle()
    with college.database.reading() as session:
        assert len(newest_editions(session)) == 72
        assert changed_editions(session) == {}
    with college.database.writing() as session:
        known = newest_editions(session)[STUDENTS]
        known.said = known.said | {"note": "以前的说明"}
        session.add(known)
    Sweeper(college.station).look()
    with college.database.reading() as session:
        [changed] = changed_editions(session)[STUDENTS]
    assert [each.what for each in changed.differences] == ["note"]
