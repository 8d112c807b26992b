"""The late-submission report as files: .html to read, .docx to circulate, .xlsx to work with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mail.paper import FOLDER
from mail.report_book import as_xlsx
from mail.report_chart import chart_png, chart_svg
from mail.report_layout import keep_together
from mail.report_words import context
from mail.wording import day_and_time
from models.late import LateLine, LateReport

if TYPE_CHECKING:
    from docx.section import Section
    from jinja2 import Template

CHART_CM = 15.0


def write_report(report: LateReport, forms: Iterable[str] | None = None) -> dict[str, bytes]:
    """The report in these forms, all of them where none is said, by file name."""
    return {file_name(form): FORMS[form](report) for form in (FORMS if forms is None else forms)}


def file_name(form: str) -> str:
    """What a report of this form is called."""
    return f"late-report.{form}"


def summary(report: LateReport) -> dict[str, Any]:
    """What a mail says of the report: the three numbers, what has changed, then each late table by whose
    turn it is."""
    change, tables = report.change, [line for line in report.late if not line.roster]
    return {
        "at_text": day_and_time(report.at),
        "due": report.due,
        "on_time": report.on_time,
        "late": len(report.late),
        "new": len(change.new) if change else None,
        "settled": len(change.settled) if change else None,
        "rosters": [_days(line) for line in report.late if line.roster],
        "parts": [
            {"title": title, "lines": [_sentence(line) for line in tables if line.stage in stages]}
            for title, stages in PARTS
        ],
    }


def as_html(report: LateReport) -> bytes:
    """A page that stands alone: no script, nothing to load."""
    return _page().render(**context(report), chart=chart_svg(report)).encode()


def as_docx(report: LateReport) -> bytes:
    """The report in the form that an office circulates; its template may be edited in Word."""
    from docx.shared import Cm
    from docxtpl import DocxTemplate, InlineImage

    template = DocxTemplate(FOLDER / "late.docx")
    told = context(report)
    chart = chart_png(report)
    told["chart"] = InlineImage(template, BytesIO(chart), width=Cm(CHART_CM)) if chart else None
    template.render(told, autoescape=True)
    keep_together(template.docx)
    if not report.late:
        _set_upright(template.docx.sections[-1])
    out = BytesIO()
    template.save(out)
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
    return f"{line.label} · {_days(line)}"


def _days(line: LateLine) -> str:
    return f"{line.department}，逾期 {line.working_days_late} 个工作日"


def _set_upright(section: Section) -> None:
    """Without the annex of late lines, which lies across, the letter's own page is the last section."""
    from docx.enum.section import WD_ORIENT

    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width


@cache
def _page() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("late.html")
