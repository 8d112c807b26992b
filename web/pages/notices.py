"""通知: what the outbox holds, and what went wrong."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, func, select

from models import Incident, Mail
from web.deps import Reading
from web.rendering import page
from web.rules import OFFICE
from web.site import CurrentSite

router = APIRouter(include_in_schema=False)
SHOWN = 100
STATES = ("queued", "leased", "sent", "uncertain", "failed", "moot")


@router.get("/notices", dependencies=[OFFICE], name="notices")
def notices(request: Request, site: CurrentSite, session: Reading, state: str = "") -> Response:
    return page(request, "notices.html", paused=site.settings.mail_paused, **_content(session, state))


def _content(session: Session, state: str) -> dict[str, Any]:
    mails = select(Mail).order_by(col(Mail.id).desc()).limit(SHOWN)
    if state in STATES:
        mails = mails.where(Mail.state == state)
    totals = select(Mail.state, func.count()).group_by(col(Mail.state))
    incidents = select(Incident).where(col(Incident.resolved_at).is_(None)).order_by(col(Incident.id).desc())
    return {
        "mails": session.exec(mails).all(),
        "totals": dict(session.exec(totals).all()),
        "states": STATES,
        "state": state,
        "incidents": session.exec(incidents.limit(SHOWN)).all(),
    }
