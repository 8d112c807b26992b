"""回执: the page behind the link of an escalation mail; opening it changes nothing, only the button does."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import receipts as action
from actions.plan_in_force import rules_in_force
from models import Person
from models.errors import PeopleError
from models.receipt import answers_of
from web.deps import Reading, Writing
from web.errors import reshown_by
from web.numbers import Day
from web.rendering import page, see
from web.rules import RECEIPT
from web.tasks import task_of
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(include_in_schema=False)


@router.get("/receipts/{secret}", dependencies=[RECEIPT], name="receipt")
def receipt(request: Request, session: Reading) -> Response:
    return _show(request, session, None, {})


def _show(request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]) -> Response:
    """What the mail was about, as it stands now."""
    found = action.demand_receipt(session, request.path_params["secret"])
    rules, now = rules_in_force(session), visitor_of(request).now
    left = action.remaining(session, found, now)
    answers = answers_of(session, found.id or 0)
    promised = answers[0].by if answers else None
    return page(
        request,
        "receipt.html",
        person=session.get_one(Person, found.person_id),
        tasks=[task_of(line, rules, now) for line in left.lines],
        rosters=left.rosters,
        answers=answers,
        promised=rules.calendar.local(promised).date() if promised else "",
        today=rules.calendar.local(now).date(),
        problem=problem,
        typed=typed,
    )


@router.post("/receipts/{secret}", dependencies=[RECEIPT], name="answer_receipt")
@reshown_by(_show)
def answer(
    request: Request,
    visitor: CurrentVisitor,
    session: Writing,
    secret: str,
    by: Annotated[Day | None, Form()] = None,
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    action.answer(session, secret, by, note, visitor.now)
    return see(request, "receipt", done="receipt", secret=secret)
