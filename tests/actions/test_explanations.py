"""Warnings that compare with last year are explained, judged, and stand in the way until they are."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from actions.explained import demand_explained, stamp_of
from actions.explanations import Target, accept_all, explain, judge, take_over
from actions.review import decide
from actions.submit import submit, upload, withdraw
from checks.finding import Finding
from models import Explanation, Version
from models.database import Database
from models.errors import Conflict, NotFound, PeopleError, Refused, Unusable
from models.explanation import explanations_of, explanations_of_version, unexplained
from models.worklist import Line
from tests.actions.people import holder, office, task, workbook

UNIT = Target("unit-suspect", "10.5", "经费")


def warning(rule: str, row: int, column: str = "经费", severity: str = "warning") -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message="与上年相差很大。",
        sheet="10.5",
        cell=f"D{row}",
        row=row,
        column=column,
        key=f"k{row}",
    )


def kept(session: Session, now: datetime, *found: Finding, name: str = "a") -> tuple[Line, Version]:
    collector = holder(session, "collector", "学务部", now)
    row = task(session, "10.5", "学务部")
    return row, upload(session, collector, row.id, workbook(name, findings=found), now)


def said(
    session: Session, row: Line, version: Version, target: Target, now: datetime, text: str = "新建实训楼"
) -> Explanation:
    return explain(
        session, holder(session, "collector", "学务部", now), row.id, version.id or 0, target, text, now
    )


def hand_in(session: Session, row: Line, version: Version, now: datetime) -> Line:
    return submit(session, holder(session, "collector", "学务部", now), row.id, version.id or 0, now, None)


def test_only_rules_that_compare_with_last_year_must_be_explained(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        row, version = kept(
            session, morning, warning("cohort", 2), warning("unit-suspect", 3, severity="info")
        )
        assert hand_in(session, row, version, morning).assignment.stage == "collected"


def test_what_is_not_explained_is_named_and_counted(campaign: Database, morning: datetime) -> None:
    found = [warning("unit-suspect", number) for number in range(2, 9)]
    with campaign.writing() as session:
        row, version = kept(
            session, morning, *found, Finding("untouched-prefill", "warning", "九成未变", sheet="10.5")
        )
        with pytest.raises(Unusable) as refused:
            hand_in(session, row, version, morning)
        assert refused.value.message == "第 1 版还有 8 处警告没有说明：D2、D3、D4、D5、D6 等。"
        assert refused.value.detail == {"unexplained": 8, "cells": ["D2", "D3", "D4", "D5", "D6"]}
        said(session, row, version, UNIT, morning)
        with pytest.raises(Unusable, match=r"还有 1 处警告没有说明：10\.5。"):
            hand_in(session, row, version, morning)
        said(session, row, version, Target("untouched-prefill", "10.5"), morning, "确认未变")
        assert hand_in(session, row, version, morning).assignment.stage == "collected"


def test_one_rows_explanation_covers_that_row(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2), warning("unit-suspect", 3))
        said(session, row, version, Target("unit-suspect", "10.5", "经费", "k2"), morning)
        count, first = unexplained(session, row.id, version.id or 0, ["unit-suspect"], 5)
        assert (count, [each.cell for each in first]) == (1, ["D3"])


def test_an_explanation_follows_the_assignment_over_versions(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        said(session, row, version, UNIT, morning)
        _, newer = kept(session, morning, warning("unit-suspect", 2), name="b")
        demand_explained(session, newer)
        _, other = kept(session, morning, warning("unit-suspect", 9, "面积"), name="c")
        with pytest.raises(Unusable, match="D9"):
            demand_explained(session, other)
        assert [each.id for each in explanations_of_version(session, row.id, other.id or 0)] == []


def test_an_explanation_of_an_old_version_is_a_conflict(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, old = kept(session, morning, warning("unit-suspect", 2))
        kept(session, morning, name="b")
        with pytest.raises(Conflict) as refused:
            said(session, row, old, UNIT, morning)
        assert refused.value.detail == {"seen": 1, "newest": 2}
        assert explanations_of(session, row.id) == []


@pytest.mark.parametrize(
    ("target", "text", "error"),
    [
        (UNIT, " \n", Unusable),
        (UNIT, "长" * 2001, Unusable),
        (Target("cohort", "10.5", "年级"), "原因", Unusable),
        (Target("unit-suspect", "10.5", "面积"), "原因", Unusable),
        (Target("unit-suspect", "10.5", "经费", "k9"), "原因", Unusable),
    ],
)
def test_what_is_no_explanation_is_refused(
    campaign: Database, morning: datetime, target: Target, text: str, error: type[PeopleError]
) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        with pytest.raises(error):
            said(session, row, version, target, morning, text)


def test_only_the_collector_explains_and_only_before_it_waits_for_review(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        for other in (holder(session, "reviewer", "学务部", morning), office(session, morning)):
            with pytest.raises(Refused):
                explain(session, other, row.id, version.id or 0, UNIT, "原因", morning)
        said(session, row, version, UNIT, morning)
        hand_in(session, row, version, morning)
        with pytest.raises(Conflict, match="待审核"):
            said(session, row, version, UNIT, morning, "另一个原因")


def test_last_years_text_counts_once_it_is_taken_over(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        offer = Explanation(
            assignment_id=row.id, text="去年的原因", offered=True, made_at=morning, **vars(UNIT)
        )
        session.add(offer)
        session.flush()
        with pytest.raises(Unusable):
            hand_in(session, row, version, morning)
        collector = holder(session, "collector", "学务部", morning)
        taken = take_over(session, collector, row.id, version.id or 0, offer.id or 0, morning)
        assert (taken.text, taken.offered, taken.made_by) == ("去年的原因", False, collector.id)
        with pytest.raises(Conflict, match="已经采用"):
            take_over(session, collector, row.id, version.id or 0, offer.id or 0, morning)
        assert hand_in(session, row, version, morning).assignment.stage == "collected"


def test_an_own_text_replaces_the_offer(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        session.add(
            Explanation(assignment_id=row.id, text="去年的", offered=True, made_at=morning, **vars(UNIT))
        )
        session.flush()
        said(session, row, version, UNIT, morning, "今年的")
        assert [(each.text, each.offered) for each in explanations_of(session, row.id)] == [("今年的", False)]


def test_approving_accepts_what_nobody_judged(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        explanation = said(session, row, version, UNIT, morning)
        gone = Explanation(
            assignment_id=row.id, rule="unit-suspect", sheet="10.5", column="面积", text="旧", made_at=morning
        )
        session.add(gone)
        hand_in(session, row, version, morning)
        reviewer, later = holder(session, "reviewer", "学务部", morning), morning + timedelta(hours=3)
        decide(session, reviewer, row.id, version.id or 0, "approve", "", later)
        assert (explanation.verdict, explanation.judged_by, explanation.judged_at) == (
            "accepted",
            reviewer.id,
            later,
        )
        assert gone.verdict == ""


def test_a_refused_explanation_blocks_approval_until_it_is_told_better(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        explanation = said(session, row, version, UNIT, morning)
        hand_in(session, row, version, morning)
        reviewer, key = holder(session, "reviewer", "学务部", morning), version.id or 0
        with pytest.raises(Unusable, match="写明原因"):
            judge(session, reviewer, row.id, key, explanation.id or 0, "refused", " ", morning)
        judge(session, reviewer, row.id, key, explanation.id or 0, "refused", "请附批文", morning)
        with pytest.raises(Conflict, match="1 条说明您没有接受"):
            decide(session, reviewer, row.id, key, "approve", "", morning)
        decide(session, reviewer, row.id, key, "return", "说明不清", morning)
        with pytest.raises(Unusable, match="没有说明：D2"):
            hand_in(session, row, version, morning)
        again = said(session, row, version, UNIT, morning, "见批文 12 号")
        assert (again.id, again.verdict, again.remark, again.judged_by) == (explanation.id, "", "", None)
        hand_in(session, row, version, morning)
        assert accept_all(session, reviewer, row.id, key, morning) == 1
        assert accept_all(session, reviewer, row.id, key, morning) == 0
        assert decide(session, reviewer, row.id, key, "approve", "", morning).assignment.stage == "reviewed"


def test_a_refused_explanation_of_what_was_mended_blocks_nothing(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        explanation = said(session, row, version, UNIT, morning)
        hand_in(session, row, version, morning)
        reviewer = holder(session, "reviewer", "学务部", morning)
        judge(session, reviewer, row.id, version.id or 0, explanation.id or 0, "refused", "不对", morning)
        decide(session, reviewer, row.id, version.id or 0, "return", "请改", morning)
        _, clean = kept(session, morning, name="b")
        hand_in(session, row, clean, morning)
        assert (
            decide(session, reviewer, row.id, clean.id or 0, "approve", "", morning).assignment.stage
            == "reviewed"
        )


def test_a_decision_on_explanations_that_were_edited_meanwhile_is_a_conflict(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        said(session, row, version, UNIT, morning)
        hand_in(session, row, version, morning)
        read = stamp_of(explanations_of_version(session, row.id, version.id or 0))
        withdraw(session, holder(session, "collector", "学务部", morning), row.id, morning)
        said(session, row, version, UNIT, morning, "换了一个说法")
        hand_in(session, row, version, morning)
        reviewer, key = holder(session, "reviewer", "学务部", morning), version.id or 0
        with pytest.raises(Conflict, match="改动了说明"):
            decide(session, reviewer, row.id, key, "approve", "", morning, "collected", explained=read)
        now = stamp_of(explanations_of_version(session, row.id, key))
        done = decide(session, reviewer, row.id, key, "approve", "", morning, "collected", explained=now)
        assert done.assignment.stage == "reviewed"


def test_two_reviewers_judge_at_once_the_later_one_stands_and_nobody_judges_afterwards(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        explanation = said(session, row, version, UNIT, morning)
        hand_in(session, row, version, morning)
        key, told = version.id or 0, explanation.id or 0
    with campaign.writing() as session:
        reviewer = holder(session, "reviewer", "学务部", morning)
        judge(session, reviewer, row.id, key, told, "refused", "不清楚", morning)
    with campaign.writing() as session:
        reviewer = holder(session, "reviewer", "学务部", morning)
        judge(session, reviewer, row.id, key, told, "accepted", "", morning)
        decide(session, reviewer, row.id, key, "approve", "", morning)
        with pytest.raises(Conflict):
            judge(session, reviewer, row.id, key, told, "refused", "晚了", morning)
        with pytest.raises(NotFound):
            judge(session, reviewer, row.id, 999, told, "refused", "晚了", morning)


def test_who_judges_is_the_reviewer_of_another_submission(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        row, version = kept(session, morning, warning("unit-suspect", 2))
        explanation = said(session, row, version, UNIT, morning)
        hand_in(session, row, version, morning)
        key, told = version.id or 0, explanation.id or 0
        with pytest.raises(Refused):
            judge(
                session,
                holder(session, "collector", "学务部", morning),
                row.id,
                key,
                told,
                "accepted",
                "",
                morning,
            )
        reviewer = holder(session, "reviewer", "学务部", morning)
        with pytest.raises(NotFound):
            judge(session, reviewer, row.id, key, 999, "accepted", "", morning)
        with pytest.raises(Unusable):
            judge(session, reviewer, row.id, key, told, "perhaps", "", morning)
        stranger = holder(session, "reviewer", "财务处", morning)
        with pytest.raises(NotFound):
            judge(session, stranger, row.id, key, told, "accepted", "", morning)
