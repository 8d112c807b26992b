"""我的任务: what I owe by when, and what waits for me."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from actions.calendar_address import address_since
from actions.confirmation import confirming
from actions.digest_hour import digest_hours
from models import Person
from models.errors import PeopleError
from models.worklist import open_departments
from web.additions import asked_of
from web.case_overview import seen_cases
from web.deps import Me, Reading
from web.rendering import link, page
from web.rules import SIGNED_IN, SignInNeeded
from web.tasks import to_collect, to_review
from web.templates_out import own_lines
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=[SIGNED_IN], name="home")
def home(request: Request, visitor: CurrentVisitor, me: Me) -> Response:
    """The page that this person's work starts from."""
    works = me.has("collector") or me.has("reviewer")
    name = "mine" if works or not visitor.overseer else "dashboard"
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(link(request, name) + query, 303)


@router.get("/mine", dependencies=[SIGNED_IN], name="mine")
def mine(request: Request, session: Reading) -> Response:
    return show_mine(request, session, None, {})


def show_mine(
    request: Request,
    session: Session,
    problem: PeopleError | None,
    typed: dict[str, str],
    address: str = "",
) -> Response:
    """我的任务, with what was wrong with what was done there, or the calendar address just made."""
    visitor = visitor_of(request)
    if visitor.who is None:
        raise SignInNeeded()
    who, now = visitor.who, visitor.now
    return page(
        request,
        "mine.html",
        groups=to_collect(session, who, now),
        waiting=to_review(session, who, now),
        asked=asked_of(session, who),
        owed=len(own_lines(session, who, owed=True)),
        own=len(own_lines(session, who)),
        departments=open_departments(session) if who.office else [],
        cases=None if visitor.overseer else seen_cases(session, who)[1],
        confirming=confirming(session, who) if not visitor.overseer else [],
        problem=problem,
        typed=typed,
        address=address,
        address_since=address_since(session, who),
        hours=digest_hours(session),
        hour=session.get_one(Person, who.id).digest_at,
    )
