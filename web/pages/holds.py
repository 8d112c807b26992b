"""暂缓上报: the office holds an assignment back from the leaders on its page, with a reason, until a day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from actions import hold as holding
from web.acting import Acting, Reason
from web.errors import reshown_by
from web.numbers import Day
from web.pages.assignment import show_again
from web.rules import OFFICE

router = APIRouter(prefix="/assignments/{assignment_id}", include_in_schema=False)


@router.post("/hold", dependencies=[OFFICE], name="hold")
@reshown_by(show_again)
def hold(deed: Acting, hold_until: Annotated[Day, Form()], hold_reason: Reason = "") -> Response:
    holding.hold(deed.session, deed.who, deed.assignment_id, hold_until, hold_reason, deed.now)
    return deed.done("held")


@router.post("/lift-hold", dependencies=[OFFICE], name="lift_hold")
@reshown_by(show_again)
def lift(deed: Acting, hold_reason: Reason = "") -> Response:
    holding.lift(deed.session, deed.who, deed.assignment_id, hold_reason, deed.now)
    return deed.done("lifted")
