"""The late-submission report as files: .html to read, .docx to circulate, .xlsx to work with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mail.report_chart import chart_png, chart_svg
from mail.wording import day_and_time
from models.late import HELD_BY, DepartmentCount, LateLine, LateReport
from models.stages import SAYS

if TYPE_CHECKING:
    from jinja2 import Template
    from xlsxwriter import Workbook

FOLDER = Path(__file__).parent.parent / "templates" / "reports"
HOLDERS = {"collector": "采集", "reviewer": "审核", "system-check": "系统检测"}
CHART_CM = 15.0
HEADINGS = ("表号", "表名", "采集部门", "审核部门", "应完成时间", "状态", "迟（工作日）", "责任环节")
WIDTHS = (9, 34, 22, 14, 18, 12, 13, 12)


def write_report(report: LateReport, forms: Iterable[str] | None = None) -> dict[str, bytes]:
    """The report in these forms, all of them where none is said, by file name."""
    return {file_name(form): FORMS[form](report) for form in (FORMS if forms is None else forms)}


def file_name(form: str) -> str:
    """What a report of this form is called."""
    return f"late-report.{form}"


def summary(report: LateReport) -> dict[str, Any]:
    """What a mail says of the report: the three numbers, then each late table by whose turn it is."""
    return {
        "at_text": day_and_time(report.at),
        "due": report.due,
        "on_time": report.on_time,
        "late": len(report.late),
        "rosters": list(report.rosters),
        "parts": [
            {"title": title, "lines": [_sentence(line) for line in report.late if line.stage in stages]}
            for title, stages in PARTS
        ],
    }


def as_html(report: LateReport) -> bytes:
    """A page that stands alone: no script, nothing to load."""
    return _page().render(**_context(report), chart=chart_svg(report)).encode()


def as_docx(report: LateReport) -> bytes:
    """The report in the form that an office circulates; its template may be edited in Word."""
    from docx.shared import Cm
    from docxtpl import DocxTemplate, InlineImage

    template = DocxTemplate(FOLDER / "late.docx")
    context = _context(report)
    if report.departments:
        context["chart"] = InlineImage(template, BytesIO(chart_png(report)), width=Cm(CHART_CM))
    template.render(context, autoescape=True)
    out = BytesIO()
    template.save(out)
    return out.getvalue()


def as_xlsx(report: LateReport) -> bytes:
    """Two sheets of values, text as text: nothing in it is a formula.  The chart is Excel's own."""
    from xlsxwriter import Workbook

    out = BytesIO()
    with Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        _write_departments(book, report)
        _write_lines(book, report)
    return out.getvalue()


FORMS: dict[str, Callable[[LateReport], bytes]] = {"docx": as_docx, "xlsx": as_xlsx, "html": as_html}
"""How each form of the report is written."""
PARTS = (
    ("未提交", ("pending",)),
    ("退回待修改", ("returned", "failed")),
    ("待审核", ("collected",)),
    ("系统检测中", ("reviewed",)),
)


def _sentence(line: LateLine) -> str:
    return f"{line.table} {line.name} · {line.department}，迟 {line.working_days_late} 个工作日"


def _context(report: LateReport) -> dict[str, Any]:
    return {
        "college": report.college,
        "campaign": report.campaign,
        "office": report.office,
        "phone": report.phone,
        "at_text": f"{report.at.year}年{day_and_time(report.at)}",
        "date_text": f"{report.at.year}年{report.at.month}月{report.at.day}日",
        "due": report.due,
        "on_time": report.on_time,
        "late_count": len(report.late),
        "rosters": "、".join(report.rosters),
        "departments": [_row(each) for each in report.departments],
        "lines": [_detail(line) for line in report.late],
        **{_name(holder): len(report.held(holder)) for holder in HELD_BY},
    }


def _row(each: DepartmentCount) -> dict[str, Any]:
    counted = {_name(holder): each.late.get(holder, 0) for holder in HELD_BY}
    return {
        "department": each.department,
        "due": each.due,
        "on_time": each.on_time,
        "late": each.late_in_all,
        **counted,
    }


def _detail(line: LateLine) -> dict[str, Any]:
    spent = "，".join(f"{HOLDERS[holder]} {days}" for holder, days in line.days.items() if days)
    return {
        "table": f"{line.table} {line.name}",
        "department": line.department,
        "due": f"{line.due.month}月{line.due.day}日 {line.due:%H:%M}",
        "stage": SAYS[line.stage],
        "days": line.working_days_late,
        "held_by": _holder(line),
        "spent": spent,
    }


def _name(holder: str) -> str:
    return holder.replace("-", "_")


@cache
def _page() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("late.html")


def _write_departments(book: Workbook, report: LateReport) -> None:
    sheet, bold = book.add_worksheet("各部门"), book.add_format({"bold": True, "bg_color": "#EEF2F6"})
    headings = ["部门", "应交", "按时", "迟报", *(HOLDERS[holder] for holder in HELD_BY)]
    sheet.write_row(0, 0, headings, bold)
    for number, each in enumerate(report.departments, start=1):
        numbers = [
            each.due,
            each.on_time,
            each.late_in_all,
            *(each.late.get(holder, 0) for holder in HELD_BY),
        ]
        sheet.write_string(number, 0, each.department)
        sheet.write_row(number, 1, numbers)
    sheet.set_column(0, 0, 26)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if report.departments:
        most = max(each.late_in_all for each in report.departments)
        _add_chart(book, len(report.departments), most)


def _add_chart(book: Workbook, rows: int, most: int) -> None:
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, colour in ((4, "#B42318"), (5, "#DC8A12"), (6, "#6A4C93")):
        chart.add_series(
            {
                "name": ["各部门", 0, column],
                "categories": ["各部门", 1, 0, rows, 0],
                "values": ["各部门", 1, column, rows, column],
                "fill": {"color": colour},
            }
        )
    chart.set_title({"name": "迟报项数（按责任环节）"})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"major_unit": max(1, -(-most // 8)), "num_format": "0"})
    chart.set_size({"width": 620, "height": 120 + 28 * rows})
    book.get_worksheet_by_name("各部门").insert_chart(1, 8, chart)


def _holder(line: LateLine) -> str:
    told = [f"等待{'、'.join(line.waiting_on)}补录"] if line.waiting_on else []
    told += [f"其中等{name}补录 {days} 个工作日" for name, days in line.waited.items()]
    return f"{HOLDERS[line.held_by]}（{'；'.join(told)}）" if told else HOLDERS[line.held_by]


def _write_lines(book: Workbook, report: LateReport) -> None:
    sheet, bold = book.add_worksheet("迟报明细"), book.add_format({"bold": True, "bg_color": "#EEF2F6"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(0, 0, HEADINGS, bold)
    for number, line in enumerate(report.late, start=1):
        for column, text in enumerate((line.table, line.name, line.department, line.reviewer or "")):
            sheet.write_string(number, column, text)
        sheet.write_datetime(number, 4, line.due.replace(tzinfo=None), moment)
        sheet.write_string(number, 5, SAYS[line.stage])
        sheet.write_number(number, 6, line.working_days_late)
        sheet.write_string(number, 7, _holder(line))
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.autofilter(0, 0, max(len(report.late), 1), len(HEADINGS) - 1)
