"""Random damage: whatever happens to a workbook's bytes, there is an answer, and nothing worse."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from checks.definition import load_definition
from plans.plan import Schedule
from tests.workbooks.books import student, students_book
from tests.workbooks.hostile import SHEET, pack, plain
from workbooks.package import Package
from workbooks.reading import Readers
from workbooks.refusal import Refused
from workbooks.request import Request, receive, send

UNPACKED = 100_000_000


def _flip(content: bytes, chance: random.Random, times: int) -> bytes:
    changed = bytearray(content)
    for _ in range(times):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_container_has_an_answer(
    seed: int, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    path = students_book(tmp_path / "d.xlsx", [student(number) for number in range(30)])
    path.write_bytes(_flip(path.read_bytes(), random.Random(seed), 12))
    result = readers.read(path, "10.1.1", schedule)
    assert result.unreadable == (result.rows == b"")
    assert len(result.findings) == 1 or not result.unreadable


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_sheet_has_an_answer(
    seed: int, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    path = tmp_path / "d.xlsx"
    members = plain(path)
    pack(path, members | {SHEET: _flip(members[SHEET], random.Random(seed), 6)})
    result = readers.read(path, "10.1.1", schedule)
    assert all(finding.message and finding.remedy for finding in result.findings)
    assert result.unreadable == (result.rows == b"")


@pytest.mark.parametrize("seed", range(40))
def test_inspecting_a_damaged_container_refuses_or_opens(seed: int, tmp_path: Path) -> None:
    path = students_book(tmp_path / "d.xlsx", [student(1)])
    path.write_bytes(_flip(path.read_bytes(), random.Random(seed), 40))
    try:
        names = [sheet.name for sheet in Package(path, UNPACKED).sheets]
    except Refused as refused:
        assert refused.finding.rule.startswith("unreadable-")
    else:
        assert all(isinstance(name, str) for name in names)


def test_a_clean_container_shows_its_sheets(tmp_path: Path) -> None:
    package = Package(students_book(tmp_path / "d.xlsx", [student(1)]), UNPACKED)
    assert [(sheet.name, sheet.member, sheet.hidden) for sheet in package.sheets] == [
        ("10.1.1", SHEET, False)
    ]
    assert package.read(SHEET).startswith(b"<?xml")


def test_a_target_from_the_root_of_the_container_is_found(tmp_path: Path) -> None:
    path = tmp_path / "d.xlsx"
    members = plain(path)
    links = "xl/_rels/workbook.xml.rels"
    assert b'Target="worksheets/' in members[links]
    moved = members[links].replace(b'Target="worksheets/', b'Target="/xl/worksheets/')
    pack(path, members | {links: moved})
    assert [sheet.member for sheet in Package(path, UNPACKED).sheets] == [SHEET]


def test_a_container_larger_than_allowed_is_refused(tmp_path: Path) -> None:
    path = students_book(tmp_path / "d.xlsx", [student(1)])
    with zipfile.ZipFile(path) as book:
        size = sum(entry.file_size for entry in book.infolist())
    assert Package(path, size).sheets
    with pytest.raises(Refused) as caught:
        Package(path, size - 1)
    assert caught.value.finding.rule == "unreadable-zip-bomb"


def test_a_request_arrives_as_it_was_sent_or_not_at_all(tmp_path: Path, schedule: Schedule) -> None:
    from workbooks.limits import Limits

    request = Request(
        tmp_path, load_definition("10.1.1"), tmp_path, schedule, Limits(3, 4), {"1.6": [tmp_path]}
    )
    with (tmp_path / "pipe").open("w+b") as stream:
        send(request, stream)
        length = stream.tell()
        stream.seek(0)
        assert receive(stream) == request
        for cut in (0, 3, 4, length - 1):
            stream.truncate(cut)
            stream.seek(0)
            assert receive(stream) is None
            stream.seek(0)
            send(request, stream)
