"""Workbooks that LibreOffice saved again: still whose they were, with nothing lost."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from checks.definition import load_definition
from checks.rows import from_parquet
from commands.browser import soffice
from plans.plan import Schedule
from tests.workbooks.books import STUDENTS, student, students_book
from workbooks.marks import COLOURS, RESULTS
from workbooks.reading import Readers, ReadResult
from workbooks.stamp import TemplateStamp
from workbooks.template import write_template

STAMP = TemplateStamp("2020 年采集", 17, "10.1.1", "学务部", 3, "王")
FORMAT = "xlsx:Calc MS Excel 2007 XML"
ROWS = [student(1, 学号="00123"), student(2, 性别="X")]


def saved_again(path: Path, folder: Path) -> Path:
    """The workbook as LibreOffice saves it."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [soffice() or "soffice", profile, "--headless", "--convert-to", FORMAT, "--outdir"]
    subprocess.run([*command, str(folder / "saved"), str(path)], check=True, capture_output=True, timeout=120)
    return folder / "saved" / path.name


@pytest.fixture(scope="module")
def first(readers: Readers, schedule: Schedule, tmp_path_factory: pytest.TempPathFactory) -> ReadResult:
    path = students_book(tmp_path_factory.mktemp("first") / "a.xlsx", ROWS)
    return readers.read(path, "10.1.1", schedule)


@pytest.fixture(scope="module")
def saved(first: ReadResult, schedule: Schedule, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled template, saved by LibreOffice."""
    folder = tmp_path_factory.mktemp("libreoffice")
    path, definition = folder / "t.xlsx", load_definition("10.1.1")
    write_template(definition, path, stamp=STAMP, schedule=schedule, prior=first.rows, last_year=True)
    return saved_again(path, folder)


def test_it_still_finds_its_table_and_reads_the_same(
    saved: Path, first: ReadResult, readers: Readers, schedule: Schedule
) -> None:
    result = readers.read(saved, "10.1.1", schedule)
    assert result.stamp == STAMP
    assert result.findings == first.findings
    assert (
        from_parquet(result.rows)
        .frame.select(STUDENTS)
        .equals(from_parquet(first.rows).frame.select(STUDENTS))
    )
    assert [each.stamp for each in readers.identify([saved])] == [STAMP]


def test_so_does_a_copy_without_document_properties(
    saved: Path, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    path = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w") as new:
        assert "docProps/custom.xml" in old.namelist()
        for name in old.namelist():
            if not name.startswith("docProps/"):
                new.writestr(name, old.read(name))
    assert readers.read(path, "10.1.1", schedule).stamp == STAMP
    assert [each.stamp for each in readers.identify([path])] == [STAMP]


def test_notes_and_choices_are_kept(saved: Path) -> None:
    page = openpyxl.load_workbook(saved)["10.1.1"]
    assert page["A1"].comment is not None
    lists = {rule.formula1 for rule in page.data_validations.dataValidation}
    assert '"男,女"' in lists


def test_a_returned_workbook_saved_by_libreoffice_is_cleared_again(
    saved: Path, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    read = readers.read(saved, "10.1.1", schedule)
    (tmp_path / "r.xlsx").write_bytes(
        readers.annotate(saved, "10.1.1", schedule, read.findings, read.rows).content
    )
    returned = saved_again(tmp_path / "r.xlsx", tmp_path)
    again = readers.read(returned, "10.1.1", schedule)
    assert again.findings == read.findings
    page = openpyxl.load_workbook(returned)["10.1.1"]
    assert page["C3"].fill.fgColor.rgb[2:] == COLOURS["error"][2:]
    assert page["Y1"].value == RESULTS
    clean = tmp_path / "clean.xlsx"
    clean.write_bytes(readers.annotate(returned, "10.1.1", schedule, [], again.rows).content)
    page = openpyxl.load_workbook(clean)["10.1.1"]
    assert page["C3"].comment is None
    assert page["C3"].fill.fill_type is None
    assert [cell.value for cell in page["Y"]] == [None] * 3
