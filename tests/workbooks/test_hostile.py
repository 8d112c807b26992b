"""Every hostile file ends as one sentence within ten seconds, and the readers go on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from plans.plan import Schedule
from tests.workbooks.books import student, students_book
from tests.workbooks.hostile import FILES
from tests.workbooks.hostile_packages import PACKAGES
from tests.workbooks.odd import BROKEN, ODD
from workbooks.reading import Readers

REFUSED = FILES | PACKAGES | BROKEN


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_with_one_sentence(
    name: str, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    build, rule = REFUSED[name]
    path = tmp_path / "upload.xlsx"
    build(path)
    started = time.monotonic()
    result = readers.read(path, "10.1.1", schedule)
    assert time.monotonic() - started < 10
    assert [finding.rule for finding in result.findings] == [rule]
    assert result.unreadable
    assert result.rows == b""
    (finding,) = result.findings
    assert finding.severity == "error"
    assert finding.message.endswith("。")
    assert finding.remedy
    assert "Traceback" not in finding.message


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_read_and_what_is_odd_named(
    name: str, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    build, marks = ODD[name]
    path = tmp_path / "upload.xlsx"
    build(path)
    started = time.monotonic()
    result = readers.read(path, "10.1.1", schedule)
    assert time.monotonic() - started < 10
    assert {(finding.rule, finding.cell) for finding in result.findings} == marks
    assert not result.unreadable


def test_there_are_sixty_of_them() -> None:
    assert len(REFUSED) + len(ODD) >= 60


def test_a_file_that_is_not_there(tmp_path: Path, readers: Readers, schedule: Schedule) -> None:
    for path in (tmp_path / "none.xlsx", tmp_path):
        result = readers.read(path, "10.1.1", schedule)
        assert [finding.rule for finding in result.findings] == ["unreadable-missing"]


def test_the_readers_still_read_after_all_that(tmp_path: Path, readers: Readers, schedule: Schedule) -> None:
    for name in ("long text a thousand times", "flipped bytes"):
        FILES[name][0](tmp_path / "bad.xlsx")
        assert readers.read(tmp_path / "bad.xlsx", "10.1.1", schedule).unreadable
    result = readers.read(students_book(tmp_path / "good.xlsx", [student(1)]), "10.1.1", schedule)
    assert (result.row_count, result.findings, result.unreadable) == (1, [], False)
