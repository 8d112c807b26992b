"""The late-submission report as a workbook: typed values to filter and count, nothing live in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from mail.forecast_words import end_text, level_text, reason
from mail.report_words import (
    HOLDERS,
    code_text,
    extended_text,
    held_text,
    issue,
    moment_text,
    receipts_text,
    standing_text,
)
from models.late import HELD_BY, LateLine, LateReport
from models.stages import SAYS
from plans.visible import visible

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Value = str | int | float | datetime | date | None
Columns = dict[str, float]
"""Headings, and how wide each column is."""

DEPARTMENTS: Columns = {
    "部门": 28,
    "应交": 8,
    "按时": 8,
    "逾期": 8,
    **{HOLDERS[each]: 10 for each in HELD_BY},
}
LINES: Columns = {
    "采集部门": 24,
    "表号": 8,
    "表名": 26,
    "源表": 6,
    "审核部门": 12,
    "应完成时间": 17,
    "状态": 12,
    "逾期（工作日）": 9,
    "责任环节": 12,
    "采集用时": 9,
    "审核用时": 9,
    "检测用时": 9,
    "等待用时": 9,
    "延期次数": 9,
    "延期至": 17,
    "延期说明": 24,
    "申请待复": 9,
    "申请未准": 9,
    "暂缓上报至": 17,
    "暂缓原因": 18,
    "催办回执": 24,
}
CHANGES: Columns = {"变化": 10, "表号": 9, "表名": 34, "采集部门": 26, "现状": 14}
OUTLOOK: Columns = {
    "部门": 26,
    "截止": 17,
    "未提交": 9,
    "待审核": 9,
    "近三日日均提交": 10,
    "预计最早": 12,
    "预计最晚": 12,
    "说明": 34,
}
TABLES: Columns = {"表号": 9, "表名": 34, "未完成": 9, "预计最早": 12, "预计最晚": 12, "说明": 34}
RISKS: Columns = {"部门": 26, "表号": 9, "表名": 34, "截止": 17, "状态": 11, "程度": 10, "原因": 64}
NAMING = 3
"""The first columns of the lines say whose and what it is; they stay where one scrolls."""
A4, A3 = 9, 8
HEADING_HEIGHT, LINE_HEIGHT = 32, 16.5
ONE_PAGE = 40
"""Departments whose table and chart still fit on one printed page."""
SERIES = ((4, "#B42318"), (5, "#DC8A12"), (6, "#6A4C93"))


def as_xlsx(report: LateReport) -> bytes:
    """Sheets of values, text as text: nothing in it is a formula.  The chart is Excel's own."""
    from xlsxwriter import Workbook

    out = BytesIO()
    with Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        pages = _Pages(book, report)
        departments = pages.add("各部门", DEPARTMENTS, _departments(report))
        if report.departments:
            departments.fit_to_pages(1, 1 if len(report.departments) <= ONE_PAGE else 0)
            _add_chart(book, departments, report)
        details = pages.add("逾期明细", LINES, map(_line, report.late))
        details.set_paper(A3)
        details.freeze_panes(1, NAMING)
        if report.change:
            pages.add("与上期相比", CHANGES, _changes(report))
        pages.add("部门预计", OUTLOOK, _outlook(report))
        pages.add("各表预计", TABLES, _tables(report))
        pages.add("可能逾期", RISKS, _risks(report))
    return out.getvalue()


class _Pages:
    """Adds sheets that filter, print and freeze alike."""

    def __init__(self, book: Workbook, report: LateReport) -> None:
        self._book = book
        self._header = f"&L{_plain(report.campaign)} {issue(report)}&R截至 {moment_text(report.at)}"
        edge = {"border": 1, "border_color": "#C9D2DA", "valign": "vcenter"}
        number = {"align": "right", "indent": 1}
        self._head = book.add_format(
            {**edge, "bold": True, "bg_color": "#EEF2F6", "text_wrap": True, "align": "center"}
        )
        self._text = book.add_format({**edge, "text_wrap": True})
        self._number = book.add_format({**edge, **number, "num_format": "0"})
        self._share = book.add_format({**edge, **number, "num_format": "0.0"})
        self._moment = book.add_format({**edge, "num_format": "yyyy-mm-dd hh:mm", "align": "center"})
        self._day = book.add_format({**edge, "num_format": "yyyy-mm-dd", "align": "center"})

    def add(self, name: str, columns: Columns, rows: Iterable[Sequence[Value]]) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.set_row(0, HEADING_HEIGHT)
        for column, (heading, width) in enumerate(columns.items()):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, heading, self._head)
        last = 0
        for last, row in enumerate(rows, start=1):
            sheet.set_row(last, _height(row, columns.values()))
            for column, value in enumerate(row):
                self._write(sheet, last, column, value)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
        self._set_up_print(sheet)
        return sheet

    def _write(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        if value is None or value == "":
            sheet.write_blank(row, column, None, self._text)
        elif isinstance(value, str):
            sheet.write_string(row, column, visible(value), self._text)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), self._moment)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self._day)
        else:
            sheet.write_number(row, column, value, self._format(value))

    def _format(self, value: float) -> Format:
        return self._number if isinstance(value, int) else self._share

    def _set_up_print(self, sheet: Worksheet) -> None:
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        sheet.set_header(self._header)
        sheet.set_footer("&C第 &P 页，共 &N 页")


