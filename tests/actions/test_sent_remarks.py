"""What a return has said and opened stays as it was sent, whatever the reviewer says before and after."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from actions.cell_remarks import Return, Said, cross_out, remark
from actions.reopening import opened_cells
from actions.submit import withdraw
from models import CellRemark
from models.blobs import Blobs
from models.cell_remark import sent_remarks
from models.database import Database
from models.errors import Conflict, Refused, Unusable
from tests.actions.club_desk import BOOK, SONG, Desk

CLUB = "10.3"
MEMBERS, NAME = "现有成员", "社团名称(全称)"


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def sent(desk: Desk) -> list[tuple[str, str]]:
    return [(each.cell, each.text) for each in sent_remarks(desk.session, desk.key)]


def returned(session: Session, blobs: Blobs, now: datetime) -> tuple[Desk, CellRemark]:
    """A desk whose table is back with its collector, only G2 open."""
    desk = Desk(session, blobs, now)
    version = desk.hand_in(BOOK, SONG)
    made = desk.remark(version, "G2", "应为 21")
    desk.decide(version, "return", "", Return(blobs, only_cells=True))
    return desk, made


def test_a_remark_is_the_reviewers_own_until_it_goes_with_a_return(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.hand_in(BOOK, SONG)
        made = desk.remark(version, "B3", "应为全称")
        assert (made.sent_at, sent(desk)) == (None, [])
        withdraw(session, desk.collector, desk.key, morning)
        assert sent(desk) == []
        desk.hand_in(BOOK, SONG)
        desk.decide(version, "return", "", Return(blobs, [Said("G2", "应为 21")]))
        assert (made.sent_at, sent(desk)) == (morning, [("G2", "应为 21"), ("B3", "应为全称")])


def test_after_a_return_nothing_more_is_remarked_or_crossed_out(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk, made = returned(session, blobs, morning)
        version = desk.seen.version
        assert version is not None
        with pytest.raises(Conflict):
            desk.remark(version, "B3")
        with pytest.raises(Conflict):
            cross_out(session, desk.reviewer, desk.key, made.id or 0, morning)
        assert opened_cells(session, desk.key) == {(CLUB, 2, MEMBERS)}
        with pytest.raises(Unusable, match="第 3 行“社团名称"):
            desk.hand_in(BOOK, {**SONG, NAME: "合唱社"})
        desk.hand_in({**BOOK, MEMBERS: "21"}, SONG)


def test_what_is_said_of_the_next_version_opens_and_shuts_nothing_when_that_is_withdrawn(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk, made = returned(session, blobs, morning)
        second = desk.hand_in({**BOOK, MEMBERS: "22"}, SONG)
        desk.remark(second, "B3", "内部意见")
        cross_out(session, desk.reviewer, desk.key, made.id or 0, morning)
        withdraw(session, desk.collector, desk.key, morning)
        assert desk.seen.assignment.stage == "returned"
        assert sent(desk) == [("G2", "应为 21")]
        with pytest.raises(Unusable, match="第 3 行“社团名称"):
            desk.hand_in({**BOOK, MEMBERS: "21"}, {**SONG, NAME: "合唱社"})
        desk.hand_in({**BOOK, MEMBERS: "21"}, SONG)


def test_a_second_return_opens_what_it_names_and_no_more(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk, made = returned(session, blobs, morning)
        second = desk.hand_in({**BOOK, MEMBERS: "21"}, SONG)
        cross_out(session, desk.reviewer, desk.key, made.id or 0, morning)
        desk.now = morning + timedelta(hours=1)
        desk.decide(second, "return", "", Return(blobs, [Said("B3", "应为全称")], only_cells=True))
        assert opened_cells(session, desk.key) == {(CLUB, 3, NAME)}
        with pytest.raises(Unusable, match="第 2 行“现有成员”"):
            desk.hand_in({**BOOK, MEMBERS: "20"}, SONG)


def test_nobody_remarks_on_what_he_handed_in(campaign: Database, blobs: Blobs, morning: datetime) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.hand_in(BOOK)
        version.made_by = desk.reviewer.id
        session.add(version)
        session.flush()
        with pytest.raises(Refused, match="自己提交"):
            remark(session, desk.reviewer, desk.key, version.id or 0, Said("B2", "x"), blobs, morning)


def test_approved_data_may_be_remarked_on_before_it_is_returned(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.hand_in(BOOK, SONG)
        desk.decide(version, "approve")
        desk.remark(version, "G3", "人数不符")
        desk.decide(version, "return", "", Return(blobs, only_cells=True))
        assert opened_cells(session, desk.key) == {(CLUB, 3, MEMBERS)}
