"""The workbook that a collector fills in: one sheet a data sheet, and `说明` with every column's meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from checks.definition import DATE_FORMATS, Definition, Field, Sheet
from plans.plan import Schedule
from workbooks.stamp import LABEL, NOTES, TemplateStamp

__all__ = ["TemplateStamp", "write_template"]

FONT = "宋体"
LAST_ROW = 1_048_575
# Excel keeps a typed list of choices in 255 characters; longer ones stand in the comment only.
LONGEST_LIST = 255
TITLE = {
    "bold": True,
    "bg_color": "#D9E5F3",
    "border": 1,
    "text_wrap": True,
    "valign": "vcenter",
    "font_name": FONT,
}
# The same template has the same bytes whenever it is made.
CREATED = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
TYPE_NAMES = {"string": "文字", "integer": "整数", "number": "数字", "year": "四位年份"}


def write_template(
    definition: Definition,
    out: Path | BytesIO,
    *,
    stamp: TemplateStamp,
    schedule: Schedule | None = None,
    prior: bytes | None = None,
) -> None:
    """Write the template to a file or a buffer.

    ``schedule`` gives the choices that the campaign sets (student statuses, destinations); ``prior`` are
    rows to be filled in (Parquet: last year's, or the newest version's).
    """
    filled = _by_sheet(prior) if prior else {}
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out if isinstance(out, BytesIO) else str(out), options) as book:
        book.set_properties({"title": definition.label, "created": CREATED})
        for name, value in stamp.properties().items():
            book.set_custom_property(name, value, "text")
        for sheet in definition.sheets:
            _DataSheet(book, sheet, schedule).write(filled.get(sheet.name, ()))
        _write_notes(book, definition, stamp, schedule)


def _by_sheet(content: bytes) -> dict[str, list[dict[str, str | None]]]:
    from checks.rows import SHEET, from_parquet

    found: dict[str, list[dict[str, str | None]]] = {}
    for row in from_parquet(content).frame.iter_rows(named=True):
        found.setdefault(row[SHEET], []).append(row)
    return found


class _DataSheet:
    """One data sheet: titles in row 1, data from row 2."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Sheet, schedule: Schedule | None) -> None:
        self._page: Any = book.add_worksheet(sheet.name)
        self._fields = sheet.fields
        self._schedule = schedule
        self._title: Any = book.add_format(TITLE)
        self._needed: Any = book.add_format({**TITLE, "font_color": "#C00000"})
        self._text: Any = book.add_format({"num_format": "@", "font_name": FONT})
        self._plain: Any = book.add_format({"font_name": FONT})

    def write(self, prior: Sequence[Mapping[str, str | None]]) -> None:
        """Titles, formats and choices, and the prior rows."""
        self._page.freeze_panes(1, 1)
        self._page.set_row(0, 36)
        for position, field in enumerate(self._fields):
            self._column(position, field)
        for line, row in enumerate(prior, 1):
            for position, field in enumerate(self._fields):
                self._cell(line, position, field, row.get(field.name))

    def _column(self, position: int, field: Field) -> None:
        style = self._plain if _is_number(field) else self._text
        self._page.set_column(position, position, _width(field), style)
        self._page.write_string(0, position, field.name, self._needed if field.required else self._title)
        self._page.write_comment(0, position, meaning(field, self._schedule), {"x_scale": 2, "y_scale": 1.2})
        allowed = list(choices(field, self._schedule))
        if allowed and len(",".join(allowed)) <= LONGEST_LIST and not any("," in word for word in allowed):
            rule = {
                "validate": "list",
                "source": allowed,
                "error_type": "warning",
                "error_message": "请从下拉列表中选",
            }
            self._page.data_validation(1, position, LAST_ROW, position, rule)

    def _cell(self, line: int, position: int, field: Field, value: str | None) -> None:
        if not value:
            return
        if _is_number(field) and value.lstrip("-").replace(".", "", 1).isdecimal():
            self._page.write_number(line, position, float(value), self._plain)
        else:
            self._page.write_string(line, position, value, self._text)


def _is_number(field: Field) -> bool:
    return field.type in ("integer", "number")


def _width(field: Field) -> int:
    return min(max(len(field.name) * 2 + 2, 12), 30)


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


def _write_notes(
    book: xlsxwriter.Workbook, definition: Definition, stamp: TemplateStamp, schedule: Schedule | None
) -> None:
    page: Any = book.add_worksheet(NOTES)
    bold: Any = book.add_format({"bold": True, "font_name": FONT})
    wrap: Any = book.add_format({"text_wrap": True, "valign": "top", "font_name": FONT})
    page.set_column(0, 1, 26, wrap)
    page.set_column(2, 2, 80, wrap)
    head = [
        ("数据表", definition.label),
        ("部门", stamp.department),
        *([("填表人", stamp.person)] if stamp.person else []),
        (
            "填写",
            "第 1 行是列名，请勿改动；从第 2 行起填写，红色列名为必填。没有内容的格子留空，不写“无”或“/”。",
        ),
        (LABEL, stamp.line()),
    ]
    for line, (name, text) in enumerate(head):
        page.write_string(line, 0, name, bold)
        page.write_string(line, 1, text)
    line = len(head) + 1
    for position, name in enumerate(("工作表", "列名", "说明")):
        page.write_string(line, position, name, bold)
    for sheet in definition.sheets:
        for field in sheet.fields:
            line += 1
            described = meaning(field, schedule).replace("\n", "；")
            for position, text in enumerate((sheet.name, field.name, described)):
                page.write_string(line, position, text, wrap)
