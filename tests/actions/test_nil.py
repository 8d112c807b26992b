"""Nil returns (P1): one button, asked twice where last year had rows."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import Session

from actions.submit import report_nothing
from models import Prior
from models.database import Database
from models.errors import Refused, Unusable
from models.prior import prior_counts
from tests.actions.people import holder, office, task


def had(session: Session, code: str, rows: int, at: datetime) -> int:
    """Last year the student office's table had so many rows."""
    row = task(session, code, "学务部")
    session.add(Prior(assignment_id=row.id, rows_blob="rows", row_count=rows, loaded_at=at))
    session.flush()
    return row.id


def test_nothing_is_reported_by_one_step(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = task(session, "10.5", "学务部").id
        found = report_nothing(session, holder(session, "collector", "学务部", morning), key, morning)
    assert found.version is not None
    assert (found.assignment.stage, found.version.kind, found.version.row_count) == ("collected", "nil", 0)


def test_where_last_year_had_rows_it_is_asked_twice(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = had(session, "10.5", 12, morning)
        collector = holder(session, "collector", "学务部", morning)
        with pytest.raises(Unusable, match="上年这张表有 12 行") as refused:
            report_nothing(session, collector, key, morning)
        assert refused.value.detail == {"prior": 12}
        assert task(session, "10.5", "学务部").assignment.stage == "pending"
        assert (
            report_nothing(session, collector, key, morning, confirmed=True).assignment.stage == "collected"
        )


def test_last_year_without_rows_asks_nothing(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = had(session, "10.5", 0, morning)
        collector = holder(session, "collector", "学务部", morning)
        assert report_nothing(session, collector, key, morning).assignment.stage == "collected"


def test_whoever_may_not_collect_is_not_told_of_last_year(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = had(session, "10.5", 12, morning)
        with pytest.raises(Refused):
            report_nothing(session, office(session, morning), key, morning)


def test_rows_of_last_year_are_counted_by_assignment(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        one, two = had(session, "10.5", 12, morning), had(session, "10.4", 0, morning)
        assert prior_counts(session, [one, two]) == {one: 12}
        assert prior_counts(session, [two]) == {}
