"""The people's file goes out, is changed in Excel and comes back; what it changes is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import Session, col, select, update

from actions.people import Loaded, known_names, load_people, make_activations
from actions.people_book import Link, people_now, write_links, write_people
from actions.people_file import CHINESE_COLUMNS, PersonRow, read_people
from models import ActivationLink, Department, Grant, Person
from models.database import Database
from models.digest import digest
from tests.actions.people import office

ANNA = PersonRow(
    0, "0071", "=甲", "a@x.example", "6001", "教务部", ("collector", "reviewer"), (), ("7.1.1", "7.2")
)
BORIS = PersonRow(0, "0072", "乙", "b@x.example", "", "", ("auditor", "leader"), ("教务部", "学务部"), ())


def written(session: Session, folder: Path, rows: list[PersonRow]) -> Path:
    path = folder / "people.xlsx"
    path.write_bytes(write_people(rows, known_names(session)[0]))
    return path


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def test_the_people_of_a_department_that_left_the_plan_go_in_again(
    campaign: Database, morning: datetime, tmp_path: Path
) -> None:
    with campaign.writing() as session:
        load_people(session, [ANNA, BORIS], morning)
        session.exec(update(Department).where(col(Department.name) == "教务部").values(closed=True))
        before = people_now(session, morning)
        rows = read_people(written(session, tmp_path, before), *known_names(session))
        assert load_people(session, rows, morning).same == len(before)


def test_the_people_as_they_are_change_nothing_when_loaded_again(
    campaign: Database, morning: datetime, tmp_path: Path
) -> None:
    with campaign.writing() as session:
        load_people(session, [ANNA, BORIS], morning)
        before = people_now(session, morning)
        rights = {(grant.person_id, grant.role, grant.since) for grant in session.exec(select(Grant))}
        rows = read_people(written(session, tmp_path, before), *known_names(session))
        loaded = load_people(session, rows, morning + timedelta(hours=1))
        assert loaded == Loaded(new=0, changed=0, same=len(before), others=0)
        assert people_now(session, morning) == before
        assert {(grant.person_id, grant.role, grant.since) for grant in session.exec(select(Grant))} == rights
    assert {row.staff_no: row for row in before}["0071"] == ANNA
    assert {row.staff_no: row for row in before}["0072"] == BORIS


CHANGES = [
    ({"phone": "6002"}, "a number"),
    ({"roles": ("collector",), "tables": ()}, "a right that ends"),
    ({"tables": ("7.1.1", "7.2", "1.6")}, "a right more"),
    ({"department": "财务处"}, "another department"),
]


@pytest.mark.parametrize(("change", "what"), CHANGES, ids=[what for _, what in CHANGES])
def test_what_differs_counts_as_changed(
    campaign: Database, morning: datetime, change: dict[str, Any], what: str
) -> None:
    with campaign.writing() as session:
        others = len(people_now(session, morning))
        assert load_people(session, [ANNA, BORIS], morning) == Loaded(2, 0, 0, others)
        changed = replace(ANNA, **change)
        loaded = load_people(session, [changed, BORIS], morning)
        assert (loaded.new, loaded.changed, loaded.same, loaded.others) == (0, 1, 1, others), what


def test_who_has_left_is_in_no_file_and_comes_back_changed(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        load_people(session, [ANNA], morning)
        session.exec(select(Person).where(Person.staff_no == "0071")).one().active = False
        session.flush()
        rows = people_now(session, morning)
        assert "0071" not in {row.staff_no for row in rows}
        assert load_people(session, [ANNA], morning) == Loaded(0, 1, 0, len(rows), back=(ANNA.name,))


def test_a_right_that_has_ended_is_in_no_file(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        load_people(session, [ANNA], morning)
        anna = session.exec(select(Person.id).where(Person.staff_no == "0071")).one()
        for grant in session.exec(select(Grant).where(Grant.person_id == anna, Grant.role == "collector")):
            grant.until = morning
        session.flush()
        [row] = [row for row in people_now(session, morning) if row.staff_no == "0071"]
        assert row.roles == ("reviewer",)


def test_the_empty_file_has_titles_notes_and_drop_downs(campaign: Database, tmp_path: Path) -> None:
    with campaign.reading() as session:
        departments, codes = known_names(session)
        path = written(session, tmp_path, [])
    book = opened(path.read_bytes())
    people, notes, choices = book.worksheets
    assert [cell.value for cell in people[1]] == list(CHINESE_COLUMNS)
    assert people.max_row == 1
    assert read_people(path, departments, codes) == []
    sources = {str(rule.sqref): rule.formula1 for rule in people.data_validations.dataValidation}
    assert sources == {"E2:E501": f"选项!$A$1:$A${len(departments)}", "F2:F501": "选项!$B$1:$B$9"}
    assert {row[0].value for row in choices["A1:A99"]} - {None} == departments
    assert {cell.value for cell in notes["A"]} >= set(CHINESE_COLUMNS)


def test_no_name_becomes_a_formula(campaign: Database, tmp_path: Path) -> None:
    with campaign.reading() as session:
        path = written(session, tmp_path, [ANNA])
    cell = opened(path.read_bytes()).worksheets[0]["B2"]
    assert (cell.value, cell.data_type) == ("=甲", "s")


def test_everybody_who_is_not_activated_gets_a_link_of_his_own(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        load_people(session, [ANNA, BORIS], morning)
        session.exec(select(Person).where(Person.staff_no == "0072")).one().password_hash = "set"
        session.flush()
        boss = office(session, morning)
        first = make_activations(session, morning, 72, boss)
        second = make_activations(session, morning, 72, boss)
        links = session.exec(select(ActivationLink)).all()
        kept = {link.secret_hash: link.expires_at for link in links if link.usable(morning)}
        assert {link.made_by for link in links} == {boss.id}
    assert "0071" in first
    assert "0072" not in first
    assert kept == {digest(secret): morning + timedelta(hours=72) for secret in second.values()}
    assert not set(first.values()) & set(second.values())


def test_the_links_stand_by_person(morning: datetime) -> None:
    address = "http://caiji.test/activate/s"
    [sheet] = opened(write_links([Link(ANNA, address, morning)])).worksheets
    assert [cell.value for cell in sheet[2]] == [
        "教务部",
        "=甲",
        "0071",
        "a@x.example",
        address,
        f"{morning:%Y-%m-%d %H:%M}",
    ]
    assert sheet["B2"].data_type == "s"
    assert sheet["E2"].hyperlink is None
