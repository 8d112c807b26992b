"""An explanation is of the value that was explained, and a verdict of the text that was read."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import Session

from actions.explained import stamp_of
from actions.explanations import Target, accept_all, explain, judge, take_over
from actions.review import decide
from actions.submit import submit, upload, withdraw
from checks.finding import Finding
from models import Explanation, Version
from models.database import Database
from models.errors import Conflict, Unusable
from models.explanation import explanations_of_version, outdated_explanations
from models.worklist import Line
from tests.actions.people import holder, task, workbook

MONEY = Target("unit-suspect", "10.5", "经费")
AGE = Target("cohort", "10.5", "年级")


def found(target: Target, **values: str) -> tuple[Finding, ...]:
    """The rule's warnings about these rows, by key and value."""
    return tuple(
        Finding(
            rule=target.rule,
            severity="warning",
            message="与上年相差很大。",
            sheet=target.sheet,
            cell=f"D{row}",
            row=row,
            column=target.column,
            key=key,
            value=value,
        )
        for row, (key, value) in enumerate(values.items(), 2)
    )


class Desk:
    """学务部's 10.5, its collector and its reviewer."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now, self.names = session, now, 0
        self.collector = holder(session, "collector", "学务部", now)
        self.reviewer = holder(session, "reviewer", "学务部", now)
        self.row: Line = task(session, "10.5", "学务部")

    def keep(self, *warnings: Finding) -> Version:
        self.names += 1
        content = workbook(f"w{self.names}", findings=warnings)
        return upload(self.session, self.collector, self.row.id, content, self.now)

    def explain(self, version: Version, target: Target, text: str = "扩招") -> Explanation:
        return explain(self.session, self.collector, self.row.id, version.id or 0, target, text, self.now)

    def hand_in(self, version: Version) -> None:
        submit(self.session, self.collector, self.row.id, version.id or 0, self.now, None)

    def take_back(self) -> None:
        withdraw(self.session, self.collector, self.row.id, self.now)

    def decide(self, version: Version, decision: str) -> None:
        decide(self.session, self.reviewer, self.row.id, version.id or 0, decision, "请核对", self.now)

    def judge(self, version: Version, told: Explanation, read: str = "") -> Explanation:
        return judge(
            self.session,
            self.reviewer,
            self.row.id,
            version.id or 0,
            told.id or 0,
            "accepted",
            "",
            self.now,
            read=read,
        )

    def accept_all(self, version: Version, read: str) -> int:
        return accept_all(self.session, self.reviewer, self.row.id, version.id or 0, self.now, read=read)

    def outdated(self, version: Version) -> set[int]:
        return outdated_explanations(self.session, self.row.id, version.id or 0)


@pytest.mark.parametrize("key", ["", "k1"])
def test_another_value_wants_another_word(campaign: Database, morning: datetime, key: str) -> None:
    with campaign.writing() as session:
        desk = Desk(session, morning)
        first = desk.keep(*found(MONEY, k1="20"))
        target = Target(MONEY.rule, MONEY.sheet, MONEY.column, key)
        told = desk.explain(first, target)
        desk.hand_in(first)
        desk.judge(first, told)
        desk.decide(first, "return")
        second = desk.keep(*found(MONEY, k1="20000000"))
        assert desk.outdated(second) == {told.id}
        with pytest.raises(Unusable) as refused:
            desk.hand_in(second)
        assert refused.value.detail == {"unexplained": 1, "cells": ["D2"]}
        desk.explain(second, target)
        assert (told.verdict, desk.outdated(second), desk.outdated(first)) == ("", set(), {told.id})
        desk.hand_in(second)


def test_the_same_values_stay_explained_and_fewer_do_too(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        desk = Desk(session, morning)
        first = desk.keep(*found(MONEY, k1="20", k2="30"))
        told = desk.explain(first, MONEY)
        second = desk.keep(*found(MONEY, k2="30"))
        desk.hand_in(second)
        desk.judge(second, told)
        desk.decide(second, "return")
        again = desk.keep(*found(MONEY, k2="30"))
        desk.hand_in(again)
        assert (told.verdict, desk.outdated(again)) == ("accepted", set())


def test_a_row_more_is_not_covered_by_what_was_said_of_the_others(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, morning)
        desk.explain(desk.keep(*found(MONEY, k1="20")), MONEY)
        more = desk.keep(*found(MONEY, k1="20", k2="20"))
        with pytest.raises(Unusable, match="还有 1 处警告没有说明：D3"):
            desk.hand_in(more)


def test_what_was_accepted_of_another_value_is_judged_anew(campaign: Database, morning: datetime) -> None:
    """Also of rules that nobody has to explain."""
    with campaign.writing() as session:
        desk = Desk(session, morning)
        first = desk.keep(*found(AGE, k1="2014"))
        told = desk.explain(first, AGE)
        desk.hand_in(first)
        desk.judge(first, told)
        desk.decide(first, "return")
        second = desk.keep(*found(AGE, k1="1914"))
        desk.hand_in(second)
        assert (told.verdict, told.judged_by, desk.outdated(second)) == ("", None, {told.id})


def test_last_years_text_is_taken_over_for_the_newest_values_only(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, morning)
        old = desk.keep(*found(MONEY, k1="20"))
        offer = Explanation(
            assignment_id=desk.row.id, text="去年的", offered=True, made_at=morning, **vars(MONEY)
        )
        session.add(offer)
        session.flush()
        new = desk.keep(*found(MONEY, k1="20000000"))
        with pytest.raises(Conflict, match="已有第 2 版"):
            take_over(session, desk.collector, desk.row.id, old.id or 0, offer.id or 0, morning)
        take_over(session, desk.collector, desk.row.id, new.id or 0, offer.id or 0, morning)
        desk.hand_in(new)


def test_a_verdict_on_a_text_that_was_not_read_is_a_conflict(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        desk = Desk(session, morning)
        version = desk.keep(*found(MONEY, k1="20"), *found(AGE, k1="2014"))
        told, other = desk.explain(version, MONEY), desk.explain(version, AGE, "复学")
        desk.hand_in(version)
        one = stamp_of([told])
        both = stamp_of(explanations_of_version(session, desk.row.id, version.id or 0))
        desk.take_back()
        desk.explain(version, MONEY, "换了一个说法")
        desk.hand_in(version)
        with pytest.raises(Conflict, match="改动了说明"):
            desk.judge(version, told, one)
        with pytest.raises(Conflict, match="改动了说明"):
            desk.accept_all(version, both)
        assert (told.verdict, other.verdict) == ("", "")
        assert desk.judge(version, told, stamp_of([told])).verdict == "accepted"
        assert desk.accept_all(version, stamp_of([told, other])) == 1