def _height(row: Sequence[Value], widths: Iterable[float]) -> float:
    """Room for the longest text of a row: not every program makes it by itself."""
    texts = ((value, width) for value, width in zip(row, widths, strict=True) if isinstance(value, str))
    return LINE_HEIGHT * max((math.ceil(_width(text) / (width - 1)) for text, width in texts), default=1)


def _width(text: str) -> int:
    """In the width of a digit, as columns are measured: a Chinese character takes two."""
    return max(1, sum(2 if east_asian_width(each) in "WF" else 1 for each in text))


def _plain(text: str) -> str:
    """A header's text: an ampersand would be a command there."""
    return visible(text).replace("&", "&&")


def _departments(report: LateReport) -> Iterable[Sequence[Value]]:
    for each in report.departments:
        held = [each.late.get(holder, 0) for holder in HELD_BY]
        yield each.department, each.due, each.on_time, each.late_in_all, *held


def _line(line: LateLine) -> Sequence[Value]:
    return (
        line.department,
        code_text(line),
        line.name,
        "是" if line.source else "",
        line.reviewer or "",
        line.due,
        standing_text(line),
        line.working_days_late,
        held_text(line),
        *(line.days.get(holder, 0) for holder in HELD_BY),
        sum(line.waited.values()),
        len(line.extensions),
        max((each.until for each in line.extensions if not each.revoked), default=None),
        extended_text(line.extensions),
        line.requests_waiting,
        line.requests_refused,
        line.held_until,
        line.held_reason,
        receipts_text(line.receipts),
    )


def _changes(report: LateReport) -> Iterable[Sequence[Value]]:
    if report.change:
        for line in report.change.new:
            yield "新增", code_text(line), line.name, line.department, standing_text(line)
        for each in report.change.settled:
            yield "已解决", code_text(each), each.name, each.department, standing_text(each)


def _outlook(report: LateReport) -> Iterable[Sequence[Value]]:
    for group, found in report.prospect.groups:
        first, last = (found.done.first, found.done.last) if found.done else (None, None)
        pace = found.pace
        numbers = (pace.uncollected, pace.in_review, float(found.per_day))
        yield group.department, group.deadline, *numbers, first, last, end_text(found.done) if first else ""


def _tables(report: LateReport) -> Iterable[Sequence[Value]]:
    for each in report.prospect.tables:
        if each.done.first:
            yield each.table, each.name, each.open, each.done.first, each.done.last, end_text(each.done)


def _risks(report: LateReport) -> Iterable[Sequence[Value]]:
    for each in report.prospect.at_risk:
        told = SAYS[each.stage], level_text(each.risk.level), reason(each.risk)
        yield each.department, each.table, each.name, each.deadline, *told


def _add_chart(book: Workbook, sheet: Worksheet, report: LateReport) -> None:
    rows, most = len(report.departments), max(each.late_in_all for each in report.departments)
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, colour in SERIES:
        chart.add_series(
            {
                "name": ["各部门", 0, column],
                "categories": ["各部门", 1, 0, rows, 0],
                "values": ["各部门", 1, column, rows, column],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    chart.set_title({"name": "逾期项数（按责任环节）", "name_font": {"size": 13}})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis(
        {"major_unit": max(1, -(-most // 8)), "min": 0, "num_format": "0", "label_position": "high"}
    )
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 760, "height": 130 + 30 * rows})
    sheet.insert_chart(rows + 2, 0, chart)
