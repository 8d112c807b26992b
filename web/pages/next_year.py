"""下一年: this year's plan rolled on, to look at; `caiji next-year` makes the campaign."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.next_year import rolled_plan
from actions.plan_in_force import plan_in_force
from models.errors import NotFound
from web.deps import Reading
from web.language import gettext as _
from web.pages.files import attached
from web.rendering import page
from web.rules import OFFICE

router = APIRouter(prefix="/plan/next-year", include_in_schema=False)
TEXTS = {"tasks.csv": "tasks", "schedule.yaml": "schedule"}


@router.get("", dependencies=[OFFICE], name="next_year")
def next_year(request: Request, session: Reading) -> Response:
    return page(request, "next_year.html", rolled=rolled_plan(plan_in_force(session)))


@router.get("/{name}", dependencies=[OFFICE], name="next_year_file")
def next_year_file(session: Reading, name: str) -> Response:
    if name not in TEXTS:
        raise NotFound(_("没有这个文件。"), _("计划由 tasks.csv 和 schedule.yaml 两个文件组成。"))
    plan = rolled_plan(plan_in_force(session)).plan
    return attached(
        plan.text[TEXTS[name]].encode(), f"{plan.schedule.year}-{name}", "text/plain; charset=utf-8"
    )
