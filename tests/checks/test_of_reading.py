"""What reading found is remembered as long as its cell, row, column or sheet is as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl
import pytest

from checks.definition import load_definition
from checks.finding import ERROR, INFO, WARNING, Finding
from checks.of_reading import of_file, of_reading, still_true
from checks.rows import ROW, SHEET, Rows, empty_rows
from tests.workbooks.stored import Row, rows_of_table

TEACHERS = load_definition("6.1", "教师")
FIRST, SECOND = (sheet.name for sheet in TEACHERS.sheets[:2])
CODE, NAME = "社团代码", "社团名称(全称)"
BEFORE: list[Row] = [{CODE: "1", NAME: "甲"}, {CODE: "2", NAME: "乙"}]
STAYING = {("10.3", 2): 2, ("10.3", 3): 3}


def told(rule: str, severity: str = ERROR, row: int | None = 2, column: str = CODE, **more: str) -> Finding:
    cell = f"A{row}" if row else ""
    return Finding(rule, severity, "说法。", sheet="10.3", row=row, cell=cell, column=column, **more)


def kept(found: Finding, after: list[Row], moved: Mapping[tuple[str, int], int] = STAYING) -> list[Finding]:
    return still_true([found], rows_of_table("10.3", BEFORE), rows_of_table("10.3", after), moved)


@pytest.mark.parametrize(
    "found",
    [
        told("numeric-identity", value="1"),
        told("formula", WARNING, value="1"),
        told("formula"),
        told("type"),
        told("normalised", INFO, value="１"),
        told("merged-cells", WARNING, column=""),
    ],
    ids=lambda found: found.rule,
)
def test_a_cell_s_finding_ends_with_its_cell_or_row_and_moves_with_it(found: Finding) -> None:
    assert kept(found, BEFORE) == [found]
    assert kept(found, [BEFORE[0], {CODE: "9"}]) == [found]
    assert kept(found, [{CODE: "9", NAME: "甲"}, BEFORE[1]]) == []
    assert kept(found, [{NAME: "甲"}, BEFORE[1]]) == []
    assert kept(found, [BEFORE[1]], {("10.3", 3): 2}) == []
    new: list[Row] = [{CODE: "0"}, *BEFORE]
    assert kept(found, new, {("10.3", 2): 3, ("10.3", 3): 4}) == [replace(found, row=3, cell="A3")]


@pytest.mark.parametrize(
    "found", [told("required", value=""), told("type", value="x"), told("unknown-column", WARNING, 1, "别的")]
)
def test_what_a_check_finds_again_is_not_remembered(found: Finding) -> None:
    assert (of_reading([found]), kept(found, BEFORE)) == ([], [])


def test_a_row_that_could_not_be_read_is_told_without_a_place_in_the_new_workbook() -> None:
    (found,) = kept(told("formula", row=7), BEFORE)
    assert (found.severity, found.cell, found.row) == (ERROR, "", None)
    assert found.message == "说法。（原文件 A7）"
    assert kept(found, BEFORE, {}) == [found]


def test_those_that_were_not_listed_stay_with_their_column() -> None:
    """Nobody knows which cells they are, so none of them is mended before a workbook is read again."""
    rest = replace(told("numeric-identity", row=None, value="…"), count=9_500)
    assert kept(rest, [{CODE: "9", NAME: "甲"}]) == [rest]


def test_a_missing_column_is_missing_until_it_holds_a_value() -> None:
    missing = told("missing-column", row=1, column=NAME)
    (found,) = kept(missing, [{CODE: "1"}])
    assert (found.rule, found.severity, found.row) == ("missing-column", ERROR, None)
    assert (kept(found, [{CODE: "1"}]), kept(found, BEFORE)) == ([found], [])
    of_one = of_file(missing, "张.xlsx")
    assert kept(of_one, BEFORE) == [of_one]
    assert kept(missing, BEFORE) == []


def test_a_column_that_stood_there_twice_stays_unread() -> None:
    (found,) = kept(told("unknown-column", ERROR, 1, NAME), BEFORE)
    assert (found.severity, of_reading([found])) == (ERROR, [found])
    (nameless,) = kept(told("unknown-column", WARNING, 1, ""), BEFORE)
    assert (nameless.severity, nameless.cell, of_reading([nameless])) == (WARNING, "", [nameless])


def test_a_missing_sheet_is_missing_until_it_has_rows() -> None:
    missing = Finding("missing-sheet", ERROR, "缺少。", sheet=SECOND)
    hidden = Finding("hidden-sheet", INFO, "隐藏。", sheet=FIRST)

    def left(*sheets: str) -> list[str]:
        after = placed(*sheets)
        found = still_true([missing, hidden], placed(FIRST), after, {(FIRST, 2): 2})
        return [each.rule for each in found]

    assert left(FIRST) == ["missing-sheet", "hidden-sheet"]
    assert left(FIRST, SECOND) == ["hidden-sheet"]


def placed(*sheets: str) -> Rows:
    empty = empty_rows(TEACHERS)
    rows = [{SHEET: sheet, ROW: 2, "教工号": "1"} for sheet in sheets]
    return Rows(pl.DataFrame(rows, schema=empty.frame.schema), empty.columns)


@pytest.mark.parametrize(
    ("found", "severity"),
    [
        (told("numeric-identity", INFO, value="1", released="准"), ERROR),
        (told("formula", INFO, value="1", released="准"), WARNING),
        (told("formula", INFO, released="准"), ERROR),
        (told("type", INFO, released="准"), ERROR),
        (told("numeric-identity", WARNING, value="1"), WARNING),
        (of_file(told("missing-column", INFO, 1, released="准"), "张.xlsx"), WARNING),
    ],
)
def test_what_was_let_pass_is_remembered_as_it_was(found: Finding, severity: str) -> None:
    assert [(each.severity, each.released) for each in of_reading([found])] == [(severity, "")]


def test_of_one_of_several_files_a_sheet_s_fault_is_told_and_does_not_block() -> None:
    found = of_file(told("merged-cells", ERROR, 3), "张.xlsx")
    assert (found.severity, found.cell, found.row) == (WARNING, "", None)
    assert found.message == "说法。（A3，来自 张.xlsx）"
