"""报告: the late reports that were sent, and the one of this moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from actions.late import late_report
from mail.circular import FILE_NAME, as_circular
from mail.file_names import shown_name
from mail.reports import FORMS, file_name
from models import Report
from models.draft import begun
from models.errors import NotFound, Unusable
from models.late import LateLine, Settled
from models.prospect import AtRisk, missing
from models.worklist import open_departments
from plans.notation import parse_instant
from web.deps import Reading
from web.language import gettext as _
from web.numbers import Key
from web.pages.files import attached
from web.rendering import page
from web.rules import OFFICE, OVERSEER
from web.site import CurrentSite
from web.visitor import CurrentVisitor, Visitor, visitor_of

T = TypeVar("T", LateLine, Settled, AtRisk)
router = APIRouter(include_in_schema=False)
SHOWN = 100
LISTED = 300
"""Lines of a list on the page; the documents have all."""


@router.get("/reports", dependencies=[OVERSEER], name="reports")
def reports(
    request: Request, visitor: CurrentVisitor, session: Reading, at: str = "", department: str = ""
) -> Response:
    try:
        return _shown(request, session, _moment(at, visitor), department)
    except Unusable as problem:
        return _shown(request, session, visitor.now, department, problem, asked=at)


def _shown(
    request: Request,
    session: Session,
    moment: datetime,
    department: str,
    problem: Unusable | None = None,
    asked: str = "",
) -> Response:
    """The report of a moment, of one department where it is named; what was typed wrongly stays."""
    report = late_report(session, moment, now=visitor_of(request).now)
    typed = asked or f"{report.at:%Y-%m-%dT%H:%M}"
    at_risk, change = _of(department, report.prospect.at_risk), report.change
    return page(
        request,
        "reports.html",
        200 if problem is None else problem.status,
        report=report,
        late=_of(department, report.late),
        new=_of(department, change.new) if change else [],
        settled=_of(department, change.settled) if change else [],
        at_risk=at_risk,
        begun=begun(session, [each.id for each in at_risk]) if moment == visitor_of(request).now else (),
        missing=missing(at_risk),
        outlooks=[each for each in report.prospect.groups if department in ("", each[0].department)],
        department=department,
        departments=open_departments(session),
        asked=typed,
        chosen=f"{report.at:%Y-%m-%dT%H:%M:%S}" if moment != visitor_of(request).now else "",
        problem=problem,
        history=_history(session),
        shown_name=shown_name,
        forms=tuple(FORMS),
        most=LISTED,
    )


def _of(department: str, listed: Sequence[T]) -> list[T]:
    """What is this department's; all where none is named."""
    return [each for each in listed if department in ("", each.department)]


@router.get("/reports/now.{form}", dependencies=[OVERSEER], name="report_now")
def report_now(visitor: CurrentVisitor, session: Reading, form: str, at: str = "") -> Response:
    if form not in FORMS:
        raise NotFound(_("没有这种格式的报告。"), _("可以下载 Word、Excel 或网页格式。"))
    report = late_report(session, _moment(at, visitor), now=visitor.now)
    name = shown_name(file_name(form), report.at.date())
    return attached(FORMS[form](report), name, "application/octet-stream")


def _moment(text: str, visitor: Visitor) -> datetime:
    """The moment that was chosen, now where none was; one to come is refused: nobody knows it yet."""
    if not text:
        return visitor.now
    try:
        moment = parse_instant(text, visitor.zone)
    except ValueError as error:
        raise Unusable(_("时刻的写法不对。"), _("请写成 2020-11-12T08:30 这样的形式。")) from error
    if moment > visitor.now:
        raise Unusable(_("这一时刻还没有到。"), _("请选择现在或以前的时刻。"))
    return moment


@router.get("/reports/circular.docx", dependencies=[OFFICE], name="circular")
def circular(visitor: CurrentVisitor, session: Reading) -> Response:
    """The draft of a college-wide notice, as things stand."""
    report = late_report(session, visitor.now, now=visitor.now)
    name = shown_name(FILE_NAME, report.at.date())
    return attached(as_circular(report), name, "application/octet-stream")


@router.get("/reports/{report_id}/{name}", dependencies=[OVERSEER], name="report_file")
def report_file(
    site: CurrentSite, visitor: CurrentVisitor, session: Reading, report_id: Key, name: str
) -> Response:
    report = session.get(Report, report_id)
    if report is None or name not in report.blobs:
        raise NotFound(_("没有这份报告。"), _("请从“报告”页面重新选择。"))
    shown = shown_name(name, report.at.astimezone(visitor.zone).date())
    return attached(site.blobs.get(str(report.blobs[name])), shown, "application/octet-stream")


def _history(session: Session) -> list[tuple[int, Report]]:
    """The reports that went out with their numbers, the newest first."""
    found = session.exec(select(Report).order_by(col(Report.at))).all()
    return list(enumerate(found, start=1))[-SHOWN:][::-1]
