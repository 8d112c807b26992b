"""The late report's numbers are those of the campaign, now and at any moment of its past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, delete, select, update

from actions.late import late_report, record_report
from actions.review import decide
from actions.submit import submit, upload, withdraw
from models import Assignment, Grant, Report
from models.database import Database
from models.late import LateReport
from tests.actions.people import holder, task, workbook

At = Callable[[str], datetime]


@pytest.fixture
def at(morning: datetime) -> At:
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=morning.tzinfo)


def hand_in(session: Session, code: str, department: str, moment: datetime, verdict: str = "") -> int:
    key = task(session, code, department).id
    who = holder(session, "collector", department, moment)
    kept = upload(session, who, key, workbook(f"{code} {moment}"), moment)
    submit(session, who, key, kept.id or 0, moment, None)
    if verdict:
        review(session, key, department, moment, verdict)
    return key


def review(session: Session, key: int, department: str, moment: datetime, verdict: str) -> None:
    version = session.get_one(Assignment, key).version_id or 0
    who = holder(session, "reviewer", department, moment)
    decide(session, who, key, version, verdict, "请补齐", moment)


def lines(report: LateReport) -> list[tuple[str, str, int]]:
    return [(line.table, line.held_by, line.working_days_late) for line in report.late]


def test_before_any_deadline_nothing_is_late(campaign: Database, at: At) -> None:
    with campaign.reading() as session:
        report = late_report(session, at("2020-11-11T23:59"))
    assert (report.late, report.due, report.on_time, report.total) == ((), 12, 12, 201)
    assert {(each.due, each.on_time, each.late_in_all) for each in report.departments} == {(1, 1, 0)}


def test_the_morning_after_the_source_tables(campaign: Database, at: At) -> None:
    with campaign.reading() as session:
        report = late_report(session, at("2020-11-12T08:30"))
    codes = ["1.6", "6.1", "7.1.1", "7.2", "10.1.1"]
    assert lines(report) == [(code, "collector", 1) for code in codes]
    assert (report.due, report.on_time) == (12 + 5, 12)
    counted = [(each.department, each.due, dict(each.late)) for each in report.departments if each.late]
    assert counted == [
        ("政务部", 3, {"collector": 2}),
        ("教务部", 3, {"collector": 2}),
        ("学务部", 2, {"collector": 1}),
    ]


def test_who_holds_it_is_who_is_late(campaign: Database, at: At, morning: datetime) -> None:
    with campaign.writing() as session:
        hand_in(session, "1.6", "政务部", morning)
        hand_in(session, "6.1", "政务部", morning, "approve")
        hand_in(session, "7.2", "教务部", morning, "return")
        report = late_report(session, at("2020-11-13T09:00"))
    assert lines(report) == [
        ("1.6", "reviewer", 2),
        ("6.1", "system-check", 2),
        ("7.1.1", "collector", 2),
        ("7.2", "collector", 2),
        ("10.1.1", "collector", 2),
    ]
    assert [dict(line.days) for line in report.late[:2]] == [
        {"collector": 0, "reviewer": 2, "system-check": 0},
        {"collector": 0, "reviewer": 0, "system-check": 2},
    ]
    assert report.on_time == 12 + 3


def test_the_first_submission_in_time_stays_in_time(campaign: Database, at: At, morning: datetime) -> None:
    with campaign.writing() as session:
        hand_in(session, "1.6", "政务部", at("2020-11-11T20:00"))
        review(session, task(session, "1.6", "政务部").id, "政务部", at("2020-11-11T23:00"), "return")
        report = late_report(session, at("2020-11-12T09:00"))
    assert "1.6" not in [line.table for line in report.late]
    assert report.on_time == 12 + 1


def test_a_slow_reviewer_of_an_early_submission_is_late_before_the_deadline(
    campaign: Database, at: At, morning: datetime
) -> None:
    with campaign.writing() as session:
        hand_in(session, "10.5", "学务部", morning)
        report = late_report(session, at("2020-11-11T09:00"))
    assert lines(report) == [("10.5", "reviewer", 1)]
    assert (report.due, report.on_time) == (12 + 1, 12 + 1)


def test_a_moment_in_the_past_is_told_as_it_was(campaign: Database, at: At) -> None:
    moments = [at("2020-11-12T08:00"), at("2020-11-12T09:30"), at("2020-11-12T11:00"), at("2020-11-12T14:00")]
    told = []
    for moment in moments:
        with campaign.writing() as session:
            if moment == moments[1]:
                hand_in(session, "1.6", "政务部", at("2020-11-12T09:00"))
            if moment == moments[2]:
                who = holder(session, "collector", "政务部", moment)
                withdraw(session, who, task(session, "1.6", "政务部").id, at("2020-11-12T10:00"))
            if moment == moments[3]:
                hand_in(session, "1.6", "政务部", at("2020-11-12T12:00"), "approve")
            told.append(late_report(session, moment))
    with campaign.reading() as session:
        assert [late_report(session, moment) for moment in moments] == told
    assert [lines(report)[0][1] for report in told] == ["collector", "reviewer", "collector", "system-check"]


def test_an_extension_and_an_exemption_are_not_late(campaign: Database, at: At) -> None:
    with campaign.writing() as session:
        longer, freed = (task(session, code, "政务部").assignment for code in ("1.6", "6.1"))
        longer.extended_until, freed.exempt = at("2020-11-20T17:30"), True
        session.add_all([longer, freed])
        session.flush()
        report = late_report(session, at("2020-11-12T08:30"))
    assert [line.table for line in report.late] == ["7.1.1", "7.2", "10.1.1"]
    assert (report.due, report.total) == (12 + 3, 12 + 188)


def test_rosters(campaign: Database, at: At) -> None:
    with campaign.writing() as session:
        session.exec(delete(Grant).where(col(Grant.role) == "collector", col(Grant.department_id) == 3))
        before = late_report(session, at("2020-11-07T17:30"))
        report = late_report(session, at("2020-11-09T08:30"))
    assert (before.rosters, before.due, before.on_time) == ((), 12, 11)
    assert (report.rosters, report.due, report.on_time, len(report.late)) == (("学务部",), 12, 11, 1)
    [count] = [each for each in report.departments if each.late]
    assert (count.department, count.due, count.on_time, count.late) == ("学务部", 1, 0, {"collector": 1})


def test_a_roster_named_too_late_is_late_no_more_and_never_in_time(campaign: Database, at: At) -> None:
    with campaign.writing() as session:
        mine = col(Grant.department_id) == 3, col(Grant.role) == "reviewer"
        session.connection().execute(update(Grant).where(*mine).values(since=at("2020-11-09T10:00")))
        record_report(session, late_report(session, at("2020-11-09T08:30"), issued=True), {})
        session.flush()
        report = late_report(session, at("2020-11-09T10:30"))
    assert (report.rosters, report.due, report.on_time, report.late) == ((), 12, 11, ())
    assert report.change is not None
    assert [(each.table, each.department, each.stage) for each in report.change.settled] == [
        ("roster", "学务部", "checked")
    ]


def test_a_roster_s_line_is_shaped_as_a_table_s(campaign: Database, at: At) -> None:
    with campaign.writing() as session:
        session.exec(delete(Grant).where(col(Grant.department_id) == 3))
        document = late_report(session, at("2020-11-12T08:30")).as_dict()
    [roster] = document["rosters"]["late"]
    tables = [each for each in document["late"] if each["department"] == "学务部"]
    assert roster.keys() == tables[0].keys()
    said = {key: roster[key] for key in ("table", "due", "stage", "working_days_late", "held_by", "days")}
    assert said == {
        "table": "roster",
        "due": "2020-11-07T17:30:00+08:00",
        "stage": "pending",
        "working_days_late": 4,
        "held_by": "collector",
        "days": {"collector": 4, "reviewer": 0, "system-check": 0},
    }
    assert {key: document["rosters"][key] for key in ("due", "on_time", "total")} == {
        "due": 12,
        "on_time": 11,
        "total": 12,
    }


def test_the_document_that_programs_read(campaign: Database, at: At) -> None:
    with campaign.reading() as session:
        document = late_report(session, at("2020-11-12T08:30")).as_dict()
    assert document["at"] == "2020-11-12T08:30:00+08:00"
    assert document["late"][0] == {
        "table": "1.6",
        "name": "机构设置",
        "department": "政务部",
        "reviewer": "政务部",
        "due": "2020-11-11T23:59:59+08:00",
        "stage": "pending",
        "working_days_late": 1,
        "held_by": "collector",
        "waiting_on": [],
        "waited": {},
        "answerable": ["政务部"],
        "requests_waiting": 0,
        "requests_refused": 0,
        "held_until": None,
        "held_reason": "",
        "days": {"collector": 1, "reviewer": 0, "system-check": 0},
        "source": True,
        "extensions": [],
        "receipts": [],
        "id": 1,
    }
    assert (document["number"], document["since"]) == (None, None)
    assert (document["due"], document["on_time"], document["total"]) == (5, 0, 189)
    assert document["rosters"] == {"late": [], "due": 12, "on_time": 12, "total": 12}
    assert document["by_department"][2] == {
        "department": "学务部",
        "due": 2,
        "on_time": 1,
        "late": 1,
        "held_by": {"collector": 1},
    }


def test_a_report_is_kept_once_a_minute(campaign: Database, at: At) -> None:
    with campaign.writing() as session:
        report = late_report(session, at("2020-11-12T08:30"))
        for _ in range(2):
            record_report(session, report, {"late-report.html": "abc"})
            session.flush()
        [kept] = session.exec(select(Report)).all()
        assert (kept.slot, kept.late, kept.total) == ("2020-11-12T08:30", 5, 201)
        record_report(session, late_report(session, report.at + timedelta(minutes=1)), {})
        session.flush()
        assert len(session.exec(select(Report)).all()) == 2


def test_closed_assignments_are_not_counted(campaign: Database, at: At) -> None:
    with campaign.writing() as session:
        session.connection().execute(update(Assignment).values(closed=True))
        assert late_report(session, at("2020-12-01T08:30")).total == 12
