"""People from a workbook: every mistake told with its cell, nothing half loaded, rights ended and kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from sqlmodel import select

from actions.people import known_names, load_people, make_activation, make_token, person_by_staff_no
from actions.people_file import CHINESE_ROLES, COLUMNS, ROLE_WORDS, read_people
from actions.sign_in import activate
from actions.who import who_is
from models import AccessToken, ActivationLink, Person
from models.database import Database
from models.digest import digest
from models.errors import NotFound, Unusable
from models.person import links_made
from models.rosters import rosters
from models.worklist import current_campaign
from plans.excel import MOST_ROWS
from plans.importing import MOST_UNPACKED
from tests.actions.people import office


def book(folder: Path, *rows: tuple[object, ...], header: tuple[str, ...] = COLUMNS) -> Path:
    workbook = Workbook()
    workbook.active.append(header)
    for row in rows:
        workbook.active.append(row)
    path = folder / "people.xlsx"
    workbook.save(path)
    return path


ANNA = (1001, "甲", "a@sample.example", "6001", "教务部", "collector reviewer", "", "7.1.1 7.2")
BORIS = ("0007", "乙", "b@sample.example", "", "", "leader", "教务部、学务部", "")


def test_roles_departments_and_tables_become_rights(
    campaign: Database, morning: datetime, tmp_path: Path
) -> None:
    with campaign.writing() as session:
        names = known_names(session)
        loaded = load_people(session, read_people(book(tmp_path, ANNA, BORIS), *names), morning)
        assert (loaded.new, loaded.changed, loaded.same) == (2, 0, 0)
        anna = who_is(session, person_by_staff_no(session, "1001").id or 0, morning)
        boris = who_is(session, person_by_staff_no(session, "0007").id or 0, morning)
    assert anna is not None
    assert boris is not None
    assert {(right.role, right.table_code) for right in anna.rights} == {
        ("collector", None),
        ("reviewer", "7.1.1"),
        ("reviewer", "7.2"),
    }
    assert len(boris.departments("leader")) == 2


def test_chinese_headings_and_roles_are_understood(
    campaign: Database, morning: datetime, tmp_path: Path
) -> None:
    header = ("工号", "姓名", "邮箱", "部门", "角色")
    path = book(tmp_path, ("1001", "甲", "a@sample.example", "教务部", "采集员、部门负责人"), header=header)
    with campaign.writing() as session:
        (row,) = read_people(path, *known_names(session))
    assert (row.staff_no, row.department, row.roles) == ("1001", "教务部", ("collector", "head"))


def test_loading_again_ends_rights_that_are_not_named(
    campaign: Database, morning: datetime, tmp_path: Path
) -> None:
    with campaign.writing() as session:
        names = known_names(session)
        load_people(session, read_people(book(tmp_path, ANNA), *names), morning)
        load_people(session, read_people(book(tmp_path, (*ANNA[:5], "collector", "", "")), *names), morning)
        anna = who_is(session, person_by_staff_no(session, "1001").id or 0, morning)
    assert anna is not None
    assert [right.role for right in anna.rights] == ["collector"]


def test_each_mistake_is_told_with_its_cell(campaign: Database, tmp_path: Path) -> None:
    path = book(
        tmp_path,
        ("", "甲", "a@x", "", "教务部", "collector", "", ""),
        ("2", "", "no-address", "", "教导处", "boss", "", "99.9"),
        ("3", "丙", "c@x", "", "", "reviewer", "", ""),
        ("3", "丁", "d@x", "", "学务部", "reviewer", "", ""),
        ("4", "戊", "e@x, f@x", "", "学务部", "reviewer", "", ""),
        ("5", "己", "g@", "", "学务部", "reviewer", "", ""),
        ("6", "庚", "庚 <h@x>", "", "学务部", "reviewer", "", ""),
    )
    with campaign.reading() as session, pytest.raises(Unusable) as refused:
        read_people(path, *known_names(session))
    told = [problem.split("：")[0] for problem in refused.value.detail["problems"]]
    assert told == [
        "单元格 A2",
        "单元格 B3",
        "单元格 C3",
        "单元格 F3",
        "单元格 E3",
        "单元格 H3",
        "单元格 F4",
        "单元格 C6",
        "单元格 C7",
        "单元格 C8",
        "第 5 行",
    ]


def test_a_wrong_header_and_a_wrong_file_are_told(campaign: Database, tmp_path: Path) -> None:
    with campaign.reading() as session:
        names = known_names(session)
    with pytest.raises(Unusable, match="缺少列 邮箱、角色；不认识的列 mail"):
        read_people(book(tmp_path, header=("staff_no", "name", "mail")), *names)
    wrong = tmp_path / "people.xlsx"
    wrong.write_bytes(b"no workbook")
    with pytest.raises(Unusable, match="不是Excel 工作簿"):
        read_people(wrong, *names)
    with pytest.raises(Unusable, match="找不到这个文件"):
        read_people(tmp_path / "none.xlsx", *names)


def swap(path: Path, part: str, content: bytes) -> None:
    """Put other bytes in the place of a part of the workbook."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()} | {part: content}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, found in parts.items():
            archive.writestr(name, found)


