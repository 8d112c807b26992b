"""Remarks on single cells: made, crossed out, sent with a return, brought along; and what they reopen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from actions.cell_remarks import Return, Said, cross_out, remark
from actions.reopening import confined, opening_of
from actions.submit import report_nothing, submit, withdraw
from models import Event
from models.blobs import Blobs
from models.cell_remark import open_remarks
from models.database import Database
from models.errors import Conflict, NotFound, Refused, Unusable
from tests.actions.club_desk import BOOK, SONG, Desk
from tests.workbooks.stored import Row


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def test_a_remark_knows_its_cell_and_row(campaign: Database, blobs: Blobs, morning: datetime) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.hand_in(BOOK, SONG)
        found = desk.remark(version, "b3", " 名称有误 ")
        assert (found.sheet, found.cell, found.row, found.column, found.key, found.text) == (
            "10.3",
            "B3",
            3,
            "社团名称(全称)",
            "002",
            "名称有误",
        )
        assert (found.version_id, found.made_by, found.settled_at) == (version.id, desk.reviewer.id, None)


@pytest.mark.parametrize(
    ("cell", "text"), [("B9", "x"), ("x", "x"), ("B1", "x"), ("B2", " "), ("B2", "长" * 1001)]
)
def test_what_is_no_remark_is_refused(
    campaign: Database, blobs: Blobs, morning: datetime, cell: str, text: str
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        with pytest.raises(Unusable):
            desk.remark(desk.hand_in(BOOK), cell, text)


def test_only_the_reviewer_remarks_and_only_on_the_current_version(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.hand_in(BOOK)
        with pytest.raises(Refused):
            remark(session, desk.collector, desk.key, version.id or 0, Said("B2", "x"), blobs, morning)
        desk.hand_in(BOOK, SONG)
        with pytest.raises(Conflict):
            desk.remark(version, "B2")


def test_remarks_are_crossed_out(campaign: Database, blobs: Blobs, morning: datetime) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        found = desk.remark(desk.hand_in(BOOK), "B2")
        with pytest.raises(Refused):
            cross_out(session, desk.collector, desk.key, found.id or 0, morning)
        with pytest.raises(NotFound):
            cross_out(session, desk.reviewer, desk.key, 999, morning)
        cross_out(session, desk.reviewer, desk.key, found.id or 0, morning)
        assert (desk.open(), found.settled_at) == ([], morning)


def test_a_return_tells_the_cells_and_needs_no_other_reason(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.hand_in(BOOK, SONG)
        desk.remark(version, "G2")
        desk.decide(version, "return", "", Return(blobs, [Said("B3", "应为全称")]))
        event = session.exec(select(Event).where(Event.verb == "return")).one()
        assert event.reason == "请按指出的单元格修改（G2、B3）"
        assert desk.open() == [("G2", "001", "请核对"), ("B3", "002", "应为全称")]
        assert desk.seen.assignment.reopened == ""


def test_a_wrong_cell_lets_nothing_happen(campaign: Database, blobs: Blobs, morning: datetime) -> None:
    with campaign.writing() as session:
        version = Desk(session, blobs, morning).hand_in(BOOK)
    with pytest.raises(Unusable, match="Z9"), campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        desk.decide(version, "return", "改", Return(blobs, [Said("B2", "x"), Said("Z9", "x")]))
    with campaign.reading() as session:
        desk = Desk(session, blobs, morning)
        assert (desk.open(), desk.seen.assignment.stage) == ([], "collected")


def test_approval_settles_remarks_and_closes_what_was_reopened(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.hand_in(BOOK)
        desk.decide(version, "return", "", Return(blobs, [Said("G2", "应为 21")], only_cells=True))
        assert desk.seen.assignment.reopened == "cells"
        mended = desk.hand_in({**BOOK, "现有成员": "21"})
        assert desk.seen.assignment.reopened == "cells"
        desk.decide(mended, "approve")
        assert (desk.open(), desk.seen.assignment.reopened) == ([], "")
        desk.decide(mended, "return", "整表再看")
        desk.hand_in(SONG)


def test_only_the_remarked_cells_and_added_rows_reopen(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.hand_in(BOOK, SONG)
        desk.decide(version, "return", "", Return(blobs, [Said("G2", "应为 21")], only_cells=True))
        mended: Row = {**BOOK, "现有成员": "21"}
        with pytest.raises(Unusable) as refused:
            desk.hand_in(mended, {**SONG, "社团名称(全称)": "合唱社", "现有成员": "30"})
        assert refused.value.detail == {
            "outside": 2,
            "cells": ["10.3 第 3 行“社团名称(全称)”", "10.3 第 3 行“现有成员”"],
        }
        with pytest.raises(Unusable, match="第 3 行（已删除）与退回的第 1 版不同"):
            desk.hand_in(mended)
        with pytest.raises(Unusable, match="无数据"):
            report_nothing(session, desk.collector, desk.key, morning)
        new: Row = {"社团代码": "003", "社团名称(全称)": "棋社"}
        desk.hand_in(new, SONG, mended)
        assert desk.seen.assignment.stage == "collected"


def test_the_same_rows_may_come_again_and_a_key_may_be_mended_where_it_was_remarked(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.hand_in(BOOK, SONG)
        desk.decide(version, "return", "", Return(blobs, [Said("A2", "代码应为 009")], only_cells=True))
        submit(session, desk.collector, desk.key, version.id or 0, morning, desk.blobs)
        withdraw(session, desk.collector, desk.key, morning)
        assert desk.seen.assignment.reopened == "cells"
        desk.hand_in({**BOOK, "社团代码": "009"}, SONG)


def test_without_the_rows_at_hand_nothing_passes(campaign: Database, blobs: Blobs, morning: datetime) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        desk.decide(desk.hand_in(BOOK), "return", "", Return(blobs, [Said("G2", "x")], only_cells=True))
        other = desk.upload({**BOOK, "现有成员": "21"})
        with pytest.raises(Unusable, match="只放开了"):
            submit(session, desk.collector, desk.key, other.id or 0, morning, None)


def test_what_was_compared_before_is_taken_as_long_as_it_speaks_of_the_same(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        desk.decide(desk.hand_in(BOOK), "return", "", Return(blobs, [Said("G2", "x")], only_cells=True))
        version = desk.upload({**BOOK, "现有成员": "21"})
        opening = opening_of(session, desk.seen)
        assert opening is not None
        found = confined(opening, version.rows_blob or "", blobs)
        assert (found.outside, list(found.named), opening.number) == (0, [], 1)
        other = replace(found, rows_blob="other", outside=9)
        with pytest.raises(Unusable, match="只放开了"):
            submit(session, desk.collector, desk.key, version.id or 0, morning, None, other)
        submit(session, desk.collector, desk.key, version.id or 0, morning, None, found)
        assert desk.seen.assignment.stage == "collected"


def test_single_cells_cannot_reopen_where_none_is_named(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.hand_in(BOOK)
        with pytest.raises(Unusable, match="还没有指出"):
            desk.decide(version, "return", "改", Return(blobs, only_cells=True))


def test_a_second_return_brings_open_remarks_along_by_their_rows_keys(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        first = desk.hand_in(BOOK, SONG)
        desk.decide(first, "return", "", Return(blobs, [Said("G3", "人数不符"), Said("G2", "核对")]))
        second = desk.hand_in({"社团代码": "000"}, SONG)
        assert [each.version_id for each in open_remarks(session, desk.key)] == [first.id, first.id]
        desk.decide(second, "return", "仍未改", Return(blobs, only_cells=True))
        (left,) = open_remarks(session, desk.key)
        assert (left.version_id, left.cell, left.row, left.key) == (second.id, "G3", 3, "002")
        event = session.exec(
            select(Event).where(Event.verb == "return").order_by(col(Event.id).desc())
        ).first()
        assert event is not None
        assert event.reason == "仍未改（G3）"
