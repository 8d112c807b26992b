"""补录: a department asks the owner of a source table for what is missing there; the owner answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import additions as action
from models import Addition
from models.errors import PeopleError
from web.deps import Me, Writing
from web.errors import reshown_by
from web.numbers import Key, key_of
from web.pages.assignment import show, show_again
from web.pages.mine import show_mine
from web.rendering import see
from web.rules import SIGNED_IN
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)
Said = Annotated[str, Form(max_length=2000)]


def _show_owner(request: Request, session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    """The source table's page again; for what is nobody's, one's own tasks."""
    addition = session.get(Addition, key_of(request.path_params["addition_id"]) or 0)
    if addition is None:
        return show_mine(request, session, problem, typed)
    return show(request, session, addition.owner_id, problem=problem, typed=typed)


@router.post("/assignments/{assignment_id}/additions", dependencies=[SIGNED_IN], name="ask_addition")
@reshown_by(show_again)
def ask(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    session: Writing,
    finding: Annotated[Key, Form()],
    owner: Annotated[Key | None, Form()] = None,
    note: Said = "",
) -> Response:
    action.ask(session, me, assignment_id, finding, note, visitor.now, owner)
    return see(request, "assignment", done="addition-asked", assignment_id=assignment_id)


@router.post("/additions/{addition_id}/promise", dependencies=[SIGNED_IN], name="promise_addition")
@reshown_by(_show_owner)
def promise(
    request: Request, visitor: CurrentVisitor, me: Me, session: Writing, addition_id: Key, answer: Said = ""
) -> Response:
    made = action.promise(session, me, addition_id, answer, visitor.now)
    return see(request, "assignment", done="addition-promised", assignment_id=made.owner_id)


@router.post("/additions/{addition_id}/reopen", dependencies=[SIGNED_IN], name="reopen_for_addition")
@reshown_by(_show_owner)
def reopen(request: Request, visitor: CurrentVisitor, me: Me, session: Writing, addition_id: Key) -> Response:
    made = action.reopen(session, me, addition_id, visitor.now)
    return see(request, "assignment", done="returned", assignment_id=made.owner_id)


@router.post("/additions/{addition_id}/refuse", dependencies=[SIGNED_IN], name="refuse_addition")
@reshown_by(_show_owner)
def refuse(
    request: Request, visitor: CurrentVisitor, me: Me, session: Writing, addition_id: Key, reason: Said = ""
) -> Response:
    made = action.refuse(session, me, addition_id, reason, visitor.now)
    return see(request, "assignment", done="addition-refused", assignment_id=made.owner_id)
