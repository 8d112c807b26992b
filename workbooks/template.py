"""The workbook that a collector fills in: one sheet a data sheet, and `说明` with every column's meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from checks.definition import Definition
from plans.plan import Schedule
from workbooks.data_sheet import FONT, LAST_YEAR, ChoiceLists, DataSheet, choices, meaning
from workbooks.stamp import LABEL, NOTES, TemplateStamp

__all__ = ["TemplateStamp", "choices", "meaning", "write_template"]

# The same template has the same bytes whenever it is made.
CREATED = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
HOW = "第 1 行是列名，请勿改动；从第 2 行起填写，红色列名为必填。没有内容的格子留空，不写“无”或“/”。"
SHADED = "浅黄底色的行是去年的数据：请逐行核对、改成今年的；不再有的行请整行删除。"
ONE_PERSON = "这是一个人的填报表：只填本人的数据，填好后交给本部门采集员合并。"


def write_template(
    definition: Definition,
    out: Path | BytesIO,
    *,
    stamp: TemplateStamp,
    schedule: Schedule | None = None,
    prior: bytes | None = None,
    last_year: bool = False,
) -> None:
    """Write the template to a file or a buffer.

    ``schedule`` gives the choices that the campaign sets (student statuses, destinations); ``prior`` are
    rows to be filled in (Parquet: last year's, which are shaded where ``last_year`` says so, or the newest
    version's).  A stamp with a person makes it that one's own sheet.
    """
    filled = rows_by_sheet(prior) if prior else {}
    with new_book(definition, stamp, out) as book:
        lists = ChoiceLists(book)
        for sheet in definition.sheets:
            page = DataSheet(book, sheet, lists, schedule, shade=LAST_YEAR if last_year else "")
            page.titles()
            for line, row in enumerate(filled.get(sheet.name, ()), 1):
                page.row(line, row)
        write_notes(book, definition, stamp, schedule, [SHADED] if last_year and filled else [])
        lists.write()


def new_book(
    definition: Definition, stamp: TemplateStamp | None, out: Path | BytesIO, **options: bool | str
) -> xlsxwriter.Workbook:
    """An empty workbook with the stamp in its properties; no text in it becomes a formula or a link."""
    plain: dict[str, bool | str] = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out if isinstance(out, BytesIO) else str(out), plain | options)
    book.set_properties({"title": definition.label, "created": CREATED})
    for name, value in (stamp.properties() if stamp else {}).items():
        book.set_custom_property(name, value, "text")
    return book


def rows_by_sheet(content: bytes) -> dict[str, list[Mapping[str, str | None]]]:
    """Stored rows (Parquet), each with its columns and our own `_sheet` and `_row`."""
    from checks.rows import SHEET, from_parquet

    found: dict[str, list[Mapping[str, str | None]]] = {}
    for row in from_parquet(content).frame.iter_rows(named=True):
        found.setdefault(row[SHEET], []).append(row)
    return found


def write_notes(
    book: xlsxwriter.Workbook,
    definition: Definition,
    stamp: TemplateStamp | None,
    schedule: Schedule | None,
    remarks: Iterable[str] = (),
) -> None:
    """The sheet `说明`: whose the workbook is, how it is filled in, what each column means."""
    page: Any = book.add_worksheet(NOTES)
    bold: Any = book.add_format({"bold": True, "font_name": FONT, "valign": "top"})
    wrap: Any = book.add_format({"text_wrap": True, "valign": "top", "font_name": FONT})
    page.set_column(0, 1, 26, wrap)
    page.set_column(2, 2, 80, wrap)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    head = list(_head(definition, stamp, remarks))
    for line, (name, text) in enumerate(head):
        page.write_string(line, 0, name, bold)
        page.merge_range(line, 1, line, 2, text, wrap)
        page.set_row(line, 15 * (1 + len(text) // 55))
    line = len(head) + 1
    for position, name in enumerate(("工作表", "列名", "说明")):
        page.write_string(line, position, name, bold)
    for sheet in definition.sheets:
        for field in sheet.fields:
            line += 1
            described = meaning(field, schedule).replace("\n", "；")
            for position, text in enumerate((sheet.name, field.name, described)):
                page.write_string(line, position, text, wrap)


def _head(
    definition: Definition, stamp: TemplateStamp | None, remarks: Iterable[str]
) -> Iterable[tuple[str, str]]:
    yield "数据表", definition.label
    if stamp is not None:
        yield "部门", stamp.department
    if stamp is not None and stamp.person:
        yield "填表人", stamp.person
        yield "填报范围", ONE_PERSON
    yield "填写", HOW
    for remark in remarks:
        yield "注意", remark
    if stamp is not None:
        yield LABEL, stamp.line()
