"""报告: the late reports that were sent, and the one of this moment."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from actions.late import late_report
from mail.circular import FILE_NAME, as_circular
from mail.reports import FORMS, file_name
from models import Report
from models.errors import NotFound
from web.deps import Reading
from web.language import gettext as _
from web.numbers import Key
from web.pages.files import attached
from web.rendering import page
from web.rules import OFFICE, OVERSEER
from web.site import CurrentSite
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)


@router.get("/reports", dependencies=[OVERSEER], name="reports")
def reports(request: Request, visitor: CurrentVisitor, session: Reading) -> Response:
    report = late_report(session, visitor.now)
    return page(request, "reports.html", report=report, history=_history(session), forms=tuple(FORMS))


@router.get("/reports/now.{form}", dependencies=[OVERSEER], name="report_now")
def report_now(visitor: CurrentVisitor, session: Reading, form: str) -> Response:
    if form not in FORMS:
        raise NotFound(_("没有这种格式的报告。"), _("可以下载 Word、Excel 或网页格式。"))
    content = FORMS[form](late_report(session, visitor.now))
    return attached(content, file_name(form), "application/octet-stream")


@router.get("/reports/circular.docx", dependencies=[OFFICE], name="circular")
def circular(visitor: CurrentVisitor, session: Reading) -> Response:
    """The draft of a college-wide notice, as things stand."""
    return attached(as_circular(late_report(session, visitor.now)), FILE_NAME, "application/octet-stream")


@router.get("/reports/{report_id}/{name}", dependencies=[OVERSEER], name="report_file")
def report_file(site: CurrentSite, session: Reading, report_id: Key, name: str) -> Response:
    report = session.get(Report, report_id)
    if report is None or name not in report.blobs:
        raise NotFound(_("没有这份报告。"), _("请从“报告”页面重新选择。"))
    return attached(site.blobs.get(str(report.blobs[name])), name, "application/octet-stream")


def _history(session: Session) -> Sequence[Report]:
    return session.exec(select(Report).order_by(col(Report.at).desc()).limit(100)).all()
