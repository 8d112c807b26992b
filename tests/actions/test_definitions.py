"""Changed definitions: noticed once, told in the next digest, kept for next year."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from actions.definitions import (
    carry_editions,
    changed_definitions,
    definitions_told,
    editions,
    keep_definitions,
)
from actions.exempt import exempt
from actions.notices import REMIND, decide, due
from actions.plan_in_force import rules_in_force
from checks.definition_words import told
from models import DataTable, DefinitionEdition, Notice
from models.database import Database
from models.definition import CHANGED, changed_editions, newest_editions, whole_change
from tests.actions.people import office, task
from tests.conftest import MORNING, SHANGHAI

TEACHERS, STUDENTS = "6.2", "10.1.1"


@pytest.fixture
def session(campaign: Database) -> Iterator[Session]:
    with campaign.writing() as found:
        keep_definitions(found, changed_definitions(found), MORNING)
        yield found


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=SHANGHAI)


def said(session: Session, code: str, column: str = "", **facts: Any) -> dict[str, Any]:
    """What the definition says now, otherwise in these facts (of a column)."""
    made = copy.deepcopy(newest_editions(session)[code].said)
    (made["columns"][column] if column else made).update(facts)
    return made


def change(
    session: Session, now: datetime, code: str = STUDENTS, unit: str = "岁", column: str = "年级"
) -> None:
    keep_definitions(session, {code: said(session, code, column, unit=unit)}, now)


def owed(session: Session, now: datetime) -> list[tuple[str, str | None, str]]:
    found = (each for each in due(session, now, [REMIND]) if each.kind == CHANGED)
    return [(each.audience, each.department, each.subject) for each in found]


def test_the_first_look_tells_nobody(session: Session) -> None:
    assert len(session.exec(select(DefinitionEdition)).all()) == 72
    assert changed_definitions(session) == {}
    assert changed_editions(session) == {}
    assert owed(session, at("11-20T08:31")) == []


def test_a_file_that_says_something_else_is_noticed(session: Session) -> None:
    """What is kept is made otherwise, so that the file is what has changed."""
    [edition] = session.exec(select(DefinitionEdition).where(DefinitionEdition.code == STUDENTS)).all()
    edition.said = said(session, STUDENTS, "学制", unit="月")
    session.add(edition)
    session.flush()
    found = changed_definitions(session)
    assert list(found) == [STUDENTS]
    keep_definitions(session, found, MORNING)
    [made] = changed_editions(session, STUDENTS)[STUDENTS]
    assert [str(told(each)) for each in made.differences] == ["列“学制”的单位由“月”改为“年”"]
    assert changed_definitions(session) == {}


def test_a_table_that_has_left_the_plan_is_not_looked_at(session: Session) -> None:
    [edition] = session.exec(select(DefinitionEdition).where(DefinitionEdition.code == STUDENTS)).all()
    edition.said = {}
    table = session.exec(select(DataTable).where(DataTable.code == STUDENTS)).one()
    table.closed = True
    session.add_all([edition, table])
    session.flush()
    assert changed_definitions(session) == {}


def test_of_two_who_look_at_once_one_edition_is_left(session: Session) -> None:
    made = {STUDENTS: said(session, STUDENTS, note="新的说明")}
    keep_definitions(session, made, MORNING)
    keep_definitions(session, made, MORNING)
    assert len(changed_editions(session)[STUDENTS]) == 1


@pytest.mark.both
def test_who_collects_and_who_reviews_hear_of_it_the_next_morning_and_once(session: Session) -> None:
    change(session, at("11-09T10:00"))
    assert owed(session, at("11-09T17:00")) == []
    morning = at("11-10T08:31")
    assert owed(session, morning) == [
        ("collector", "学务部", "10.1.1@学务部"),
        ("reviewer", "学务部", "10.1.1@学务部"),
    ]
    decide(session, REMIND, morning)
    assert owed(session, at("11-11T08:31")) == []
    kinds = session.exec(select(Notice.rule).where(Notice.kind == CHANGED)).all()
    assert sorted(kinds) == ["definition-changed", "definition-changed-review"]


def test_a_fanned_out_table_s_reviewers_hear_once(session: Session) -> None:
    change(session, at("11-09T10:00"), TEACHERS, column=next(iter(said(session, TEACHERS)["columns"])))
    exempt(
        session, office(session, MORNING), task(session, TEACHERS, "示例一系（信息工程）").id, "无", MORNING
    )
    found = owed(session, at("11-10T08:31"))
    assert len([each for each in found if each[0] == "collector"]) == 5
    assert [each for each in found if each[0] == "reviewer"] == [("reviewer", "教务部", "6.2@教务部")]


def test_each_change_is_told_and_what_was_taken_back_is_not(session: Session) -> None:
    change(session, at("11-09T10:00"), unit="岁")
    change(session, at("11-09T11:00"), unit="级")
    made = changed_editions(session)[STUDENTS]
    ids = [each.edition.id or 0 for each in made]
    assert [str(told(each)) for each in whole_change(made, ids)] == ["列“年级”的单位由“（无）”改为“级”"]
    change(session, at("11-09T12:00"), unit="")
    assert whole_change(changed_editions(session)[STUDENTS], ids) == []
    assert whole_change(made, [0]) == []


def test_next_year_shows_it_and_tells_only_what_is_new(session: Session) -> None:
    change(session, at("11-09T10:00"))
    kept = [each.model_copy() for each in editions(session)]
    for each in session.exec(select(DefinitionEdition)):
        session.delete(each)
    session.flush()
    carry_editions(session, kept)
    [carried] = changed_editions(session, STUDENTS)[STUDENTS]
    assert (carried.edition.carried, carried.edition.seen_at) == (True, at("11-09T10:00"))
    calendar = rules_in_force(session).calendar
    assert definitions_told(session, calendar, at("11-20T08:31")) == []
    found = changed_definitions(session)
    assert list(found) == [STUDENTS], "the file says something else than at last year's end"
    keep_definitions(session, found, at("11-20T10:00"))
    told_of = definitions_told(session, calendar, at("11-20T10:00") + timedelta(days=3))
    assert {each.subject for each in told_of} == {"10.1.1@学务部"}
