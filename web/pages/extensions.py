"""延期: a collector asks for more time on his table's page; the office answers here."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import extend
from actions.changed_notices import changed_by_extensions
from actions.clock import now
from deadlines.change import NoticeChanges
from models.errors import PeopleError
from models.extension import Extension, waiting_extensions
from models.facts import facts_of
from models.worklist import Line, line, lines
from web.acting import Acting, Reason
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.numbers import Day, Key
from web.pages.assignment import show_again
from web.rendering import page, see
from web.rules import OFFICE, SIGNED_IN
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)


@router.get("/extensions", dependencies=[OFFICE], name="extensions")
def extensions(request: Request, session: Reading) -> Response:
    return _show(request, session, None, {})


def _show(request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]) -> Response:
    waiting = waiting_extensions(session)
    known = {line.id: line for line in lines(session, ids=[each.assignment_id for each in waiting])}
    ends = {each.assignment_id: each.until for each in waiting}
    changes = changed_by_extensions(session, ends, now(session)) if ends else {}
    asked = [_asked(each, known[each.assignment_id], changes) for each in waiting]
    return page(request, "extensions.html", asked=asked, problem=problem, typed=typed)


def _asked(request: Extension, of: Line, changes: dict[int, NoticeChanges]) -> dict[str, Any]:
    facts = facts_of(of)
    return {"request": request, "line": of, "due": facts.effective, "notices": changes.get(of.id)}


@router.get("/assignments/{assignment_id}/extend", dependencies=[OFFICE], name="extension_changes")
def changes(
    request: Request, visitor: CurrentVisitor, session: Reading, assignment_id: Key, until: Day
) -> Response:
    """What more time would change in the notices to come; a day that cannot be granted is told instead."""
    seen, notices, problem = line(session, assignment_id), None, None
    try:
        end = extend.demand_later(session, seen, until, visitor.now)
        notices = changed_by_extensions(session, {seen.id: end}, visitor.now)[seen.id]
    except PeopleError as error:
        problem = error
    return page(request, "extension_changes.html", line=seen, notices=notices, problem=problem)


@router.post("/assignments/{assignment_id}/extension", dependencies=[SIGNED_IN], name="ask_extension")
@reshown_by(show_again)
def ask(deed: Acting, until: Annotated[Day, Form()], reason: Reason = "") -> Response:
    extend.ask(deed.session, deed.who, deed.assignment_id, until, reason, deed.now)
    return deed.done("extension-asked")


@router.post(
    "/assignments/{assignment_id}/extension/withdraw", dependencies=[SIGNED_IN], name="withdraw_extension"
)
@reshown_by(show_again)
def withdraw(deed: Acting, extension: Annotated[Key, Form()]) -> Response:
    extend.withdraw(deed.session, deed.who, deed.assignment_id, extension, deed.now)
    return deed.done("extension-withdrawn")


@router.post("/assignments/{assignment_id}/extend", dependencies=[OFFICE], name="grant_extension")
@reshown_by(show_again)
def grant(
    deed: Acting,
    until: Annotated[Day, Form()],
    reason: Reason = "",
    answering: Annotated[Key | None, Form()] = None,
) -> Response:
    extend.grant(deed.session, deed.who, deed.assignment_id, until, reason, deed.now, answering)
    return deed.done("extended")


@router.post("/extensions/{extension_id}/refuse", dependencies=[OFFICE], name="refuse_extension")
@reshown_by(_show)
def refuse(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    session: Writing,
    extension_id: Key,
    reason: Reason = "",
) -> Response:
    extend.refuse(session, me, extension_id, reason, visitor.now)
    return see(request, "extensions", done="extension-refused")


@router.post("/extensions/{extension_id}/revoke", dependencies=[OFFICE], name="revoke_extension")
@reshown_by(_show)
def revoke(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    session: Writing,
    extension_id: Key,
    reason: Reason = "",
) -> Response:
    extension = extend.revoke(session, me, extension_id, reason, visitor.now)
    return see(request, "assignment", done="extension-revoked", assignment_id=extension.assignment_id)
