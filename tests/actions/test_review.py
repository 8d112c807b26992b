"""A decision: by a reviewer, on the version that was seen, with a reason where it is a return."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import Session, select

from actions.review import decide
from actions.submit import submit, upload, withdraw
from models import Event, Grant, Version
from models.database import Database
from models.errors import Conflict, NotFound, Refused, Unusable
from models.worklist import Line
from tests.actions.people import holder, office, task, workbook


def submitted(session: Session, morning: datetime, name: str = "a") -> tuple[Line, Version]:
    collector = holder(session, "collector", "学务部", morning)
    row = task(session, "10.5", "学务部")
    kept = upload(session, collector, row.id, workbook(name), morning)
    return submit(session, collector, row.id, kept.id or 0, morning, None), kept


def test_approval_and_return_are_written_down(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, kept = submitted(session, morning)
        reviewer = holder(session, "reviewer", "学务部", morning)
        assert (
            decide(session, reviewer, row.id, kept.id or 0, "approve", "", morning).assignment.stage
            == "reviewed"
        )
        back = decide(session, reviewer, row.id, kept.id or 0, "return", " 人数与 10.1.1 不符 ", morning)
        assert back.assignment.stage == "returned"
        last = session.exec(select(Event).where(Event.verb == "return")).one()
        assert (last.actor_id, last.reason, last.from_stage) == (
            reviewer.id,
            "人数与 10.1.1 不符",
            "reviewed",
        )


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_return_needs_a_reason(campaign: Database, morning: datetime, reason: str) -> None:
    with campaign.writing() as session:
        row, kept = submitted(session, morning)
        with pytest.raises(Unusable, match="原因"):
            decide(
                session,
                holder(session, "reviewer", "学务部", morning),
                row.id,
                kept.id or 0,
                "return",
                reason,
                morning,
            )


def test_a_newer_version_makes_the_decision_a_conflict(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, old = submitted(session, morning, "a")
        _, new = submitted(session, morning, "b")
        reviewer = holder(session, "reviewer", "学务部", morning)
        with pytest.raises(Conflict) as refused:
            decide(session, reviewer, row.id, old.id or 0, "approve", "", morning)
        assert refused.value.detail == {"seen": 1, "current": 2}
        assert (
            decide(session, reviewer, row.id, new.id or 0, "approve", "", morning).assignment.stage
            == "reviewed"
        )


def test_nobody_reviews_his_own(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, kept = submitted(session, morning)
        collector = holder(session, "collector", "学务部", morning)
        session.add(Grant(person_id=collector.id, role="reviewer", department_id=collector.department_id))
        session.flush()
        both = holder(session, "collector", "学务部", morning)
        with pytest.raises(Refused, match="自己"):
            decide(session, both, row.id, kept.id or 0, "approve", "", morning)


def test_after_withdrawal_there_is_nothing_to_review(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, kept = submitted(session, morning)
        withdraw(session, holder(session, "collector", "学务部", morning), row.id, morning)
        reviewer = holder(session, "reviewer", "学务部", morning)
        for decision in ("approve", "return"):
            with pytest.raises(Conflict, match="待采集"):
                decide(session, reviewer, row.id, kept.id or 0, decision, "理由", morning)


def test_other_departments_and_the_office_do_not_review(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, kept = submitted(session, morning)
        with pytest.raises(NotFound):
            decide(
                session,
                holder(session, "reviewer", "财务处", morning),
                row.id,
                kept.id or 0,
                "approve",
                "",
                morning,
            )
        with pytest.raises(Refused):
            decide(session, office(session, morning), row.id, kept.id or 0, "approve", "", morning)


def test_a_reviewer_of_some_tables_reviews_only_these(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, kept = submitted(session, morning)
        reviewer = holder(session, "reviewer", "学务部", morning)
        grant = session.exec(
            select(Grant).where(Grant.person_id == reviewer.id, Grant.role == "reviewer")
        ).one()
        grant.table_code = "10.1.1"
        session.add(grant)
        session.flush()
        narrowed = holder(session, "reviewer", "学务部", morning)
        with pytest.raises(Refused):
            decide(session, narrowed, row.id, kept.id or 0, "approve", "", morning)


def test_a_colleagues_decision_is_not_overturned_unasked(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, kept = submitted(session, morning)
        reviewer = holder(session, "reviewer", "学务部", morning)
        decide(session, reviewer, row.id, kept.id or 0, "approve", "", morning, "collected")
        with pytest.raises(Conflict, match="待系统检测"):
            decide(session, reviewer, row.id, kept.id or 0, "return", "再看看", morning, "collected")
        back = decide(session, reviewer, row.id, kept.id or 0, "return", "再看看", morning, "reviewed")
        assert back.assignment.stage == "returned"


def test_a_version_of_another_assignment_is_unknown(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, kept = submitted(session, morning)
        reviewer = holder(session, "reviewer", "学务部", morning)
        with pytest.raises(NotFound):
            decide(session, reviewer, row.id, (kept.id or 0) + 99, "approve", "", morning)
        with pytest.raises(Unusable):
            decide(session, reviewer, row.id, kept.id or 0, "maybe", "", morning)
