"""电话催办: whom the office calls, about what, what was said; each call is logged here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from actions.calls import Callee, call_list, called_today
from actions.phoned import Said, log_call
from models.errors import PeopleError
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.numbers import Amount, Day, Key, key_of
from web.rendering import page, see
from web.rules import OFFICE
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(include_in_schema=False)
SHOWN = 60
"""People on a page."""
MATTERS = 60
"""Of one person: nobody speaks of more on the telephone."""
ABOUT, ROSTER_OF = "about-", "roster-"


@router.get("/calls", dependencies=[OFFICE], name="calls")
def calls(request: Request, session: Reading, first: Amount = 0) -> Response:
    return _show(request, session, None, {}, max(first, 0))


@router.get("/calls/today", dependencies=[OFFICE], name="calls_today")
def today(request: Request, visitor: CurrentVisitor, session: Reading) -> Response:
    """What the page asks for time and again: who has called whom meanwhile."""
    return page(request, "calls_today.html", today=called_today(session, visitor.now))


def _show(
    request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str], first: int = 0
) -> Response:
    visitor = visitor_of(request)
    found = call_list(session, visitor.now)
    person = key_of(str(request.path_params.get("person_id", "")))
    callees = found.callees if person is None else _first(found.callees, person)
    content: dict[str, Any] = {
        "callees": callees[first : first + SHOWN],
        "number": len(found.callees),
        "first": first,
        "before": max(first - SHOWN, 0),
        "after": first + SHOWN,
        "found": found,
        "today": found.today,
        "day": visitor.now.astimezone(visitor.zone).date(),
        "wrong": person,
        "most": MATTERS,
    }
    return page(request, "calls.html", problem=problem, typed=typed, **content)


def _said(
    request: Request,
    reached: Annotated[Literal["yes", "no"], Form()],
    by: Annotated[Day | None, Form()] = None,
    note: Annotated[str, Form(max_length=500)] = "",
) -> Said:
    """What was written down; each ticked matter is a field of its own, so that it stays ticked if refused."""
    typed: dict[str, str] = request.state.typed
    keys = (key_of(name.removeprefix(ABOUT)) for name in typed if name.startswith(ABOUT))
    rosters = [name.removeprefix(ROSTER_OF) for name in typed if name.startswith(ROSTER_OF)]
    return Said([key for key in keys if key], rosters, reached == "yes", by, note)


@router.post("/calls/{person_id}", dependencies=[OFFICE], name="log_call")
@reshown_by(_show)
def log(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    person_id: Key,
    said: Annotated[Said, Depends(_said)],
    newest: Annotated[Amount, Form()],
    session: Writing,
) -> Response:
    log_call(session, me, person_id, said, newest, visitor.now)
    return see(request, "calls", done="called")


def _first(callees: tuple[Callee, ...], person_id: int) -> tuple[Callee, ...]:
    """Whose form was refused stands first, wherever he stood."""
    return tuple(sorted(callees, key=lambda each: each.person is None or each.person.id != person_id))
