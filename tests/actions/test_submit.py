"""What a collector may hand in, what is refused and why, and that nothing handed in is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from actions.review import decide
from actions.submit import attest, report_nothing, submit, upload, withdraw
from checks.finding import ERROR, Finding
from models import Event, StoredFinding, Version
from models.database import Database
from models.errors import Conflict, NotFound, Refused, Unusable
from tests.actions.people import attested, holder, office, task, workbook

BROKEN = (Finding("enum", ERROR, "“休学”不是学籍状态。", "请从下拉中选择。", "10.5", "F17", 17),)


def test_upload_then_submit(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        row = task(session, "10.5", "学务部")
        kept = upload(session, collector, row.id, workbook("a"), morning)
        assert (kept.number, task(session, "10.5", "学务部").assignment.stage) == (1, "pending")
        done = submit(session, collector, row.id, kept.id or 0, morning, None)
        assert (done.assignment.stage, done.version, done.assignment.collected_at) == (
            "collected",
            kept,
            morning,
        )


def test_a_version_with_errors_is_kept_with_its_findings_and_not_collected(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        row = task(session, "10.5", "学务部")
        kept = upload(session, collector, row.id, workbook("bad", findings=BROKEN), morning)
        with pytest.raises(Unusable) as refused:
            submit(session, collector, row.id, kept.id or 0, morning, None)
        assert "1 处错误" in refused.value.message
        assert session.exec(select(StoredFinding.cell)).all() == ["F17"]
        assert task(session, "10.5", "学务部").assignment.stage == "pending"


def test_the_same_bytes_twice_are_one_version(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        row = task(session, "10.5", "学务部")
        first = upload(session, collector, row.id, workbook("a"), morning)
        submit(session, collector, row.id, first.id or 0, morning, None)
        assert upload(session, collector, row.id, workbook("a"), morning).id == first.id
        submit(session, collector, row.id, first.id or 0, morning, None)
        assert len(session.exec(select(Event)).all()) == 1


def test_new_content_while_waiting_for_review_is_a_new_version(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        row = task(session, "10.5", "学务部")
        for name in ("a", "b"):
            kept = upload(session, collector, row.id, workbook(name), morning)
            done = submit(session, collector, row.id, kept.id or 0, morning, None)
        assert (done.version.number, done.assignment.stage) == (2, "collected")


def test_after_approval_nothing_is_taken(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        collector, reviewer = (holder(session, role, "学务部", morning) for role in ("collector", "reviewer"))
        row = task(session, "10.5", "学务部")
        kept = upload(session, collector, row.id, workbook("a"), morning)
        submit(session, collector, row.id, kept.id or 0, morning, None)
        decide(session, reviewer, row.id, kept.id or 0, "approve", "", morning)
        for attempt in (
            lambda: upload(session, collector, row.id, workbook("b"), morning),
            lambda: submit(session, collector, row.id, kept.id or 0, morning, None),
            lambda: withdraw(session, collector, row.id, morning),
            lambda: report_nothing(session, collector, row.id, morning),
        ):
            with pytest.raises(Conflict) as refused:
                attempt()
            assert refused.value.remedy
        assert len(session.exec(select(Version)).all()) == 1


def test_a_workbook_from_an_older_version_does_not_overwrite_a_colleague(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        colleague = holder(session, "collector", "政务部", morning)
        row = task(session, "10.5", "学务部")
        kept = upload(session, collector, row.id, workbook("a", base=0), morning)
        kept.made_by = colleague.id
        session.add(kept)
        session.flush()
        with pytest.raises(Conflict) as refused:
            upload(session, collector, row.id, workbook("b", base=0), morning)
        assert refused.value.detail == {"base": 0, "newest": 1}
        assert upload(session, collector, row.id, workbook("c", base=1), morning).number == 2


def test_mending_ones_own_file_again_and_again_is_no_overwriting(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        row = task(session, "10.5", "学务部")
        numbers = [
            upload(session, collector, row.id, workbook(name, base=0), morning).number for name in "abc"
        ]
    assert numbers == [1, 2, 3]


def test_an_older_upload_cannot_be_submitted_past_a_newer_one(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        row = task(session, "10.5", "学务部")
        first = upload(session, collector, row.id, workbook("a"), morning)
        upload(session, collector, row.id, workbook("b"), morning)
        with pytest.raises(Conflict, match="第 2 版"):
            submit(session, collector, row.id, first.id or 0, morning, None)


def test_withdrawing_goes_back_to_pending(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        row = task(session, "10.5", "学务部")
        report_nothing(session, collector, row.id, morning)
        back = withdraw(session, collector, row.id, morning)
        assert (back.assignment.stage, back.version) == ("pending", None)
        again = report_nothing(session, collector, row.id, morning)
        assert (again.assignment.stage, again.version.kind, again.version.number) == ("collected", "nil", 1)


def test_attesting_states_the_rows(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        row = task(session, "10.5", "学务部")
        attested(session, "10.5")
        with pytest.raises(Unusable):
            attest(session, collector, row.id, -1, "2020-11-06", morning)
        done = attest(session, collector, row.id, 120, "2020-11-06", morning)
        assert (done.assignment.stage, done.version.kind, done.version.row_count) == (
            "collected",
            "attest",
            120,
        )


def test_only_the_collectors_of_the_department_hand_in(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row = task(session, "10.5", "学务部")
        for person in (holder(session, "reviewer", "学务部", morning), office(session, morning)):
            with pytest.raises(Refused):
                upload(session, person, row.id, workbook("a"), morning)
        with pytest.raises(NotFound):
            upload(session, holder(session, "collector", "财务处", morning), row.id, workbook("a"), morning)


def test_after_closing_nothing_is_accepted(campaign: Database, morning: datetime) -> None:
    """18 Nov 2020 is a Wednesday: the fifth working day after it is Wednesday, 25 Nov."""
    last = datetime(2020, 11, 25, 23, 59, 59, tzinfo=morning.tzinfo)
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        row = task(session, "10.5", "学务部")
        with pytest.raises(Conflict, match="停止接收"):
            upload(session, collector, row.id, workbook("a"), last + timedelta(seconds=1))
        assert upload(session, collector, row.id, workbook("a"), last).number == 1


def test_an_exempt_assignment_takes_nothing(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row = task(session, "10.5", "学务部")
        row.assignment.exempt = True
        session.add(row.assignment)
        session.flush()
        with pytest.raises(Conflict, match="免报"):
            report_nothing(session, holder(session, "collector", "学务部", morning), row.id, morning)
