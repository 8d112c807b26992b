"""问与答: what is asked about a table and answered, on each page of that table; the office's list of all."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import questions as action
from models import Question
from models.errors import PeopleError
from models.question import count_waiting, questions
from web.acting import Acting
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.numbers import Key, key_of
from web.pages.assignment import show, show_again
from web.pages.mine import show_mine
from web.rendering import page, see
from web.rules import OFFICE, SIGNED_IN
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(include_in_schema=False)
SHOWN = 100
Text = Annotated[str, Form(max_length=2000)]


@router.get("/questions", dependencies=[OFFICE], name="questions")
def every(request: Request, session: Reading) -> Response:
    return _show_all(request, session, None, {})


def _show_all(
    request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]
) -> Response:
    who = visitor_of(request).who
    found = questions(session, limit=SHOWN)
    content: dict[str, Any] = {
        "found": found,
        "answerable": action.answerable(session, who, found) if who else set(),
        "waiting": count_waiting(session),
        "wrong": key_of(str(request.path_params.get("question_id", ""))),
    }
    return page(request, "questions.html", problem=problem, typed=typed, **content)


def _show_asked(request: Request, session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    """The page from which it was answered, again."""
    if typed.get("back") == "questions" and visitor_of(request).office:
        return _show_all(request, session, problem, typed)
    asked = session.get(Question, key_of(request.path_params["question_id"]) or 0)
    if asked is None:
        return show_mine(request, session, problem, typed)
    return show(request, session, asked.assignment_id, problem=problem, typed=typed)


@router.post("/assignments/{assignment_id}/questions", dependencies=[SIGNED_IN], name="ask_question")
@reshown_by(show_again)
def ask(deed: Acting, question: Text = "") -> Response:
    action.ask(deed.session, deed.who, deed.assignment_id, question, deed.now)
    return deed.done("asked")


@router.post("/questions/{question_id}/answer", dependencies=[SIGNED_IN], name="answer_question")
@reshown_by(_show_asked)
def answer(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    question_id: Key,
    session: Writing,
    reply: Text = "",
    for_all: Annotated[bool, Form()] = False,
    seen: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    made = action.answer(session, me, question_id, reply, visitor.now, for_all=for_all, seen=seen)
    if back == "questions" and me.office:
        return see(request, "questions", done="answered")
    return see(request, "assignment", done="answered", assignment_id=made.assignment_id)
