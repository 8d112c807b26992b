"""我的任务: what I owe by when, and what waits for me."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from web.deps import Me, Reading
from web.rendering import link, page
from web.rules import SIGNED_IN
from web.tasks import to_collect, to_review
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=[SIGNED_IN], name="home")
def home(request: Request, visitor: CurrentVisitor, me: Me) -> Response:
    """The page that this person's work starts from."""
    works = me.has("collector") or me.has("reviewer")
    name = "mine" if works or not visitor.overseer else "dashboard"
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(link(request, name) + query, 303)


@router.get("/mine", dependencies=[SIGNED_IN], name="mine")
def mine(request: Request, visitor: CurrentVisitor, me: Me, session: Reading) -> Response:
    groups = to_collect(session, me, visitor.now)
    waiting = to_review(session, me, visitor.now)
    return page(request, "mine.html", groups=groups, waiting=waiting)
