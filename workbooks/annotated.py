"""The uploaded workbook given back with its faults marked, to be mended and uploaded again.

Everything else stays as the person left it: styles, widths, other sheets, drop-downs, properties.  What the
library doesn't know goes: pictures, shapes, and the results that formulas had (Excel works them out again).
A marked cell has lost its own ground colour when the mark is taken off.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.dimensions import ColumnDimension

from checks.definition import Definition
from checks.finding import Finding
from workbooks.marks import (
    AUTHOR,
    COLOURS,
    HEADS,
    RESULTS,
    WIDTH,
    CellMark,
    SheetMarks,
    comment_size,
    height,
    marks_of,
)
from workbooks.table import sheet_named

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

STYLE = ("font", "fill", "border", "alignment")
FORMER = "\n— 原批注 —\n"


def annotate(path: Path, findings: list[Finding], definition: Definition, out: Path) -> None:
    """Write the workbook with its marks; those of an earlier return are taken off first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # The library goes by a path's ending, and a stored workbook has none.
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, rich_text=True)
    for name, marks in _placed(book.sheetnames, marks_of(definition, findings)).items():
        _Sheet(book[name]).mark(marks)
    book.save(out)


def _placed(names: list[str], marks: Mapping[str, SheetMarks]) -> dict[str, SheetMarks]:
    """The marks by the workbook's own sheets; what is said of one that isn't there stands on the first."""
    found = {sheet_named(names, sheet): each for sheet, each in marks.items()}
    absent = [text for sheet, each in marks.items() if not sheet_named(names, sheet) for text in each.whole]
    placed = {name: each for name, each in found.items() if name is not None}
    for first in list(placed.values())[:1]:
        first.whole.extend(absent)
    return placed


class _Sheet:
    """One sheet under work."""

    def __init__(self, page: Worksheet) -> None:
        self._page = page
        self._results = self._column()

    def _column(self) -> int:
        """Where the results stand: in their column of the last time, else behind all that holds anything."""
        used = [(place, cell.value) for place, cell in self._present() if cell.value is not None]
        for (row, column), value in used:
            if row == 1 and value == RESULTS:
                return column
        merged = [int(area.max_col or 0) for area in self._page.merged_cells.ranges]
        return max([0, *(column for (_, column), _ in used), *merged]) + 1

    def _present(self) -> list[tuple[tuple[int, int], Cell | MergedCell]]:
        """The cells that there are by row and column; the library would make those between."""
        return list(self._page._cells.items())

    def mark(self, marks: SheetMarks) -> None:
        self._clear()
        if marks.cells or marks.rows or marks.whole:
            self._title(marks)
            self._widen()
        for row in marks.rows:
            self._result(row, marks.result(row))
        for address, mark in marks.cells.items():
            _mark(self._page[address], mark)

    def _clear(self) -> None:
        """What the last return marked, as it was before."""
        for (_, column), cell in self._present():
            # By the text: not every program keeps a comment's author.
            if cell.comment is not None and cell.comment.text.startswith(HEADS):
                _unmark(cell)
            if column == self._results:
                cell.value = None

    def _title(self, marks: SheetMarks) -> None:
        title = self._page.cell(1, self._results, RESULTS)
        for trait in STYLE:
            setattr(title, trait, copy(getattr(self._page.cell(1, 1), trait)))
        if marks.whole:
            _mark(title, CellMark(1, RESULTS, marks.worst, marks.whole))

    def _result(self, row: int, text: str) -> None:
        cell = self._page.cell(row, self._results, text)
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        line = self._page.row_dimensions[row]
        line.height = max(height(text), line.height or 0)

    def _widen(self) -> None:
        """The column's own width; a group of columns that it lay in ends before it."""
        letter = get_column_letter(self._results)
        for group in list(self._page.column_dimensions.values()):
            start = group.min or column_index_from_string(group.index)
            if start < self._results <= (group.max or start):
                group.max = self._results - 1
        self._page.column_dimensions[letter] = ColumnDimension(self._page, index=letter, width=WIDTH)


def _mark(cell: Cell | MergedCell, mark: CellMark) -> None:
    cell.fill = PatternFill("solid", fgColor=COLOURS[mark.severity])
    if isinstance(cell, MergedCell):
        return
    own = cell.comment.text if cell.comment else ""
    text = mark.comment + (FORMER + own if own else "")
    cell.comment = Comment(text, AUTHOR, **comment_size(text))


def _unmark(cell: Cell | MergedCell) -> None:
    if cell.fill.fgColor.rgb in COLOURS.values():
        cell.fill = PatternFill()
    if not isinstance(cell, MergedCell) and cell.comment is not None:
        _, _, own = cell.comment.text.partition(FORMER)
        cell.comment = Comment(own, "") if own else None
