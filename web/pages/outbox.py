"""一封邮件: its course, how it looks, and what the office may do with it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import resend as sending
from actions.plan_in_force import plan_in_force
from mail.letters import Desk
from mail.preview import Look, look
from models import Mail, Person
from models.errors import NotFound, PeopleError
from models.notice import notices_of
from models.refusal import refusals
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.language import gettext as _
from web.numbers import Key
from web.pages.files import framed
from web.pages.notices import show as show_outbox
from web.rendering import page, see
from web.rules import OFFICE
from web.site import site_of
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(include_in_schema=False)


@router.get("/notices/mails/{mail_id}", dependencies=[OFFICE], name="outbox_mail")
def mail(request: Request, session: Reading, mail_id: Key) -> Response:
    return _show(request, session, None, {}, mail_id)


@router.get("/notices/mails/{mail_id}/html", dependencies=[OFFICE], name="outbox_html")
def html(request: Request, session: Reading, mail_id: Key) -> Response:
    return framed(_look(request, session, _find(session, mail_id)).html)


@router.post("/notices/mails/{mail_id}", dependencies=[OFFICE], name="resend_mail")
@reshown_by(show_outbox)
def resend(request: Request, visitor: CurrentVisitor, me: Me, session: Writing, mail_id: Key) -> Response:
    sending.resend(session, me, mail_id, visitor.wall)
    return see(request, "notices", done="resent")


def _show_again(request: Request, session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    return _show(request, session, problem, typed, int(request.path_params["mail_id"]))


@router.post("/notices/mails/{mail_id}/again", dependencies=[OFFICE], name="resend_sent")
@reshown_by(_show_again)
def resend_sent(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    session: Writing,
    mail_id: Key,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    sending.resend_sent(session, me, mail_id, reason, visitor.wall)
    return see(request, "outbox_mail", done="resent", mail_id=mail_id)


@router.post("/notices/test", dependencies=[OFFICE], name="send_test")
@reshown_by(show_outbox)
def send_test(request: Request, visitor: CurrentVisitor, me: Me, session: Writing) -> Response:
    made = sending.queue_test(session, me, visitor.now, visitor.wall)
    return see(request, "outbox_mail", mail_id=made.id)


def _show(
    request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str], mail_id: int
) -> Response:
    found = _find(session, mail_id)
    content: dict[str, Any] = {
        "mail": found,
        "person": session.get(Person, found.person_id) if found.person_id else None,
        "look": _look(request, session, found),
        "notices": notices_of(session, found),
        "refusal": refusals(session, [found.address]).get(found.address),
    }
    return page(request, "outbox_mail.html", problem=problem, typed=typed, **content)


def _look(request: Request, session: Session, found: Mail) -> Look:
    def desk() -> Desk:
        schedule = plan_in_force(session).schedule
        return Desk(session, schedule, visitor_of(request).now, site_of(request).public_url)

    return look(session, found, desk)


def _find(session: Session, mail_id: int) -> Mail:
    found = session.get(Mail, mail_id)
    if found is None:
        raise NotFound(_("没有这封邮件。"), _("请从“通知”页面重新选择。"))
    return found
