"""今天要发出的: what would go to whom until the evening, and the one switch that holds everything back."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import pausing
from actions.outgoing import today
from models import Person
from models.errors import PeopleError
from models.outbox import Waiting, count_posts, waiting_now
from models.pause import Pause, past_pauses
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.rendering import page, see
from web.rules import OFFICE
from web.visitor import CurrentVisitor, Visitor, visitor_of

router = APIRouter(include_in_schema=False)
LISTED = 200
PAST = 10


@router.get("/notices/today", dependencies=[OFFICE], name="outgoing")
def outgoing(request: Request, session: Reading) -> Response:
    return _show(request, session, None, {})


def _show(request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]) -> Response:
    visitor = visitor_of(request)
    mails = today(session, visitor.now) if visitor.schedule else []
    return page(
        request,
        "outgoing.html",
        problem=problem,
        typed=typed,
        mails=mails[:LISTED],
        count=len(mails),
        kinds=Counter(mail.kind for mail in mails),
        past=[(each, *_by_whom(session, each)) for each in past_pauses(session, PAST)],
        **switch(session, visitor),
    )


def switch(session: Session, visitor: Visitor) -> dict[str, Any]:
    """What the switch shows: how many mails and announcements wait for it."""
    local = visitor.now.astimezone(visitor.zone)
    waiting: Waiting = waiting_now(session, local.date().isoformat())
    return {"waiting": waiting, "posts": count_posts(session)}


@router.post("/notices/pause", dependencies=[OFFICE], name="pause")
@reshown_by(_show)
def pause(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    session: Writing,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    pausing.pause(session, me, reason, visitor.now)
    return see(request, "outgoing", done="paused")


@router.post("/notices/resume", dependencies=[OFFICE], name="resume")
@reshown_by(_show)
def resume(request: Request, visitor: CurrentVisitor, me: Me, session: Writing) -> Response:
    pausing.resume(session, me, visitor.now)
    return see(request, "outgoing", done="resumed")


def _by_whom(session: Session, each: Pause) -> tuple[str, str]:
    """The names of those who began and ended the pause."""
    people = (session.get(Person, key) if key else None for key in (each.begun_by, each.ended_by))
    begun, ended = (person.name if person else "" for person in people)
    return begun, ended
