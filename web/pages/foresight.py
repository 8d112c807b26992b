"""预演: the whole campaign before it happens, mail by mail, each as it would look."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from sqlmodel import Session

from actions.plan_in_force import plan_in_force
from actions.replay import recorded
from mail.receipt_link import without_link
from models import Mail
from models.blobs import Blobs
from models.errors import NotFound, PeopleError, Unusable
from plans.course_file import read_course, shifted, write_course
from plans.tasks_file import decode
from web.deps import Reading
from web.errors import reshown_by
from web.language import gettext as _
from web.numbers import Day, Key
from web.pages.files import attached, framed
from web.rehearsals import Rehearsal
from web.rendering import page, see
from web.rules import OFFICE
from web.site import CurrentSite, Site, site_of
from web.visitor import CurrentVisitor

router = APIRouter(prefix="/foresight", include_in_schema=False)
LARGEST = 5_000_000
FILTERS = ("kind", "audience", "department", "person")


@router.get("", dependencies=[OFFICE], name="foresight")
def begin(request: Request, session: Reading) -> Response:
    return _show(request, session, None, {})


def _show(
    request: Request, _session: Session, problem: PeopleError | None, typed: dict[str, str]
) -> Response:
    made = site_of(request).rehearsals.all()
    return page(request, "foresight.html", made=made, problem=problem, typed=typed)


@router.post("", dependencies=[OFFICE], name="foresee")
@reshown_by(_show)
def foresee(
    request: Request,
    site: CurrentSite,
    visitor: CurrentVisitor,
    session: Reading,
    course: Annotated[Literal["nobody", "sample", "recorded"], Form()] = "nobody",
    since: Annotated[Literal["issue", "now"], Form()] = "issue",
    shift_to: Annotated[Day | Literal[""], Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Begin a rehearsal; the page of its name waits for it."""
    text = _course(session, file, shift_to) if course == "recorded" else ""
    asked = {"course": text, "sample": course == "sample", "onward": since == "now"}
    name = site.rehearsals.start({**asked, "kind": course, "at": visitor.now.isoformat()})
    return see(request, "foreseen", name=name)


def _course(session: Session, file: UploadFile | None, shift_to: Day | Literal[""]) -> str:
    """The recorded course as it will be played, read once so that every wrong line is told here."""
    if file is None or not file.filename:
        raise Unusable(_("没有选择文件。"), _("请选择由“下载到现在为止的过程”得到的 CSV 文件。"))
    content = file.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Unusable(_("过程文件超过了 5 MB。"), _("请检查是否选错了文件。"))
    zone = plan_in_force(session).schedule.zone
    deeds = read_course(decode(content, "course.csv"), "course.csv", zone)
    return write_course(shifted(deeds, shift_to) if shift_to else deeds, zone)


@router.get("/course.csv", dependencies=[OFFICE], name="recorded_course")
def course(session: Reading) -> Response:
    """What has happened until now, to be rehearsed again next year."""
    text = write_course(recorded(session), plan_in_force(session).schedule.zone)
    return attached(text.encode(), "course.csv", "text/csv; charset=utf-8")


@router.get("/{name}", dependencies=[OFFICE], name="foreseen")
def foreseen(
    request: Request,
    site: CurrentSite,
    name: str,
    kind: str = "",
    audience: str = "",
    department: str = "",
    person: str = "",
) -> Response:
    made = site.rehearsals.of(name)
    chosen = {"kind": kind, "audience": audience, "department": department, "person": person}
    return page(request, "foreseen.html", made=made, chosen=chosen, **_timeline(made, chosen))


def _timeline(made: Rehearsal, chosen: dict[str, str]) -> dict[str, Any]:
    """The mails that fit, by day, and what they may be filtered by, with counts."""
    events = made.foreseen["events"] if made.foreseen else []
    fit = [event for event in events if _fits(event, chosen)]
    return {
        "total": len(events),
        "days": [(day, list(found)) for day, found in groupby(fit, lambda event: event["at"][:10])],
        "kinds": _counted(events, chosen, "kind"),
        "audiences": _counted(events, chosen, "audience"),
        "departments": sorted({event["department"] for event in events if event["department"]}),
        "people": sorted({event["person"] for event in events if event["person"]}),
        "left_out": made.foreseen["left_out"] if made.foreseen else [],
    }


def _counted(events: list[dict[str, Any]], chosen: dict[str, str], key: str) -> Counter[str]:
    """How many mails each value of the filter would show, the other filters as they are."""
    return Counter(event[key] for event in events if _fits(event, {**chosen, key: ""}))


def _fits(event: dict[str, Any], chosen: dict[str, str]) -> bool:
    return all(not chosen[key] or event[key] == chosen[key] for key in FILTERS)


@router.get("/{name}/mails/{mail_id}", dependencies=[OFFICE], name="foreseen_mail")
def mail(request: Request, site: CurrentSite, name: str, mail_id: Key) -> Response:
    made, found = site.rehearsals.of(name), _mail(site, name, mail_id)
    told = (event for event in (made.foreseen or {}).get("events", ()) if event["mail"] == mail_id)
    return page(request, "foreseen_mail.html", made=made, mail=found, event=next(told, None))


@router.get("/{name}/mails/{mail_id}/html", dependencies=[OFFICE], name="foreseen_html")
def html(site: CurrentSite, name: str, mail_id: Key) -> Response:
    return framed(_mail(site, name, mail_id).html)


@router.get("/{name}/mails/{mail_id}/files/{filename}", dependencies=[OFFICE], name="foreseen_file")
def file(site: CurrentSite, name: str, mail_id: Key, filename: str) -> Response:
    """A report, or whatever goes with the mail, as it would be then."""
    blob = _mail(site, name, mail_id).attachments.get(filename)
    if blob is None:
        raise NotFound(_("没有这个附件。"), _("请从“预演”重新打开邮件。"))
    content = Blobs(site.rehearsals.of(name).folder / "blobs").get(str(blob))
    return attached(content, filename, "application/octet-stream")


def _mail(site: Site, name: str, mail_id: int) -> Mail:
    """One of its mails, or one that had gone before: that one's receipt link still opens something."""
    with site.rehearsals.opened(name) as database, database.reading() as session:
        found = session.get(Mail, mail_id)
    if found is None:
        raise NotFound(_("没有这封邮件。"), _("请从“预演”重新打开。"))
    found.text, found.html = without_link(found.text), without_link(found.html)
    return found
