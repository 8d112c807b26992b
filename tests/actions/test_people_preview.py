"""What a people file would change is told before, and nothing of the trial stays."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import Session, select

from actions.people import load_people
from actions.people_change import Field, Held
from actions.people_file import PersonRow
from actions.people_preview import load_as_seen, preview
from models import Grant, Person
from models.database import Database
from models.errors import Conflict
from tests.actions.people import office


def row(staff_no: str, roles: str, department: str = "图书馆", email: str = "a@x.example") -> PersonRow:
    return PersonRow(2, staff_no, "甲", email, "", department, tuple(roles.split()), (), ())


def everything(session: Session) -> list[str]:
    return [repr(each) for what in (Person, Grant) for each in session.exec(select(what).order_by(what.id))]


def test_a_preview_tells_all_and_changes_nothing(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        load_people(session, [row("7001", "collector head")], morning)
    with campaign.writing() as session:
        before = everything(session)
        rows = [row("7001", "collector", email="b@x.example"), row("7002", "reviewer")]
        known, new = preview(session, rows, morning).loaded.changes
        assert known.fields == (Field("email", "a@x.example", "b@x.example"),)
        assert (known.begun, known.ended, known.idle) == ((), (Held("head", "图书馆", ""),), False)
        assert (new.new, new.begun) == (True, (Held("reviewer", "图书馆", ""),))
        session.expire_all()
        assert everything(session) == before


def test_who_would_hold_nothing_and_what_nobody_would_do(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        seen = preview(session, [row("S011", "", "政务部")], morning)
        assert [each.staff_no for each in seen.idle] == ["S011"]
        assert [(each.department, each.role) for each in seen.loaded.taken.vacant] == [
            ("政务部", "collector")
        ]


def test_one_who_would_collect_and_review_a_table_is_a_doubt(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        (doubt,) = preview(session, [row("7001", "collector reviewer", "财务处")], morning).doubts
        assert doubt.startswith("甲（7001） 会既采集又审核同一张表（9 张：")
        other = preview(session, [row("7001", "collector", "财务处"), row("7002", "reviewer")], morning)
        assert other.doubts == ()


def test_what_was_seen_is_what_is_loaded_or_nothing_is(campaign: Database, morning: datetime) -> None:
    rows = [row("7001", "collector")]
    with campaign.writing() as session:
        me, seen = office(session, morning), preview(session, rows, morning)
        assert not seen.empty
        loaded = load_as_seen(session, rows, seen.mark, morning, me)
        assert (loaded, loaded.changes) == (seen.loaded, seen.loaded.changes)
    with campaign.writing() as session:
        assert preview(session, rows, morning).empty
        with pytest.raises(Conflict, match="预览之后"):
            load_as_seen(session, rows, seen.mark, morning, me)
