"""What is done with an assignment: upload, submit, withdraw, report nothing, attest, review."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from actions import check, review, submit
from web.deps import Me, Writing
from web.errors import reshown_by
from web.pages.assignment import show_again
from web.received import Received
from web.rendering import see
from web.rules import OFFICE, SIGNED_IN
from web.visitor import CurrentVisitor

router = APIRouter(prefix="/assignments/{assignment_id}", include_in_schema=False)


@router.post("/upload", dependencies=[SIGNED_IN], name="upload")
@reshown_by(show_again)
def upload(
    request: Request, visitor: CurrentVisitor, me: Me, assignment_id: int, content: Received, session: Writing
) -> Response:
    submit.upload(session, me, assignment_id, content, visitor.now)
    return see(request, "assignment", done="uploaded", assignment_id=assignment_id)


@router.post("/submit", dependencies=[SIGNED_IN], name="submit")
@reshown_by(show_again)
def hand_in(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: int,
    session: Writing,
    version: Annotated[int, Form()],
) -> Response:
    submit.submit(session, me, assignment_id, version, visitor.now)
    return see(request, "assignment", done="submitted", assignment_id=assignment_id)


@router.post("/withdraw", dependencies=[SIGNED_IN], name="withdraw")
@reshown_by(show_again)
def withdraw(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: int,
    session: Writing,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    submit.withdraw(session, me, assignment_id, visitor.now, reason)
    return see(request, "assignment", done="withdrawn", assignment_id=assignment_id)


@router.post("/nil", dependencies=[SIGNED_IN], name="nil")
@reshown_by(show_again)
def report_nothing(
    request: Request, visitor: CurrentVisitor, me: Me, assignment_id: int, session: Writing
) -> Response:
    submit.report_nothing(session, me, assignment_id, visitor.now)
    return see(request, "assignment", done="nil", assignment_id=assignment_id)


@router.post("/attest", dependencies=[SIGNED_IN], name="attest")
@reshown_by(show_again)
def attest(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: int,
    session: Writing,
    rows: Annotated[int, Form()],
    typed_on: Annotated[str, Form(max_length=10)],
) -> Response:
    submit.attest(session, me, assignment_id, rows, typed_on, visitor.now)
    return see(request, "assignment", done="attested", assignment_id=assignment_id)


@router.post("/review", dependencies=[SIGNED_IN], name="review")
@reshown_by(show_again)
def decide(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: int,
    session: Writing,
    version: Annotated[int, Form()],
    decision: Annotated[str, Form()],
    reason: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    review.decide(session, me, assignment_id, version, decision, reason, visitor.now)
    done = "approved" if decision == review.APPROVE else "returned"
    return see(request, "assignment", done=done, assignment_id=assignment_id)


@router.post("/verdict", dependencies=[OFFICE], name="verdict")
@reshown_by(show_again)
def verdict(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: int,
    session: Writing,
    passed: Annotated[bool, Form()],
    remark: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    check.record_verdict(session, me, assignment_id, passed, remark, visitor.now)
    return see(request, "assignment", done="verdict", assignment_id=assignment_id)
