"""What is done with an assignment: upload, submit, withdraw, report nothing, attest, review."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from actions import check, recheck, review, submit
from actions import exempt as exemption
from actions.cell_remarks import Return
from web.acting import Acting, Reason
from web.confining import ConfinedVersion
from web.errors import reshown_by
from web.numbers import Day, Key, RowCount
from web.pages.assignment import show_again
from web.received import Received
from web.rules import OFFICE, SIGNED_IN
from web.site import CurrentSite

router = APIRouter(prefix="/assignments/{assignment_id}", include_in_schema=False)


@router.post("/upload", dependencies=[SIGNED_IN], name="upload")
@reshown_by(show_again)
def upload(content: Received, deed: Acting) -> Response:
    submit.upload(deed.session, deed.who, deed.assignment_id, content, deed.now)
    return deed.done("uploaded")


@router.post("/submit", dependencies=[SIGNED_IN], name="submit")
@reshown_by(show_again)
def hand_in(
    site: CurrentSite, confined: ConfinedVersion, deed: Acting, version: Annotated[Key, Form()]
) -> Response:
    submit.submit(deed.session, deed.who, deed.assignment_id, version, deed.now, site.blobs, confined)
    return deed.done("submitted")


@router.post("/withdraw", dependencies=[SIGNED_IN], name="withdraw")
@reshown_by(show_again)
def withdraw(deed: Acting, reason: Reason = "") -> Response:
    submit.withdraw(deed.session, deed.who, deed.assignment_id, deed.now, reason)
    return deed.done("withdrawn")


@router.post("/nil", dependencies=[SIGNED_IN], name="nil")
@reshown_by(show_again)
def report_nothing(deed: Acting, confirmed: Annotated[bool, Form()] = False) -> Response:
    submit.report_nothing(deed.session, deed.who, deed.assignment_id, deed.now, confirmed=confirmed)
    return deed.done("nil")


@router.post("/attest", dependencies=[SIGNED_IN], name="attest")
@reshown_by(show_again)
def attest(deed: Acting, rows: Annotated[RowCount, Form()], typed_on: Annotated[Day, Form()]) -> Response:
    submit.attest(deed.session, deed.who, deed.assignment_id, rows, typed_on.isoformat(), deed.now)
    return deed.done("attested")


@router.post("/review", dependencies=[SIGNED_IN], name="review")
@reshown_by(show_again)
def decide(
    site: CurrentSite,
    deed: Acting,
    version: Annotated[Key, Form()],
    decision: Annotated[str, Form()],
    reason: Annotated[str, Form(max_length=4000)] = "",
    stage: Annotated[str, Form()] = "",
    explained: Annotated[str, Form()] = "",
    only_cells: Annotated[bool, Form()] = False,
) -> Response:
    sent = Return(site.blobs, only_cells=only_cells)
    review.decide(
        deed.session,
        deed.who,
        deed.assignment_id,
        version,
        decision,
        reason,
        deed.now,
        stage,
        explained=explained,
        sent=sent,
    )
    done = "approved" if decision == review.APPROVE else "returned"
    return deed.done(done)


@router.post("/verdict", dependencies=[OFFICE], name="verdict")
@reshown_by(show_again)
def verdict(
    deed: Acting, passed: Annotated[bool, Form()], remark: Annotated[str, Form(max_length=4000)] = ""
) -> Response:
    check.record_verdict(deed.session, deed.who, deed.assignment_id, passed, remark, deed.now)
    return deed.done("verdict")


@router.post("/exempt", dependencies=[OFFICE], name="exempt")
@reshown_by(show_again)
def exempt(deed: Acting, wanted: Annotated[bool, Form()], reason: Reason = "") -> Response:
    settle = exemption.exempt if wanted else exemption.unexempt
    settle(deed.session, deed.who, deed.assignment_id, reason, deed.now)
    return deed.done("exempt" if wanted else "unexempt")


@router.post("/recheck", dependencies=[OFFICE], name="recheck")
@reshown_by(show_again)
def check_again(deed: Acting) -> Response:
    recheck.recheck(deed.session, deed.who, deed.assignment_id, deed.now, deed.wall)
    return deed.done("recheck")
