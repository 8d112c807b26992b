"""What a second look found: nobody decides on what he handed in, and nothing goes round in circles."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from actions.check import claim, settle
from actions.clock import jump, start_rehearsal
from actions.review import decide
from actions.submit import attest, report_nothing, submit, upload
from checks.finding import ERROR, WARNING, Finding
from models import Assignment, Grant, StoredFinding
from models.database import Database
from models.errors import Refused, Unusable
from models.facts import facts_of
from models.history import finding_counts, findings
from models.worklist import line
from tests.actions.people import attested, holder, task, workbook

FAULT = Finding("reference", ERROR, "1.6 里没有这个部门。", "请核对。", "10.5", "B3", 3)
DOUBT = Finding("cohort", WARNING, "比去年多一倍。", "请说明。", "10.5", "C3", 3)


def approved(session: Session, at: datetime) -> int:
    row = task(session, "10.5", "学务部")
    collector = holder(session, "collector", "学务部", at)
    kept = upload(session, collector, row.id, workbook("a", findings=(DOUBT,)), at)
    submit(session, collector, row.id, kept.id or 0, at, None)
    decide(session, holder(session, "reviewer", "学务部", at), row.id, kept.id or 0, "approve", "", at)
    return row.id


def test_who_hands_a_colleagues_version_in_does_not_decide_on_it(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        row = task(session, "10.5", "学务部")
        kept = upload(
            session, holder(session, "collector", "学务部", morning), row.id, workbook("a"), morning
        )
        reviewer = holder(session, "reviewer", "学务部", morning)
        session.add(Grant(person_id=reviewer.id, role="collector", department_id=reviewer.department_id))
        kept.made_by = None
        session.add(kept)
        session.flush()
        both = holder(session, "reviewer", "学务部", morning)
        submit(session, both, row.id, kept.id or 0, morning, None)
        with pytest.raises(Refused, match="自己"):
            decide(session, both, row.id, kept.id or 0, "approve", "", morning)


def test_a_table_is_handed_in_the_way_the_plan_says(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row = task(session, "10.5", "学务部")
        collector = holder(session, "collector", "学务部", morning)
        with pytest.raises(Unusable, match="上传工作簿"):
            attest(session, collector, row.id, 3, "2020-11-06", morning)
        attested(session, "10.5")
        kept = upload(session, collector, row.id, workbook("a"), morning)
        with pytest.raises(Unusable, match="国家平台"):
            submit(session, collector, row.id, kept.id or 0, morning, None)
        assert attest(session, collector, row.id, 3, "2020-11-06", morning).assignment.stage == "collected"


def test_the_same_file_counts_anew_once_its_source_is_mended(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row = task(session, "10.5", "学务部")
        collector = holder(session, "collector", "学务部", morning)
        wrong = upload(session, collector, row.id, workbook("a", findings=(FAULT,)), morning)
        again = upload(session, collector, row.id, workbook("a", findings=(FAULT,)), morning)
        right = upload(session, collector, row.id, workbook("a"), morning)
        assert (again.id, right.number, right.errors) == (wrong.id, 2, 0)
        assert (
            submit(session, collector, row.id, right.id or 0, morning, None).assignment.stage == "collected"
        )
        assert upload(session, collector, row.id, workbook("a", findings=(FAULT,)), morning).id == right.id


def test_what_the_check_failed_does_not_come_back_unchanged(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = approved(session, morning)
        found = claim(session, key, morning, morning)
        assert found is not None
        settle(session, found, [FAULT], morning)
        collector = holder(session, "collector", "学务部", morning)
        with pytest.raises(Unusable, match="系统检测"):
            submit(session, collector, key, found.version_id, morning, None)
        for source in ("1.6", "政务部"), ("6.1", "政务部"):
            other = task(session, *source).assignment
            kept = upload(
                session,
                holder(session, "collector", "政务部", morning),
                other.id or 0,
                workbook(source[0]),
                morning,
            )
            other.stage, other.version_id = "reviewed", kept.id
            session.add(other)
        session.flush()
        with pytest.raises(Unusable, match="系统检测"):
            submit(session, collector, key, found.version_id, morning, None)
        mended = upload(session, collector, key, workbook("b"), morning)
        assert submit(session, collector, key, mended.id or 0, morning, None).assignment.stage == "collected"


def test_after_a_failed_check_mending_counts_from_the_failure(campaign: Database, morning: datetime) -> None:
    later = morning + timedelta(days=5)
    with campaign.writing() as session:
        key = approved(session, morning)
        found = claim(session, key, later, later)
        assert found is not None
        settle(session, found, [FAULT], later)
        row = session.get_one(Assignment, key)
        assert (row.failed_at, facts_of(line(session, key)).sent_back_at) == (later, later)


def test_a_system_check_does_not_double_the_findings(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = approved(session, morning)
        found = claim(session, key, morning, morning)
        assert found is not None
        settle(session, found, [DOUBT], morning)
        assert len(session.exec(select(StoredFinding)).all()) == 2
        assert [one.cell for one in findings(session, found.version_id)] == ["C3"]
        assert finding_counts(session, found.version_id) == [("warning", "cohort", 1)]


def test_nothing_to_report_fits_every_kind_of_evidence(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row = task(session, "10.5", "学务部")
        attested(session, "10.5")
        collector = holder(session, "collector", "学务部", morning)
        assert report_nothing(session, collector, row.id, morning).assignment.stage == "collected"


def test_the_clock_does_not_leap_over_a_season(database: Database, morning: datetime) -> None:
    with database.writing() as session:
        start_rehearsal(session, morning)
        with pytest.raises(Unusable, match="60 天"):
            jump(session, morning + timedelta(days=3650))
