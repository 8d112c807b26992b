"""What is done with an assignment: upload, submit, withdraw, report nothing, attest, review."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from actions import check, recheck, review, submit
from actions import exempt as exemption
from actions.cell_remarks import Return
from web.confining import ConfinedVersion
from web.deps import Me, Writing
from web.errors import reshown_by
from web.numbers import Day, Key, RowCount
from web.pages.assignment import show_again
from web.received import Received
from web.rendering import see
from web.rules import OFFICE, SIGNED_IN
from web.site import CurrentSite
from web.visitor import CurrentVisitor

router = APIRouter(prefix="/assignments/{assignment_id}", include_in_schema=False)


@router.post("/upload", dependencies=[SIGNED_IN], name="upload")
@reshown_by(show_again)
def upload(
    request: Request, visitor: CurrentVisitor, me: Me, assignment_id: Key, content: Received, session: Writing
) -> Response:
    submit.upload(session, me, assignment_id, content, visitor.now)
    return see(request, "assignment", done="uploaded", assignment_id=assignment_id)


@router.post("/submit", dependencies=[SIGNED_IN], name="submit")
@reshown_by(show_again)
def hand_in(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    site: CurrentSite,
    confined: ConfinedVersion,
    session: Writing,
    version: Annotated[Key, Form()],
) -> Response:
    submit.submit(session, me, assignment_id, version, visitor.now, site.blobs, confined)
    return see(request, "assignment", done="submitted", assignment_id=assignment_id)


@router.post("/withdraw", dependencies=[SIGNED_IN], name="withdraw")
@reshown_by(show_again)
def withdraw(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    session: Writing,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    submit.withdraw(session, me, assignment_id, visitor.now, reason)
    return see(request, "assignment", done="withdrawn", assignment_id=assignment_id)


@router.post("/nil", dependencies=[SIGNED_IN], name="nil")
@reshown_by(show_again)
def report_nothing(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    session: Writing,
    confirmed: Annotated[bool, Form()] = False,
) -> Response:
    submit.report_nothing(session, me, assignment_id, visitor.now, confirmed=confirmed)
    return see(request, "assignment", done="nil", assignment_id=assignment_id)


@router.post("/attest", dependencies=[SIGNED_IN], name="attest")
@reshown_by(show_again)
def attest(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    session: Writing,
    rows: Annotated[RowCount, Form()],
    typed_on: Annotated[Day, Form()],
) -> Response:
    submit.attest(session, me, assignment_id, rows, typed_on.isoformat(), visitor.now)
    return see(request, "assignment", done="attested", assignment_id=assignment_id)


@router.post("/review", dependencies=[SIGNED_IN], name="review")
@reshown_by(show_again)
def decide(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    site: CurrentSite,
    session: Writing,
    version: Annotated[Key, Form()],
    decision: Annotated[str, Form()],
    reason: Annotated[str, Form(max_length=4000)] = "",
    stage: Annotated[str, Form()] = "",
    explained: Annotated[str, Form()] = "",
    only_cells: Annotated[bool, Form()] = False,
) -> Response:
    sent = Return(site.blobs, only_cells=only_cells)
    now = visitor.now
    review.decide(
        session, me, assignment_id, version, decision, reason, now, stage, explained=explained, sent=sent
    )
    done = "approved" if decision == review.APPROVE else "returned"
    return see(request, "assignment", done=done, assignment_id=assignment_id)


@router.post("/verdict", dependencies=[OFFICE], name="verdict")
@reshown_by(show_again)
def verdict(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    session: Writing,
    passed: Annotated[bool, Form()],
    remark: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    check.record_verdict(session, me, assignment_id, passed, remark, visitor.now)
    return see(request, "assignment", done="verdict", assignment_id=assignment_id)


@router.post("/exempt", dependencies=[OFFICE], name="exempt")
@reshown_by(show_again)
def exempt(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    session: Writing,
    wanted: Annotated[bool, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    settle = exemption.exempt if wanted else exemption.unexempt
    settle(session, me, assignment_id, reason, visitor.now)
    return see(request, "assignment", done="exempt" if wanted else "unexempt", assignment_id=assignment_id)


@router.post("/recheck", dependencies=[OFFICE], name="recheck")
@reshown_by(show_again)
def check_again(
    request: Request, visitor: CurrentVisitor, me: Me, assignment_id: Key, session: Writing
) -> Response:
    recheck.recheck(session, me, assignment_id, visitor.now, visitor.wall)
    return see(request, "assignment", done="recheck", assignment_id=assignment_id)
