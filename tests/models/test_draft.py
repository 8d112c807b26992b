"""Drafts: their rows by place, and which assignments somebody has begun."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import Session

from actions.plan_in_force import rules_in_force
from models import Assignment, Draft, DraftRow, Version
from models.board import board
from models.database import Database
from models.draft import GAP, begun, count_begun, draft_of, rows_of
from tests.actions.people import office, task

CODE, DEPARTMENT = "10.3", "学务部"


def drafted(session: Session, now: datetime, saved_by: int | None) -> int:
    """A draft of the table; its assignment."""
    key = task(session, CODE, DEPARTMENT).id
    session.add(Draft(assignment_id=key, begun_at=now, saved_at=now, saved_by=saved_by))
    session.flush()
    return key


def test_rows_stand_by_sheet_and_place(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        draft = draft_of(session, drafted(session, morning, None))
        assert draft is not None
        for sheet, place in (("b", 3), ("a", GAP), ("a", 5), ("a", 2 * GAP)):
            session.add(DraftRow(draft_id=draft.id or 0, sheet=sheet, place=place))
        session.flush()
        found = rows_of(session, draft)
        assert [(row.sheet, row.place) for row in found] == [("a", 5), ("a", GAP), ("a", 2 * GAP), ("b", 3)]
        assert [row.base_row for row in found] == [None, 2, 3, None]
        assert rows_of(session, None) == []


@pytest.mark.parametrize(
    ("cells", "blank"), [({}, True), ({"a": ""}, True), ({"a": "0"}, False), ({"a": " "}, False)]
)
def test_a_row_is_blank_where_nothing_stands_in_it(cells: dict[str, str], blank: bool) -> None:
    assert DraftRow(draft_id=1, sheet="a", place=1, cells=cells).blank is blank


def test_what_somebody_typed_has_begun_and_looking_has_not(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = drafted(session, morning, None)
        assert (begun(session, [key]), count_begun(session)) == (set(), 0)
        draft = draft_of(session, key)
        assert draft is not None
        draft.saved_by = office(session, morning).id
        session.add(draft)
        session.flush()
        assert (begun(session, [key, key + 1]), begun(session, []), count_begun(session)) == ({key}, set(), 1)
        (row,) = [
            row for row in board(session, rules_in_force(session), morning).rows if row.table.code == CODE
        ]
        assert [cell.started for cell in row.cells.values()] == [True]


@pytest.mark.parametrize(("kind", "number"), [("upload", 1), ("form", 1), ("preload", 0)])
def test_a_version_that_was_not_handed_in_has_begun(
    campaign: Database, morning: datetime, kind: str, number: int
) -> None:
    with campaign.writing() as session:
        key = task(session, CODE, DEPARTMENT).id
        session.add(Version(assignment_id=key, number=1, kind=kind, made_at=morning))
        session.flush()
        assert count_begun(session) == number


@pytest.mark.parametrize("change", [{"stage": "collected"}, {"exempt": True}, {"closed": True}])
def test_what_is_handed_in_or_not_owed_is_not_counted(
    campaign: Database, morning: datetime, change: dict[str, object]
) -> None:
    with campaign.writing() as session:
        key = drafted(session, morning, office(session, morning).id)
        assignment = session.get_one(Assignment, key)
        for name, value in change.items():
            setattr(assignment, name, value)
        session.add(assignment)
        session.flush()
        assert (begun(session, [key]), count_begun(session)) == (set(), 0)
