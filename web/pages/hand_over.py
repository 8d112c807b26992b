"""移交与代理: somebody's roles go to another for good, or to a deputy for some days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session, col, select

from actions.hand_over import end_deputy, hand_over, name_deputy, standing_rights
from actions.people import person_by_staff_no
from models import Department, Grant, Person
from models.errors import PeopleError, Unusable
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.language import gettext as _
from web.numbers import Day, Key
from web.rendering import page, see
from web.rules import OFFICE
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(prefix="/people/{staff_no}", include_in_schema=False)
CHOSEN = re.compile(r"right-(\d{1,18})")
DEPUTY, FOR_GOOD = "deputy", "for-good"


@dataclass(frozen=True)
class Held:
    """A right with what it is for, and whether it is over, still to come, or a deputy's."""

    right: Grant
    department: str
    over: bool
    deputy: bool


@router.get("/hand-over", dependencies=[OFFICE], name="hand_over")
def show(request: Request, session: Reading, staff_no: str) -> Response:
    return show_hand_over(request, session, None, {})


def show_hand_over(
    request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]
) -> Response:
    """The page, with what was wrong with what was typed."""
    now, zone = visitor_of(request).now, visitor_of(request).zone
    person = person_by_staff_no(session, request.path_params["staff_no"])
    return page(
        request,
        "hand_over.html",
        person=person,
        standing={right.id for right in standing_rights(session, person, now)},
        held=list(_held(session, person, now)),
        others=_others(session, person),
        today=now.astimezone(zone).date(),
        problem=problem,
        typed=typed,
    )


@router.post("/hand-over", dependencies=[OFFICE], name="hand_over_post")
@reshown_by(show_hand_over)
def change_hands(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    session: Writing,
    staff_no: str,
    taker: Annotated[str, Form()] = "",
    way: Annotated[str, Form()] = "",
    first: Annotated[Day | None, Form()] = None,
    last: Annotated[Day | None, Form()] = None,
) -> Response:
    """Give the roles that are ticked to the one whose staff number is typed first."""
    chosen = {int(found[1]) for name in request.state.typed if (found := CHOSEN.fullmatch(name))}
    to = (taker.split() or [""])[0]
    if not to:
        raise Unusable(_("没有填写交给谁。"), _("请填写对方的工号，或从列出的人中选择。"))
    if way not in (FOR_GOOD, DEPUTY):
        raise Unusable(_("没有选择怎样交。"), _("请选择移交，或选择代理并填写日期。"))
    if way == FOR_GOOD and (first or last):
        raise Unusable(
            _("移交没有开始和结束日期。"), _("只交一段时间的请选“代理”；长期移交的请清空两个日期。")
        )
    if way == FOR_GOOD:
        hand_over(session, staff_no, to, chosen, visitor.now, me)
        return see(request, "hand_over", staff_no=staff_no, done="handed-over")
    if first is None or last is None:
        raise Unusable(_("代理需要开始和结束日期。"), _("请填写两个日期，当天都算在内。"))
    name_deputy(session, staff_no, to, chosen, (first, last), visitor.now, me)
    return see(request, "hand_over", staff_no=to, done="deputy-named")


@router.post("/deputies/{number}/end", dependencies=[OFFICE], name="end_deputy")
@reshown_by(show_hand_over)
def end(
    request: Request, visitor: CurrentVisitor, me: Me, session: Writing, staff_no: str, number: Key
) -> Response:
    end_deputy(session, staff_no, number, visitor.now, me)
    return see(request, "hand_over", staff_no=staff_no, done="deputy-ended")


def _held(session: Session, person: Person, now: datetime) -> Iterator[Held]:
    """All that the person holds, will hold and has held, the newest first."""
    names = {row.id: row.name for row in session.exec(select(Department))}
    own = select(Grant).where(Grant.person_id == person.id).order_by(col(Grant.id).desc())
    for right in session.exec(own):
        over = right.until is not None and right.until <= now
        deputy = right.until is not None and not over
        yield Held(right, names.get(right.department_id, ""), over, deputy)


def _others(session: Session, person: Person) -> list[Person]:
    """Who may take over: everybody else who is there."""
    active = select(Person).where(col(Person.active), Person.id != person.id)
    return list(session.exec(active.order_by(col(Person.department_id), col(Person.staff_no))))
