"""Many files at once: dropped on 我的任务, each finding its table, with what became of each."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from actions.submit import latest_version
from actions.who import Who
from models.errors import NotFound
from web.deps import Me, Reading
from web.dropped import ASKED, KEPT, PERSONAL, REFUSED, SUBMITTED, Drop, dropped, keep
from web.errors import reshown_by
from web.language import gettext as _
from web.numbers import Amount, Key
from web.pages.mine import show_mine
from web.rendering import link, page
from web.rules import SIGNED_IN
from web.site import CurrentSite
from web.taking import take, take_waiting
from web.templates_out import own_lines

router = APIRouter(prefix="/uploads", include_in_schema=False)
PATIENCE = 5
"""Seconds until a page asks again where there was no room to read a file."""


@router.post("", dependencies=[SIGNED_IN], name="upload_many")
@reshown_by(show_mine)
def upload_many(
    request: Request,
    me: Me,
    site: CurrentSite,
    files: Annotated[list[UploadFile] | None, File()] = None,
    submit: Annotated[bool, Form()] = False,
) -> Response:
    """Keep the files; the page that follows has them read."""
    drop = keep(site, me.id, files or [], submit=submit)
    return RedirectResponse(link(request, "dropped", token=drop.token), 303)


@router.get("/{token}", dependencies=[SIGNED_IN], name="dropped")
def show(
    request: Request, token: str, me: Me, site: CurrentSite, session: Reading, busy: bool = False
) -> Response:
    drop = dropped(site, token, me.id)
    return page(
        request, "dropped.html", drop=drop, busy=busy, patience=PATIENCE, **_content(session, me, drop)
    )


@router.post("/{token}/check", dependencies=[SIGNED_IN], name="check_dropped")
async def check(
    request: Request, token: str, me: Me, site: CurrentSite, one: Annotated[bool, Form()] = False
) -> Response:
    """Read the next file, or without script all that wait."""
    drop = dropped(site, token, me.id)
    room = await take_waiting(site, me, drop, 1 if one else None)
    query = "" if room else "?busy=1"
    return RedirectResponse(link(request, "dropped", token=token) + query, 303)


@router.post("/{token}/{number}", dependencies=[SIGNED_IN], name="choose_table")
async def choose(
    request: Request,
    token: str,
    number: Amount,
    me: Me,
    site: CurrentSite,
    assignment: Annotated[Key, Form()],
) -> Response:
    """The person says which table the file is."""
    drop = dropped(site, token, me.id)
    if not 0 <= number < len(drop.names):
        raise NotFound(_("这批文件里没有这一份。"), _("请返回上一页，刷新后再试。"))
    if drop.outcome(number).state not in (KEPT, SUBMITTED):
        await take(site, me, drop, number, assignment)
    return RedirectResponse(link(request, "dropped", token=token), 303)


def _content(session: Session, me: Who, drop: Drop) -> dict[str, Any]:
    """The files, how many are how far, the tables to choose from, and whose one-person sheets to merge."""
    items = drop.items()
    states = [outcome.state for _number, _name, outcome in items]
    return {
        "items": items,
        "waiting": len(drop.waiting()),
        "counts": {state: states.count(state) for state in (SUBMITTED, KEPT, ASKED, PERSONAL, REFUSED)},
        "own": own_lines(session, me, owed=True) if ASKED in states else [],
        "people": {
            outcome.assignment: (outcome.label, latest_version(session, outcome.assignment))
            for _number, _name, outcome in items
            if outcome.state == PERSONAL and outcome.assignment is not None
        },
    }
