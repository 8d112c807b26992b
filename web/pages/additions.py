"""补录: a department asks the owner of a source table for what is missing there; the owner answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import additions as action
from actions.additions import Sending
from models import Addition
from models.errors import PeopleError
from web.acting import Acting, Reason
from web.deps import Me, Writing
from web.errors import reshown_by
from web.numbers import Key, key_of
from web.pages.assignment import show, show_again
from web.pages.mine import show_mine
from web.rendering import see
from web.rules import SIGNED_IN
from web.site import CurrentSite
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)
Stage = Annotated[str, Form(max_length=20)]


def _show_owner(request: Request, session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    """The source table's page again; for what is nobody's, one's own tasks."""
    addition = session.get(Addition, key_of(request.path_params["addition_id"]) or 0)
    if addition is None:
        return show_mine(request, session, problem, typed)
    return show(request, session, addition.owner_id, problem=problem, typed=typed)


def _show_asker(request: Request, session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    addition = session.get(Addition, key_of(request.path_params["addition_id"]) or 0)
    if addition is None:
        return show_mine(request, session, problem, typed)
    return show(request, session, addition.assignment_id, problem=problem, typed=typed)


@router.post("/assignments/{assignment_id}/additions", dependencies=[SIGNED_IN], name="ask_addition")
@reshown_by(show_again)
def ask(
    deed: Acting,
    finding: Annotated[Key, Form()],
    owner: Annotated[Key | None, Form()] = None,
    note: Reason = "",
) -> Response:
    action.ask(deed.session, deed.who, deed.assignment_id, finding, note, deed.now, owner)
    return deed.done("addition-asked")


@router.post("/additions/{addition_id}/promise", dependencies=[SIGNED_IN], name="promise_addition")
@reshown_by(_show_owner)
def promise(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    site: CurrentSite,
    session: Writing,
    addition_id: Key,
    answer: Reason = "",
    version: Annotated[Key | None, Form()] = None,
    stage: Stage = "",
) -> Response:
    """With the version and stage that its reviewer saw, the source table is returned for the addition."""
    sending = Sending(version, stage, site.blobs) if version else None
    made = action.promise(session, me, addition_id, answer, visitor.now, sending)
    return see(request, "assignment", done="addition-promised", assignment_id=made.owner_id)


@router.post("/additions/{addition_id}/reopen", dependencies=[SIGNED_IN], name="reopen_for_addition")
@reshown_by(_show_owner)
def reopen(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    site: CurrentSite,
    session: Writing,
    addition_id: Key,
    version: Annotated[Key, Form()],
    stage: Stage,
) -> Response:
    made = action.reopen(session, me, addition_id, Sending(version, stage, site.blobs), visitor.now)
    return see(request, "assignment", done="returned", assignment_id=made.owner_id)


@router.post("/additions/{addition_id}/withdraw", dependencies=[SIGNED_IN], name="withdraw_addition")
@reshown_by(_show_asker)
def withdraw(
    request: Request, visitor: CurrentVisitor, me: Me, session: Writing, addition_id: Key
) -> Response:
    made = action.withdraw(session, me, addition_id, visitor.now)
    return see(request, "assignment", done="addition-withdrawn", assignment_id=made.assignment_id)


@router.post("/additions/{addition_id}/refuse", dependencies=[SIGNED_IN], name="refuse_addition")
@reshown_by(_show_owner)
def refuse(
    request: Request, visitor: CurrentVisitor, me: Me, session: Writing, addition_id: Key, reason: Reason = ""
) -> Response:
    made = action.refuse(session, me, addition_id, reason, visitor.now)
    return see(request, "assignment", done="addition-refused", assignment_id=made.owner_id)