@pytest.mark.parametrize(
    "content", [b"<worksheet><sheetData><row", bytes(MOST_UNPACKED)], ids=["damaged", "bomb"]
)
def test_damaged_xml_and_a_bomb_are_refused_in_a_sentence(
    campaign: Database, tmp_path: Path, content: bytes
) -> None:
    path = book(tmp_path, ANNA)
    swap(path, "xl/worksheets/sheet1.xml", content)
    assert path.stat().st_size < 1_000_000
    with campaign.reading() as session, pytest.raises(Unusable, match=r"已经损坏|解开后超过"):
        read_people(path, *known_names(session))


def test_more_rows_than_a_college_has_people_are_refused(campaign: Database, tmp_path: Path) -> None:
    with campaign.reading() as session, pytest.raises(Unusable, match=f"超过 {MOST_ROWS} 行"):
        read_people(book(tmp_path, *[ANNA] * MOST_ROWS), *known_names(session))


def test_sample_people_complete_every_roster(campaign: Database, morning: datetime) -> None:
    with campaign.reading() as session:
        found = rosters(session, current_campaign(session).id or 0, morning)
    assert len(found) == 12
    assert all(roster.complete and roster.completed_at for roster in found)


def test_secrets_are_kept_only_as_hashes(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        token = make_token(session, "S000", morning)
        first = make_activation(session, "S000", morning, 24)
        second = make_activation(session, "S000", morning, 24)
        session.flush()
        assert session.exec(select(AccessToken.secret_hash)).all() == [digest(token)]
        ended = {link.secret_hash: link.ended_at for link in session.exec(select(ActivationLink))}
        assert ended == {digest(first): morning, digest(second): None}
        with pytest.raises(NotFound, match="4711"):
            make_token(session, "4711", morning)


def test_a_link_is_kept_with_its_maker_and_ends_once(campaign: Database, morning: datetime) -> None:
    later = morning + timedelta(hours=1)
    with campaign.writing() as session:
        maker = office(session, morning)
        first = make_activation(session, "S031", morning, 24, maker)
        activate(session, first, "hash", morning)
        second = make_activation(session, "S031", later, 24)
        make_activation(session, "S031", later + timedelta(hours=1), 24)
        with pytest.raises(NotFound, match="失效"):
            activate(session, second, "hash", later)
        links = links_made(session)[person_by_staff_no(session, "S031").id or 0]
    facts = [(link.made_at, name, link.used_at, link.ended_at) for link, name in links]
    assert facts == [
        (later + timedelta(hours=1), "", None, None),
        (later, "", None, later + timedelta(hours=1)),
        (morning, maker.name, morning, None),
    ]
    assert [link.usable(later) for link, _ in links] == [True, False, False]


def test_who_left_has_no_rights(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        person = person_by_staff_no(session, "S000")
        person.active = False
        session.add(person)
        session.flush()
        assert who_is(session, person.id or 0, morning) is None
        assert session.exec(select(Person).where(Person.staff_no == "S000")).one().name


@pytest.mark.parametrize("number", ["a/b", "1 2", "..\\x", "x" * 65, ".", "..", "-"])
def test_a_staff_number_that_no_address_can_hold_is_refused(
    campaign: Database, tmp_path: Path, number: str
) -> None:
    with campaign.reading() as session, pytest.raises(Unusable) as refused:
        read_people(book(tmp_path, (number, *ANNA[1:])), *known_names(session))
    assert "只能有字母、数字、点、横线和下划线" in str(refused.value.detail)


def test_every_role_that_a_file_may_name_is_told() -> None:
    assert "、".join(f"{chinese}（{role}）" for chinese, role in CHINESE_ROLES.items()) == ROLE_WORDS
