"""日历和提醒: a person's deadlines at an address of his own, and the hour at which he has his digest."""

from __future__ import annotations

import hashlib
from email.utils import format_datetime
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Form, Request, Response

from actions import clock
from actions.calendar_address import make_address, revoke_address
from actions.digest_hour import choose_digest_hour
from actions.plan_in_force import rules_in_force
from mail.agenda import own_agenda
from models.addressees import Addressees
from web.deps import Me, Reading, Writing, writing_now
from web.errors import reshown_by
from web.pages.mine import show_mine
from web.rendering import absolute, see
from web.rules import CALENDAR, SIGNED_IN
from web.site import CurrentSite
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)


@router.api_route("/calendar/{secret}.ics", methods=["GET", "HEAD"], dependencies=[CALENDAR], name="calendar")
def calendar(request: Request, site: CurrentSite, session: Reading) -> Response:
    """What the address's owner owes.  Only the tag tells that nothing is new: a right that was taken away
    since has no date."""
    reader, now = request.state.reader, clock.now(session)
    held = Addressees(session, now, only=reader).roles_of(reader)
    agenda = own_agenda(session, rules_in_force(session), held, site.public_url, now)
    content = agenda.ics(held)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Last-Modified": format_datetime(agenda.changed(held), usegmt=True),
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


async def made(visitor: CurrentVisitor, site: CurrentSite, me: Me) -> str:
    """The secret of a new address, made in a transaction that is over before the page is rendered."""
    async with writing_now(site) as session:
        return await run_sync(make_address, session, me, visitor.now)


@router.post("/mine/calendar", dependencies=[SIGNED_IN], name="make_calendar")
@reshown_by(show_mine)
def make(request: Request, secret: Annotated[str, Depends(made)], session: Reading) -> Response:
    """Show a new address; it is told once, the database keeps only its hash."""
    return show_mine(request, session, None, {}, absolute(request, "calendar", secret=secret))


@router.post("/mine/digest-hour", dependencies=[SIGNED_IN], name="digest_hour")
@reshown_by(show_mine)
def digest_hour(request: Request, me: Me, session: Writing, at: Annotated[str, Form()] = "") -> Response:
    choose_digest_hour(session, me, at)
    return see(request, "mine", done="digest-hour")


@router.post("/mine/calendar/revoke", dependencies=[SIGNED_IN], name="revoke_calendar")
@reshown_by(show_mine)
def revoke(request: Request, me: Me, session: Writing) -> Response:
    revoke_address(session, me)
    return see(request, "mine", done="calendar-revoked")
