"""Files to take away: templates, and the workbooks as they were handed in."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from actions.who import demand_sight
from models.errors import NotFound
from models.worklist import Line, line
from web.deps import Me, Reading
from web.language import gettext as _
from web.numbers import Key
from web.pages.assignment import demand_version
from web.rules import OFFICE, SIGNED_IN
from web.site import CurrentSite, Site
from web.templates_out import as_zip, department_lines, own_lines, template_of

router = APIRouter(include_in_schema=False)
CONFINED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
ELSEWHERE = '<base target="_blank">'
"""A page that forbids being framed can only open beside the mail."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attached(content: bytes, filename: str, media_type: str = XLSX) -> Response:
    """A file that the browser saves, never shows."""
    disposition = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})


def framed(html: str) -> Response:
    """A mail as a mail program shows it: for a frame of its own that can neither run nor load anything;
    its links open in a page of their own."""
    headers = {"Content-Security-Policy": CONFINED, "X-Frame-Options": "SAMEORIGIN"}
    head, found, rest = html.partition("<head>")
    led = f"{head}{found}{ELSEWHERE}{rest}" if found else f"{ELSEWHERE}{html}"
    return Response(led, media_type="text/html; charset=utf-8", headers=headers)


@router.get("/assignments/{assignment_id}/template", dependencies=[SIGNED_IN], name="template")
def template(assignment_id: Key, me: Me, site: CurrentSite, session: Reading) -> Response:
    seen = line(session, assignment_id)
    demand_sight(me, seen.assignment)
    content, filename = template_of(site, session, seen)
    return attached(content, filename)


@router.get("/templates", dependencies=[SIGNED_IN], name="templates")
def templates(me: Me, site: CurrentSite, session: Reading, owed: bool = False) -> Response:
    """All my templates as one zip; ``owed``: only of what is still to be handed in."""
    return _zipped(site, session, own_lines(session, me, owed=owed), me.name)


@router.get("/templates/department", dependencies=[OFFICE], name="department_templates")
def department_templates(site: CurrentSite, session: Reading, department: str = "") -> Response:
    """All templates of a department, for the office to hand on."""
    return _zipped(site, session, department_lines(session, department), department)


def _zipped(site: Site, session: Session, found: list[Line], whose: str) -> Response:
    if not found:
        raise NotFound(_("没有要填报的表。"), _("请从“我的任务”核对还有哪些任务。"))
    books = (template_of(site, session, seen) for seen in found)
    templates = _("模板")
    return as_zip(site, books, f"{templates}-{whose}.zip")


@router.get("/assignments/{assignment_id}/versions/{number}", dependencies=[SIGNED_IN], name="version_file")
def version_file(
    request: Request, assignment_id: Key, number: Key, me: Me, site: CurrentSite, session: Reading
) -> Response:
    seen = line(session, assignment_id)
    demand_sight(me, seen.assignment)
    version = demand_version(session, seen, number)
    if version.blob is None:
        raise NotFound(_("这个版本没有文件。"), _("无数据申报和平台填报确认不含工作簿。"))
    return attached(site.blobs.get(version.blob), f"{seen.table.code}-v{number}-{version.filename}")
