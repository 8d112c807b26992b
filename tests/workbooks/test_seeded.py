"""Seeded faults in a large workbook: these cells and no others, here and by frictionless."""

from __future__ import annotations

from pathlib import Path

import pytest

from plans.plan import Schedule
from tests.workbooks.books import STUDENTS, students_book
from tests.workbooks.seeded import CODE, FAULTS, SHARED, Seeded, found_by_frictionless, seeded
from workbooks.check_file import check_file

ROWS, COUNT = 20_000, 300


@pytest.fixture(scope="module")
def faults() -> Seeded:
    return seeded(ROWS, COUNT)


@pytest.fixture(scope="module")
def book(faults: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    students = (faults.student(number) for number in range(ROWS))
    rows = [[student[name] for name in STUDENTS] for student in students]
    return students_book(tmp_path_factory.mktemp("seeded") / "students.xlsx", rows)


def test_these_three_hundred_cells_are_found_and_no_other(
    faults: Seeded, book: Path, schedule: Schedule
) -> None:
    document = check_file(CODE, book, schedule)
    found = [(finding["rule"], finding["cell"]) for finding in document["findings"]]
    assert len(found) == COUNT
    assert set(found) == faults.expected()
    assert (document["rows"], document["errors"]) == (ROWS, COUNT)


def test_frictionless_finds_the_same_where_it_has_the_rule(
    faults: Seeded, book: Path, schedule: Schedule
) -> None:
    theirs = found_by_frictionless(book)
    document = check_file(CODE, book, schedule)
    ours = {(f["row"], f["column"]) for f in document["findings"] if f["rule"] in SHARED}
    assert len(ours) > COUNT / 2
    assert ours == theirs == faults.shared()


def test_every_kind_of_fault_is_seeded_as_often(faults: Seeded) -> None:
    columns = [name for name, _ in faults.cells.values()]
    assert {columns.count(name) for name in FAULTS} == {COUNT // len(FAULTS)}
    assert seeded(ROWS, COUNT) == faults != seeded(ROWS, COUNT, seed=1)
