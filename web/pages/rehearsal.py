"""演练: the moved clock, and signing in as anybody; outside a rehearsal these pages do not exist."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from actions import clock
from actions.plan_in_force import rules_in_force
from models import Person
from models.errors import NotFound, Unusable
from plans.notation import parse_instant
from web.deps import Reading, Writing
from web.language import gettext as _
from web.numbers import Key
from web.pages.people import Entry, entries
from web.pages.sign_in import enter, safe_next
from web.rendering import page
from web.rules import REHEARSAL
from web.site import CurrentSite
from web.visitor import CurrentVisitor

router = APIRouter(prefix="/rehearsal", include_in_schema=False)
AFTER_THE_MORNING_MAIL = time(9)
SHOWN_UNDER = ("office", "collector", "reviewer", "leader", "auditor", "head")


@router.get("/sign-in", dependencies=[REHEARSAL], name="rehearsal_sign_in")
def choose(
    request: Request, visitor: CurrentVisitor, session: Reading, next: str = "", kept: str = ""
) -> Response:
    lapsed = "lapsed" in request.query_params
    return page(
        request, "rehearsal.html", groups=_groups(session, visitor.now), next=next, kept=kept, lapsed=lapsed
    )


def _groups(session: Session, now: datetime) -> dict[str, list[Entry]]:
    """Everybody active once, under the role that says most."""
    groups: dict[str, list[Entry]] = {role: [] for role in SHOWN_UNDER}
    for entry in entries(session, now):
        held = {role for role, *_ in entry.roles}
        first = next((role for role in SHOWN_UNDER if role in held), None)
        if first and entry.person.active:
            groups[first].append(entry)
    return groups


@router.post("/sign-in/{person_id}", dependencies=[REHEARSAL], name="rehearsal_enter")
def enter_as(
    request: Request,
    site: CurrentSite,
    session: Writing,
    person_id: Key,
    next: Annotated[str, Form()] = "",
    kept: Annotated[str, Form()] = "",
) -> Response:
    if session.get(Person, person_id) is None:
        raise NotFound(_("没有这个人。"), _("请从演练登录页重新选择。"))
    return enter(request, site, session, person_id, next, kept)


@router.post("/clock", dependencies=[REHEARSAL], name="rehearsal_clock")
def move_clock(
    request: Request,
    visitor: CurrentVisitor,
    session: Writing,
    rate: Annotated[float | None, Form(allow_inf_nan=False)] = None,
    step: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Run at a speed (0 stops), or jump by a step or to a local time."""
    if rate is not None:
        clock.run_at(session, rate)
    else:
        clock.jump(session, _target(session, visitor.now, step, to))
    return RedirectResponse(safe_next(request, back), 303)


def _target(session: Session, now: datetime, step: str, to: str) -> datetime:
    calendar = rules_in_force(session).calendar
    if step == "hour":
        return now + timedelta(hours=1)
    if step == "workday":
        local = calendar.local(now)
        return calendar.at(calendar.add_workdays(local.date(), 1), max(local.time(), AFTER_THE_MORNING_MAIL))
    try:
        return parse_instant(to, rules_in_force(session).schedule.zone)
    except ValueError as error:
        raise Unusable(_("看不懂这个时间。"), _("请写成 2020-11-18 09:00 这样的形式。")) from error
