"""A system check is claimed by one, given up after three attempts, and settled once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from actions.check import ATTEMPTS, LEASE, claim, record_verdict, settle
from actions.review import decide
from actions.submit import attest, submit, upload
from checks.finding import ERROR, WARNING, Finding
from models import CheckRun, Incident, StoredFinding
from models.database import Database
from models.errors import Conflict, Refused, Unusable
from tests.actions.people import attested, holder, office, task, workbook

FAULT = Finding("reference", ERROR, "10.1.1 里没有这名学生。", "请核对学号。", "10.5", "B3", 3)
DOUBT = Finding("prior-year-change", WARNING, "比去年多一倍。", "请说明原因。", "10.5", "C3", 3)


def approved(session: Session, morning: datetime, code: str = "10.5", department: str = "学务部") -> int:
    row = task(session, code, department)
    collector = holder(session, "collector", department, morning)
    kept = upload(session, collector, row.id, workbook(code), morning)
    submit(session, collector, row.id, kept.id or 0, morning, None)
    reviewer = holder(session, "reviewer", row.reviewer or "", morning)
    decide(session, reviewer, row.id, kept.id or 0, "approve", "", morning)
    return row.id


def test_without_errors_it_passes(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = approved(session, morning)
        found = claim(session, key, morning, morning)
        assert found is not None
        done = settle(session, found, [DOUBT], morning)
        run = session.exec(select(CheckRun)).one()
        assert (done.assignment.stage, run.verdict, run.warnings) == ("checked", "passed", 1)


def test_with_errors_it_fails_and_keeps_the_findings(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = approved(session, morning)
        found = claim(session, key, morning, morning)
        assert found is not None
        assert settle(session, found, [FAULT, DOUBT], morning).assignment.stage == "failed"
        stored = session.exec(select(StoredFinding).where(StoredFinding.check_run_id == found.run_id)).all()
        assert [(one.rule, one.cell) for one in stored] == [("reference", "B3"), ("prior-year-change", "C3")]


def test_one_claims_it_and_the_lease_ends(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = approved(session, morning)
        first = claim(session, key, morning, morning)
        assert claim(session, key, morning, morning + LEASE - timedelta(seconds=1)) is None
        later = claim(session, key, morning, morning + LEASE + timedelta(seconds=1))
        assert first is not None
        assert later is not None
        assert (later.run_id, later.attempt) == (first.run_id, 2)
        with pytest.raises(Conflict):
            settle(session, first, [], morning)
        assert settle(session, later, [], morning).assignment.stage == "checked"
        with pytest.raises(Conflict):
            settle(session, later, [], morning)


def test_after_three_attempts_it_becomes_one_incident(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = approved(session, morning)
        moments = [morning + n * (LEASE + timedelta(seconds=1)) for n in range(ATTEMPTS + 2)]
        claims = [claim(session, key, morning, moment) for moment in moments]
        assert [found is not None for found in claims] == [True] * ATTEMPTS + [False, False]
        assert "10.5" in session.exec(select(Incident)).one().message


def test_a_return_during_the_check_wins(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = approved(session, morning)
        found = claim(session, key, morning, morning)
        assert found is not None
        reviewer = holder(session, "reviewer", "学务部", morning)
        decide(session, reviewer, key, found.version_id, "return", "发现错误", morning)
        with pytest.raises(Conflict):
            settle(session, found, [], morning)


def test_what_is_not_approved_is_not_checked(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        assert claim(session, task(session, "10.5", "学务部").id, morning, morning) is None


def test_the_office_records_the_platforms_verdict(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        collector, reviewer = (holder(session, role, "学务部", morning) for role in ("collector", "reviewer"))
        attested(session, "10.5")
        row = attest(session, collector, task(session, "10.5", "学务部").id, 12, "2020-11-06", morning)
        decide(session, reviewer, row.id, row.assignment.version_id or 0, "approve", "", morning)
        assert claim(session, row.id, morning, morning) is None
        with pytest.raises(Refused):
            record_verdict(session, reviewer, row.id, True, "", morning)
        with pytest.raises(Unusable, match="原因"):
            record_verdict(session, office(session, morning), row.id, False, " ", morning)
        done = record_verdict(session, office(session, morning), row.id, True, "", morning)
        assert done.assignment.stage == "checked"
