"""通知: what the outbox holds, and what went wrong."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, func, select

from actions import incidents
from actions.receipts import confirmed
from models import Mail
from models.errors import PeopleError
from models.incidents import open_incidents
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.numbers import Key
from web.rendering import page, see
from web.rules import OFFICE
from web.site import site_of
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(include_in_schema=False)
SHOWN = 100
STATES = ("queued", "leased", "sent", "uncertain", "failed", "moot")


@router.get("/notices", dependencies=[OFFICE], name="notices")
def notices(request: Request, session: Reading, state: str = "") -> Response:
    return _show(request, session, state)


def _show_again(request: Request, session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    return _show(request, session, typed.get("state", ""), problem)


@router.post("/notices/incidents/{incident_id}", dependencies=[OFFICE], name="resolve_incident")
@reshown_by(_show_again)
def resolve(
    request: Request, visitor: CurrentVisitor, me: Me, session: Writing, incident_id: Key
) -> Response:
    incidents.resolve(session, me, incident_id, visitor.wall)
    return see(request, "notices", done="resolved")


@router.post("/notices/mails/{mail_id}", dependencies=[OFFICE], name="resend_mail")
@reshown_by(_show_again)
def resend(request: Request, visitor: CurrentVisitor, me: Me, session: Writing, mail_id: Key) -> Response:
    incidents.resend(session, me, mail_id, visitor.wall)
    return see(request, "notices", done="resent")


def _show(request: Request, session: Session, state: str, problem: PeopleError | None = None) -> Response:
    paused = site_of(request).settings.mail_paused
    told = confirmed(session, visitor_of(request).now)
    return page(
        request, "notices.html", paused=paused, problem=problem, receipts=told, **_content(session, state)
    )


def _content(session: Session, state: str) -> dict[str, Any]:
    mails = select(Mail).order_by(col(Mail.id).desc()).limit(SHOWN)
    if state in STATES:
        mails = mails.where(Mail.state == state)
    totals = select(Mail.state, func.count()).group_by(col(Mail.state))
    return {
        "mails": session.exec(mails).all(),
        "totals": dict(session.exec(totals).all()),
        "states": STATES,
        "state": state,
        "incidents": open_incidents(session, limit=SHOWN),
    }
