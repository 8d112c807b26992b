"""One data sheet of a workbook that we write: titles, notes, formats, drop-downs, and the page as printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from checks.definition import DATE_FORMATS, Field, Sheet
from plans.plan import Schedule
from workbooks.marks import comment_size

FONT = "宋体"
LAST_ROW = 1_048_575
# Excel keeps a typed list of choices in 255 characters; longer ones stand on a sheet of their own.
LONGEST_LIST = 255
CHOICES = "选项"
IDENTITY_WIDTH = 20
A4 = 9
PAGE_WIDTH = 200
"""Of columns, in characters: what is still readable on one page across."""
# More than these a number cell would round.
DIGITS = 15
LAST_YEAR = "#FFF9E5"
TITLE = {
    "bold": True,
    "bg_color": "#D9E5F3",
    "border": 1,
    "text_wrap": True,
    "valign": "vcenter",
    "font_name": FONT,
}
TYPE_NAMES = {"string": "文字", "integer": "整数", "number": "数字", "year": "四位年份"}


class ChoiceLists:
    """Lists too long for a cell's own drop-down, on a hidden sheet; equal lists stand there once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._names: dict[tuple[str, ...], str] = {}

    def source(self, allowed: tuple[str, ...]) -> list[str] | str:
        """What a drop-down of these values refers to."""
        if len(",".join(allowed)) <= LONGEST_LIST and not any("," in word for word in allowed):
            return list(allowed)
        name = self._names.setdefault(allowed, f"choices_{len(self._names) + 1}")
        return f"={name}"

    def write(self) -> None:
        """The hidden sheet, behind all others; none where every list is short."""
        if not self._names:
            return
        page: Any = self._book.add_worksheet(CHOICES)
        page.hide()
        for position, (allowed, name) in enumerate(self._names.items()):
            for line, word in enumerate(allowed):
                page.write_string(line, position, word)
            column = xlsxwriter.utility.xl_col_to_name(position)
            # By name: Excel moves a list on another sheet into an extension that other programs drop.
            self._book.define_name(name, f"='{CHOICES}'!${column}$1:${column}${len(allowed)}")


class DataSheet:
    """One data sheet: titles in row 1, data from row 2."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        sheet: Sheet,
        lists: ChoiceLists,
        schedule: Schedule | None,
        *,
        shade: str = "",
    ) -> None:
        """``shade``: the ground of the rows that are filled in."""
        self.page: Any = book.add_worksheet(sheet.name)
        self.fields = sheet.fields
        self._lists = lists
        self._schedule = schedule
        self._title: Any = book.add_format(TITLE)
        self._needed: Any = book.add_format({**TITLE, "font_color": "#C00000"})
        self._text: Any = book.add_format({"num_format": "@", "font_name": FONT})
        self._plain: Any = book.add_format({"font_name": FONT})
        ground = {"bg_color": shade} if shade else {}
        self._filled_text: Any = book.add_format({"num_format": "@", "font_name": FONT, **ground})
        self._filled: Any = book.add_format({"font_name": FONT, **ground})
        self._shaded = bool(shade)

    def titles(self) -> None:
        """Titles with their notes, the columns' formats and choices, the page as printed."""
        self.page.freeze_panes(1, 1)
        self.page.set_row(0, 36)
        self.page.set_landscape()
        self.page.set_paper(A4)
        self.page.fit_to_pages(1 + sum(map(_width, self.fields)) // PAGE_WIDTH, 0)
        self.page.repeat_rows(0)
        self.page.repeat_columns(0)
        self.page.set_footer("&L&A&R&P / &N")
        for position, field in enumerate(self.fields):
            self._column(position, field)

    def row(self, line: int, values: Mapping[str, str | None]) -> None:
        """A row of data, 0-based."""
        for position, field in enumerate(self.fields):
            self.cell(line, position, field, values.get(field.name))

    def cell(
        self, line: int, position: int, field: Field | None, value: str | None, style: Any = None
    ) -> None:
        """One cell, a number where the column is one of numbers; text never becomes a formula."""
        numeric = field is not None and is_number(field)
        style = style or (self._filled if numeric else self._filled_text)
        if value and numeric and _is_plain(value):
            self.page.write_number(line, position, float(value), style)
        elif value:
            self.page.write_string(line, position, value, style)
        elif self._shaded:
            self.page.write_blank(line, position, None, style)

    def _column(self, position: int, field: Field) -> None:
        style = self._plain if is_number(field) else self._text
        self.page.set_column(position, position, _width(field), style)
        self.page.write_string(0, position, field.name, self._needed if field.required else self._title)
        self.page.write_comment(0, position, *shown_whole(meaning(field, self._schedule)))
        allowed = choices(field, self._schedule)
        if allowed:
            rule = {
                "validate": "list",
                "source": self._lists.source(allowed),
                "error_type": "warning",
                "error_message": "请从下拉列表中选",
            }
            self.page.data_validation(1, position, LAST_ROW, position, rule)


def shown_whole(text: str) -> tuple[str, dict[str, Any]]:
    """A comment's text, and what makes its box large enough for it."""
    return text, {"font_name": FONT, "font_size": 10, **comment_size(text)}


def is_number(field: Field) -> bool:
    return field.type in ("integer", "number")


def _is_plain(value: str) -> bool:
    """Whether a number cell shows the text again, digit for digit."""
    return len(value) <= DIGITS and re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", value) is not None


def _width(field: Field) -> int:
    return min(max(len(field.name) * 2 + 2, IDENTITY_WIDTH if field.identity else 12), 30)


def choices(field: Field, schedule: Schedule | None) -> tuple[str, ...]:
    """The values to choose from: the definition's, or those that the campaign sets."""
    if schedule is not None and field.rule == "student-status":
        return schedule.enrolled_statuses + schedule.other_statuses
    if schedule is not None and field.rule == "destination":
        return schedule.employed + schedule.unemployed
    return field.enum


def meaning(field: Field, schedule: Schedule | None = None) -> str:
    """What to write in the column, in lines."""
    kind = DATE_FORMATS.get(field.format) or TYPE_NAMES[field.type]
    lines = ["必填" if field.required else "可以不填", f"写法：{kind}"]
    if field.unit:
        lines.append(f"单位：{field.unit}（只写数值，不带单位）")
    if field.identity:
        lines.append("编号按文本填写，开头的 0 不能丢")
    allowed = choices(field, schedule)
    if allowed:
        lines.append(f"可选：{'、'.join(allowed)}")
    if field.note:
        lines.append(field.note)
    return "\n".join(lines)
