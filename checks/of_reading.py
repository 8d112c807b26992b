"""What only reading or merging workbooks finds: the rows that are kept don't show it, so it is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import polars as pl

from checks.finding import ERROR, INFO, NORMALISED, WARNING, Finding
from checks.rows import ROW, SHEET, Rows
from plans.sentence import Sentence, known

MISSING_SHEET, MISSING_COLUMN, UNKNOWN_COLUMN = "missing-sheet", "missing-column", "unknown-column"
SEVERITY = {
    NORMALISED: INFO,
    "hidden-sheet": INFO,
    "merged-cells": WARNING,
    "formula": WARNING,
    "numeric-identity": ERROR,
    MISSING_SHEET: ERROR,
    "duplicate-across": WARNING,
}
"""Rules that no check of the rows has, with their severity where a cell was read."""
OF_SHEET = frozenset({"merged-cells", "hidden-sheet", MISSING_SHEET, MISSING_COLUMN, UNKNOWN_COLUMN})
"""About a sheet rather than one of its cells, where several people's files are merged."""
FROM = "来自 "
"""Before the name of the file, where a finding speaks of one of several."""

Place = tuple[str, int]
"""Sheet and row number."""


def of_reading(found: Iterable[Finding]) -> list[Finding]:
    """Those that a check of the same rows doesn't find again, as they were before anything was let pass."""
    return [_before_release(each) for each in found if _only_read(each)]


def still_true(
    found: Iterable[Finding], before: Rows, after: Rows, moved: Mapping[Place, int]
) -> list[Finding]:
    """What is still so of a workbook's findings once its rows stand changed in one that we write.

    ``moved``: where its rows stand now; one that is not in it was removed.  A finding ends with its row or
    with the change of its cell; that of a sheet or column ends where that holds values now.
    """
    then, now = _Cells(before), _Cells(after)
    return [
        kept
        for each in found
        if _only_read(each) or _of_headings(each)
        for kept in _kept(_before_release(each), then, now, moved)
    ]


def of_file(finding: Finding, name: str) -> Finding:
    """About a sheet of one of several files, which is no longer there as it was: told, never blocking."""
    severity = WARNING if finding.severity == ERROR else finding.severity
    said = Sentence("来自 %(source)s", source=name)
    if finding.cell:
        said = Sentence("%(cell)s，来自 %(source)s", cell=finding.cell, source=name)
    return replace(_of_sheet(finding, said), severity=severity, column="")


def _only_read(finding: Finding) -> bool:
    """An Excel error (no value) and headings without a cell look like findings of a check."""
    if finding.rule == "type":
        return not finding.value
    if finding.rule == UNKNOWN_COLUMN:
        return not finding.column
    if finding.rule == MISSING_COLUMN:
        return finding.row is None
    return finding.rule in SEVERITY


def _of_headings(finding: Finding) -> bool:
    """Found by a check of the sheet's own headings, which a workbook that we write doesn't have."""
    return finding.rule == MISSING_COLUMN or (finding.rule == UNKNOWN_COLUMN and finding.severity == ERROR)


def _before_release(finding: Finding) -> Finding:
    if not finding.released:
        return finding
    severity = SEVERITY.get(finding.rule, WARNING if finding.rule == UNKNOWN_COLUMN else ERROR)
    if finding.rule == "formula" and not finding.value:
        severity = ERROR
    if finding.row is None and FROM in finding.message and severity == ERROR:
        severity = WARNING
    return replace(finding, severity=severity, released="")


def with_more(message: str, said: Sentence) -> Sentence:
    """The message of a finding, and what else is said of it behind."""
    return Sentence("%(message)s（%(said)s）", message=known(message), said=said)


class _Cells:
    """The texts of rows by their place; "" for a blank one."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    @cached_property
    def _lines(self) -> dict[Place, int]:
        places = self.rows.frame.select(SHEET, ROW).iter_rows()
        return {(sheet, row): line for line, (sheet, row) in enumerate(places)}

    def has(self, place: Place) -> bool:
        return place in self._lines

    def text(self, place: Place, column: str) -> str | None:
        """None where there is no such cell."""
        line = self._lines.get(place)
        if line is None or column not in self.rows.frame.columns:
            return None
        return str(self.rows.frame.item(line, column) or "")

    def filled(self, sheet: str, column: str = "") -> bool:
        """Whether the sheet has rows, or a value in the column."""
        found = self.rows.frame.filter(pl.col(SHEET) == sheet)
        if column:
            return column in found.columns and found[column].null_count() < found.height
        return found.height > 0


def _kept(finding: Finding, then: _Cells, now: _Cells, moved: Mapping[Place, int]) -> Iterator[Finding]:
    place = (finding.sheet, finding.row or 0)
    if finding.row is None or _of_headings(finding) or finding.rule == UNKNOWN_COLUMN:
        if not _filled_since(finding, now):
            yield finding if finding.row is None else _of_sheet(finding)
    elif not then.has(place):
        yield _of_sheet(finding, Sentence("原文件 %(cell)s", cell=finding.cell) if finding.cell else None)
    elif place in moved:
        column = finding.column or _heading(then.rows, finding)
        here = (finding.sheet, moved[place])
        text = now.text(here, column)
        if text is not None and text == then.text(place, column):
            cell = now.rows.address(finding.sheet, here[1], column)
            yield replace(finding, row=here[1], cell=cell)


def _filled_since(finding: Finding, now: _Cells) -> bool:
    """What one of several files lacked is not given by the others."""
    if FROM in finding.message:
        return False
    if finding.rule == MISSING_SHEET:
        return now.filled(finding.sheet)
    return finding.rule == MISSING_COLUMN and now.filled(finding.sheet, finding.column)


def _heading(rows: Rows, finding: Finding) -> str:
    """The column of a finding that names only its cell."""
    sheet, row = finding.sheet, finding.row or 0
    names = (name for name in rows.columns.get(sheet, ()) if name)
    return next((name for name in names if rows.address(sheet, row, name) == finding.cell), "")


def _of_sheet(finding: Finding, said: Sentence | None = None) -> Finding:
    message = with_more(finding.message, said) if said else finding.message
    column = finding.column if finding.rule == MISSING_COLUMN else ""
    return replace(finding, message=message, cell="", row=None, column=column, key="", value="")
