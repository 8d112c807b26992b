"""The plan's settings by form: deadlines, calendar, contacts, departments, ladders; impact comes first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions.plan_in_force import plan_in_force, plan_number
from models.errors import Conflict, PeopleError, Unusable
from plans.due_days import due_days, with_due_days
from plans.load import load_plan
from plans.plan import Plan
from plans.schedule_form import LADDERS, RUNG, ScheduleForm
from web.deps import Reading
from web.errors import reshown_by
from web.language import gettext as _
from web.pages.plan import show_impact
from web.rendering import page
from web.rules import OFFICE

router = APIRouter(include_in_schema=False)
DUE = "due."


@router.get("/plan/settings", dependencies=[OFFICE], name="plan_settings")
def settings(request: Request, session: Reading) -> Response:
    return show_settings(request, session, None, {})


def show_settings(
    request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]
) -> Response:
    """The form, with what was typed where it was refused."""
    plan = plan_in_force(session)
    form = ScheduleForm(plan.text["schedule"])
    days = due_days(plan.tables)
    known = form.answers() | {f"{DUE}{day}": day.isoformat() for day in days}
    return page(
        request,
        "plan_settings.html",
        plan=plan,
        value=_as_typed(known, typed) if typed else known,
        marks=form.marks(),
        due_days=days,
        ladders={ladder: [dict(rung) for rung in form.rungs(ladder)] for ladder in LADDERS},
        numbers=RUNG,
        problem=problem,
        base=typed.get("base") or plan_number(session),
    )


@router.post("/plan/settings", dependencies=[OFFICE], name="plan_settings_preview")
@reshown_by(show_settings)
def preview(request: Request, session: Reading, base: Annotated[str, Form()] = "") -> Response:
    """What the changed settings would bring, before they are applied."""
    plan = plan_in_force(session)
    if base != str(plan_number(session)):
        raise Conflict(
            _("计划在您打开这一页之后又被改动过。"), _("您填写的内容还在：请记下要改的，刷新页面后再填。")
        )
    return show_impact(request, session, _changed(plan, request.state.typed))


def _changed(plan: Plan, typed: Mapping[str, str]) -> Plan:
    form = ScheduleForm(plan.text["schedule"])
    schedule = form.filled(_as_typed(form.answers(), typed))
    moved = {day: _day(typed.get(f"{DUE}{day}", day.isoformat())) for day in due_days(plan.tables)}
    return load_plan(with_due_days(plan.text["tasks"], moved), schedule)


def _as_typed(known: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, Any]:
    """Each field as it was sent; a box that isn't ticked is not."""
    return {path: typed.get(path, "" if path.endswith(".used") else value) for path, value in known.items()}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Unusable(
            _("“%(text)s”不是日期。") % {"text": text[:20]}, _("请按 2020-11-18 的样子填写截止日期。")
        ) from error
