"""Rights that are taken away: told, on record, and the past stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from actions.late import late_report
from actions.load_plan import impact
from actions.people import load_people, person_by_staff_no
from actions.people_book import people_now
from actions.people_file import PersonRow
from actions.rehearsed_campaign import start_over
from actions.rights import Ended, Vacancy
from actions.who import Right, who_is
from models import Department, Grant
from models.addressees import Addressees
from models.database import Database
from models.errors import Conflict
from plans.plan import Plan
from tests.actions.people import who
from tests.conftest import SHANGHAI

BEFORE = datetime(2020, 11, 9, 9, 0, tzinfo=SHANGHAI)
TAKEN = datetime(2020, 11, 12, 10, 0, tzinfo=SHANGHAI)
COLLECTOR = Right("collector", 1, None)


@pytest.fixture
def session(campaign: Database) -> Iterator[Session]:
    with campaign.writing() as session:
        yield session


def row_of(session: Session, staff_no: str, now: datetime) -> PersonRow:
    return next(row for row in people_now(session, now) if row.staff_no == staff_no)


def without_roles(session: Session, staff_no: str, now: datetime = TAKEN) -> PersonRow:
    return replace(row_of(session, staff_no, now), roles=(), leads=(), tables=())


def deputy(session: Session, staff_no: str, department: str, days: int) -> None:
    place = session.exec(select(Department.id).where(Department.name == department)).one()
    right = Grant(
        person_id=person_by_staff_no(session, staff_no).id or 0,
        role="collector",
        department_id=place,
        since=TAKEN,
        until=TAKEN + timedelta(days=days),
    )
    session.add(right)
    session.flush()


def test_what_is_taken_away_is_told_with_the_place_it_leaves_empty(session: Session) -> None:
    name = person_by_staff_no(session, "S011").name
    taken = load_people(session, [without_roles(session, "S011")], TAKEN).taken
    assert taken.ended == (Ended("S011", name, "collector", "政务部", ""),)
    assert taken.vacant == (Vacancy("政务部", "collector"),)
    again = load_people(session, [without_roles(session, "S011")], TAKEN)
    assert (again.same, again.taken.ended, again.taken.vacant) == (1, (), ())


def test_a_second_collector_leaves_no_place_empty(session: Session) -> None:
    second = PersonRow(0, "7001", "丁", "d@sample.example", "", "政务部", ("collector",), (), ())
    load_people(session, [second], BEFORE)
    assert load_people(session, [without_roles(session, "S011")], TAKEN).taken.vacant == ()


def test_the_past_keeps_who_held_what(session: Session) -> None:
    before, key = late_report(session, BEFORE), person_by_staff_no(session, "S011").id or 0
    assert before.rosters == ()
    load_people(session, [without_roles(session, "S011")], TAKEN)
    assert late_report(session, BEFORE) == before
    assert late_report(session, TAKEN).rosters == ("政务部",)
    then, since = who_is(session, key, BEFORE), who_is(session, key, TAKEN)
    assert then is not None
    assert since is not None
    assert ([each.role for each in then.rights], since.rights) == (["collector"], ())


def test_a_hand_over_breaks_no_roster(session: Session) -> None:
    before = late_report(session, BEFORE)
    successor = PersonRow(0, "7001", "丁", "d@sample.example", "", "政务部", ("collector",), (), ())
    taken = load_people(session, [without_roles(session, "S011"), successor], TAKEN).taken
    assert (len(taken.ended), taken.vacant) == (1, ())
    assert late_report(session, BEFORE) == before
    assert late_report(session, TAKEN + timedelta(hours=1)).rosters == ()


def test_a_right_that_is_over_addresses_counts_and_lists_nobody(session: Session, plan: Plan) -> None:
    tables = [table for table in plan.tables if table.code != "1.6"]
    fewer = Plan(plan.schedule, tuple(tables), plan.text)
    touched = impact(session, fewer).people_notified
    load_people(session, [without_roles(session, "S011")], TAKEN)
    assert Addressees(session, TAKEN).of("collector", "政务部") == []
    assert [each.staff_no for each in Addressees(session, BEFORE).of("collector", "政务部")] == ["S011"]
    assert row_of(session, "S011", TAKEN).roles == ()
    assert impact(session, fewer).people_notified == touched - 1


def test_a_role_given_back_is_a_right_of_its_own(session: Session) -> None:
    row = row_of(session, "S011", BEFORE)
    load_people(session, [without_roles(session, "S011")], TAKEN)
    load_people(session, [row], TAKEN + timedelta(days=1))
    held = select(Grant).where(Grant.person_id == person_by_staff_no(session, "S011").id)
    spans = [(each.since, each.until) for each in session.exec(held.order_by(col(Grant.id)))]
    assert [until for _, until in spans] == [TAKEN, None]
    assert spans[1][0] == TAKEN + timedelta(days=1)
    assert late_report(session, TAKEN + timedelta(hours=3)).rosters == ("政务部",)
    assert late_report(session, TAKEN + timedelta(days=2)).rosters == ()


def test_a_list_says_nothing_of_deputies_and_ends_none(session: Session) -> None:
    deputy(session, "S041", "政务部", days=5)
    during = TAKEN + timedelta(days=1)
    before = row_of(session, "S041", during)
    loaded = load_people(session, [before], during)
    assert (loaded.same, loaded.taken.ended) == (1, ())
    collects = who(session, "S041", during).departments("collector")
    assert len(collects) == len(who(session, "S041", during + timedelta(days=5)).departments("collector")) + 1


def test_a_deputy_keeps_the_roster_complete_while_he_stands_in(session: Session) -> None:
    deputy(session, "S041", "政务部", days=5)
    taken = load_people(session, [without_roles(session, "S011")], TAKEN + timedelta(days=1)).taken
    assert taken.vacant == ()
    assert late_report(session, TAKEN + timedelta(days=4)).rosters == ()
    assert late_report(session, TAKEN + timedelta(days=5)).rosters == ("政务部",)


def test_the_last_of_the_office_keeps_the_role(session: Session) -> None:
    with pytest.raises(Conflict, match="没有质量部管理员"):
        load_people(session, [without_roles(session, "S000")], TAKEN)


def test_a_rehearsal_begins_with_the_people_of_now(session: Session, plan: Plan) -> None:
    successor = PersonRow(0, "7001", "丁", "d@sample.example", "", "政务部", ("collector",), (), ())
    load_people(session, [without_roles(session, "S011"), successor], TAKEN)
    deputy(session, "S041", "政务部", days=5)
    start_over(session, TAKEN + timedelta(hours=1))
    during = TAKEN + timedelta(days=1)
    found = [Addressees(session, at).of("collector", "政务部") for at in (plan.schedule.start, during)]
    assert [[each.staff_no for each in people] for people in found] == [["7001"], ["7001", "S041"]]
