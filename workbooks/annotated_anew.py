"""A workbook with its faults marked, written anew from the stored rows: for those too large to be edited.

Row by row, so that memory stays small; it looks like the template, with rows at the numbers they had.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checks.definition import Definition, Sheet
from checks.finding import Finding
from checks.rows import ROW, SHEET, from_parquet
from plans.plan import Schedule
from workbooks.data_sheet import FONT, TITLE, ChoiceLists, DataSheet, is_number, shown_whole
from workbooks.marks import COLOURS, RESULTS, WIDTH, CellMark, SheetMarks, height, marks_of
from workbooks.stamp import TemplateStamp
from workbooks.template import new_book, write_notes

MOST_COMMENTS = 5_000
"""More than these slow a spreadsheet program down; beyond them the colour and the last column tell."""
ANEW = "原文件太大，本文件由已读取的数据重新生成：批注只到前 5000 处，其余见最后一列“检测结果”。"


def annotate_anew(
    rows: bytes,
    findings: list[Finding],
    definition: Definition,
    out: Path,
    *,
    stamp: TemplateStamp | None,
    schedule: Schedule,
) -> None:
    """Write the rows (Parquet) with their marks; ``stamp`` as the uploaded workbook had it."""
    marks = marks_of(definition, findings)
    stored = from_parquet(rows)
    with new_book(
        definition, stamp, out, in_memory=False, constant_memory=True, tmpdir=str(out.parent)
    ) as book:
        lists = ChoiceLists(book)
        left = MOST_COMMENTS
        for sheet in definition.sheets:
            own = stored.frame.filter(stored.frame[SHEET] == sheet.name)
            names = [field.name for field in sheet.fields]
            added = [name for name in stored.columns.get(sheet.name, ()) if name and name not in names]
            page = _Sheet(book, sheet, added, lists, schedule, left)
            page.titles(marks[sheet.name])
            for row in own.iter_rows(named=True):
                page.write(row, marks[sheet.name])
            left = page.left
        write_notes(book, definition, stamp, schedule, [ANEW])
        lists.write()


class _Sheet:
    """One data sheet with its marks; ``left``: how many comments may still be written."""

    def __init__(
        self, book: Any, sheet: Sheet, added: list[str], lists: ChoiceLists, schedule: Schedule, left: int
    ) -> None:
        self._sheet = DataSheet(book, sheet, lists, schedule)
        self._fields = {field.name: field for field in sheet.fields}
        self._names = [*self._fields, *added]
        self._added = added
        self._title: Any = book.add_format(TITLE)
        self._wrap: Any = book.add_format({"text_wrap": True, "valign": "top", "font_name": FONT})
        self._styles: dict[tuple[str, bool], Any] = {
            (severity, text): book.add_format(
                {"bg_color": f"#{colour[2:]}", "font_name": FONT} | ({"num_format": "@"} if text else {})
            )
            for severity, colour in COLOURS.items()
            for text in (True, False)
        }
        self._faults: dict[int, dict[str, CellMark]] = {}
        self.left = left

    def titles(self, marks: SheetMarks) -> None:
        self._sheet.titles()
        page = self._sheet.page
        for name in (*self._added, RESULTS):
            page.write_string(0, self._place(name), name, self._title)
        page.set_column(len(self._names), len(self._names), WIDTH)
        if marks.whole:
            page.write_comment(0, len(self._names), *shown_whole("\n".join(marks.whole)))
        for mark in marks.cells.values():
            self._faults.setdefault(mark.row, {})[mark.column] = mark
        for name, mark in self._faults.get(1, {}).items():
            if name in self._names:
                page.write_comment(0, self._place(name), *shown_whole(mark.comment))

    def _place(self, name: str) -> int:
        return self._names.index(name) if name in self._names else len(self._names)

    def write(self, row: Mapping[str, Any], marks: SheetMarks) -> None:
        """One row where it stood."""
        line = row[ROW] - 1
        faults = self._faults.get(row[ROW], {})
        for position, name in enumerate(self._names):
            self._cell(line, position, name, row.get(name), faults.get(name))
        result = marks.result(row[ROW])
        if result:
            self._sheet.page.set_row(line, height(result))
            self._sheet.page.write_string(line, len(self._names), result, self._wrap)

    def _cell(self, line: int, position: int, name: str, value: str | None, mark: CellMark | None) -> None:
        field = self._fields.get(name)
        if mark is None:
            self._sheet.cell(line, position, field, value)
            return
        style = self._styles[mark.severity, field is None or not is_number(field)]
        if value:
            self._sheet.cell(line, position, field, value, style)
        else:
            self._sheet.page.write_blank(line, position, None, style)
        if self.left > 0:
            self.left -= 1
            self._sheet.page.write_comment(line, position, *shown_whole(mark.comment))
