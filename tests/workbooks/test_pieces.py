"""A sheet read in pieces gives what it gives in one: the same rows, the same findings, the same refusals."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

import workbooks.pieces
import workbooks.sheet
from checks.definition import load_definition
from tests.checks.frames import marks
from tests.workbooks.books import STUDENTS, student, students_book, write_book
from tests.workbooks.hostile import SHEET, pack, plain
from tests.workbooks.odd import row, sheet
from workbooks.package import Package
from workbooks.pieces import Pieces
from workbooks.refusal import Refused
from workbooks.sheet import SheetReading
from workbooks.table import read_table

UNPACKED = 100_000_000
DEFINITION = load_definition("10.1.1")


def _read(path: Path) -> SheetReading:
    with closing(Package(path, UNPACKED)) as package:
        return read_table(path, package, DEFINITION)


def _both(
    path: Path, monkeypatch: pytest.MonkeyPatch, piece: int = 3_000
) -> tuple[SheetReading, SheetReading]:
    """At once, and in pieces of a few rows."""
    whole = _read(path)
    monkeypatch.setattr(workbooks.sheet, "LARGE", 0)
    monkeypatch.setattr(workbooks.pieces, "PIECE", piece)
    return whole, _read(path)


def _same(whole: SheetReading, cut: SheetReading) -> None:
    assert cut.rows.columns == whole.rows.columns
    assert cut.rows.frame.equals(whole.rows.frame)
    assert sorted(marks(cut.findings)) == sorted(marks(whole.findings))
    assert {finding.value for finding in cut.findings} == {finding.value for finding in whole.findings}


def _odd_book(path: Path) -> Path:
    """Formulas, errors, numbers for text, merged cells, blank rows; all of it begins in column B."""
    with xlsxwriter.Workbook(str(path)) as book:
        page: Any = book.add_worksheet("10.1.1")
        page.write_row(0, 1, STUDENTS)
        for line in range(2, 300):
            if line % 50 == 0:
                continue
            page.write_row(line, 1, student(line))
            if line % 37 == 0:
                page.write_number(line, 1, 201800000 + line)
            if line % 41 == 0:
                page.write_formula(line, 2, '="学"&"生"', None, "学生")
            if line % 43 == 0:
                page.write_formula(line, 6, "=1/0", None, "#DIV/0!")
        page.write_string(250, 40, "没有列名")
        page.merge_range(280, 3, 282, 3, "男")
    return path


def test_an_odd_sheet_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, cut = _both(_odd_book(tmp_path / "o.xlsx"), monkeypatch)
    _same(whole, cut)
    rules = {finding.rule for finding in cut.findings}
    assert rules == {"numeric-identity", "formula", "type", "merged-cells", "unknown-column"}
    assert cut.rows.frame.height == 293


@pytest.mark.parametrize("piece", [1_000, 20_000, 10_000_000])
def test_pieces_of_any_size(piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = students_book(tmp_path / "s.xlsx", [student(number) for number in range(400)])
    _same(*_both(path, monkeypatch, piece))


@pytest.mark.parametrize("date_1904", [False, True])
def test_dates_of_both_systems_in_pieces(
    date_1904: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[list[Any]] = [list(student(number)) for number in range(100)]
    for number, each in enumerate(rows):
        each[STUDENTS.index("出生日期")] = datetime(2000, 1, 1 + number % 28)  # noqa: DTZ001
    path = write_book(tmp_path / "d.xlsx", {"10.1.1": [STUDENTS, *rows]}, date_1904=date_1904)
    whole, cut = _both(path, monkeypatch)
    _same(whole, cut)
    assert cut.rows.frame["出生日期"][1].startswith("2000-01-02")


def test_a_sheet_that_another_program_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = students_book(tmp_path / "p.xlsx", [student(number) for number in range(200)])
    openpyxl.load_workbook(path).save(path)
    _same(*_both(path, monkeypatch))


def test_elements_with_a_prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.xlsx"
    content = sheet(row(1, STUDENTS), *(row(number, student(number)) for number in range(2, 150)))
    prefixed = content.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
    pack(path, plain(path) | {SHEET: prefixed.replace(b"xmlns=", b"xmlns:x=")})
    whole, cut = _both(path, monkeypatch)
    _same(whole, cut)
    assert cut.rows.frame.height == 148


def test_titles_alone_and_nothing_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, rows in {"titles": [STUDENTS], "nothing": []}.items():
        path = write_book(tmp_path / f"{name}.xlsx", {"10.1.1": rows})
        with monkeypatch.context() as patch:
            whole = _read(path)
            patch.setattr(workbooks.sheet, "LARGE", 0)
            if name == "titles":
                _same(whole, _read(path))
                continue
            with pytest.raises(Refused) as caught:
                _read(path)
            assert caught.value.finding.rule == "unreadable-layout"


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([row(1, STUDENTS), row(9, student(9)), row(3, student(3))], "unreadable-layout"),
        ([row(1, STUDENTS), row(2, student(2)).replace('<row r="2">', "<row>")], "unreadable-layout"),
        ([row(1, STUDENTS), row(300_000, student(2))], "unreadable-far-cell"),
    ],
    ids=["rows going up", "rows without numbers", "a row far below"],
)
def test_what_cannot_be_cut_is_refused(
    rows: list[str], rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks.pieces, "PIECE", 200)
    path = tmp_path / "r.xlsx"
    pack(path, plain(path) | {SHEET: sheet(*rows)})
    with closing(Package(path, UNPACKED)) as package, pytest.raises(Refused) as caught:
        Pieces(package, package.sheets[0], tmp_path / "pieces.xlsx")
    assert caught.value.finding.rule == rule


def test_every_row_is_in_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks.pieces, "PIECE", 2_000)
    path = students_book(tmp_path / "s.xlsx", [student(number) for number in range(90)])
    with closing(Package(path, UNPACKED)) as package:
        pieces = Pieces(package, package.sheets[0], tmp_path / "pieces.xlsx")
    assert pieces.rows == 91
    assert len(pieces.found) > 5
    assert sum(pieces.xml(piece).demand_bounds(91) for piece in pieces.found) == 91
    anchors = [piece.anchor for piece in pieces.found if piece.anchor]
    assert anchors == sorted(set(anchors))
