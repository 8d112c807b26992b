"""计划: what the campaign consists of; a changed plan is shown with its impact before it is applied."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from sqlmodel import Session

from actions import load_plan
from actions.changed_notices import changed_by_plan
from actions.clock import now
from actions.plan_in_force import plan_in_force, plan_number, plan_version_in_force
from actions.plan_versions import plan_versions
from deadlines.calendar import WorkingCalendar
from mail.campaign_notice import FILE_NAME, as_notice
from mail.file_names import shown_name
from models import PlanVersion
from models.errors import Conflict, NotFound, PeopleError
from models.rosters import named_roles
from models.worklist import current_campaign
from plans.lint import lint
from plans.load import load_plan as read_plan
from plans.plan import Plan
from plans.problems import PlanProblem
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.language import gettext as _
from web.pages.files import attached
from web.proposal import proposed
from web.rendering import absolute, page, see
from web.rules import OFFICE, SIGNED_IN
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(include_in_schema=False)
NEWEST = 10
"""Versions that the page lists unless all are asked for."""


@router.get("/plan", dependencies=[SIGNED_IN], name="plan")
def plan(request: Request, session: Reading) -> Response:
    return show_plan(request, session, None, {})


def show_plan(
    request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]
) -> Response:
    """The plan's page, with an error where something was refused."""
    loaded = _loaded(session)
    doubts = _doubts(session, loaded) if loaded else ()
    every = "versions" in request.query_params
    kept = plan_versions(session, None if every else NEWEST) if visitor_of(request).office else []
    return page(
        request,
        "plan.html",
        plan=loaded,
        doubts=doubts,
        problem=problem,
        impact=None,
        typed=typed,
        versions=kept,
    )


def _doubts(session: Session, loaded: Plan) -> tuple[PlanProblem, ...]:
    calendar = WorkingCalendar(loaded.schedule.calendar, loaded.schedule.zone)
    return lint(loaded, calendar, named_roles(session, now(session))).doubts


@router.get("/plan/files/{name}", dependencies=[OFFICE], name="plan_file")
def plan_file(session: Reading, name: str) -> Response:
    return file_of(plan_version_in_force(session, current_campaign(session)), name, name)


def file_of(version: PlanVersion, name: str, called: str) -> Response:
    """One of the two files of a version, to be kept under the name that it is ``called``."""
    texts = {
        "tasks.csv": "\ufeff" + version.tasks_text.lstrip("\ufeff"),
        "schedule.yaml": version.schedule_text,
    }
    if name not in texts:
        raise NotFound(_("没有这个文件。"), _("计划由 tasks.csv 和 schedule.yaml 两个文件组成。"))
    return attached(texts[name].encode(), called, "text/plain; charset=utf-8")


@router.get("/plan/notice.docx", dependencies=[OFFICE], name="plan_notice")
def plan_notice(request: Request, visitor: CurrentVisitor, session: Reading) -> Response:
    """The notice with the decomposition, from the plan in force."""
    content = as_notice(plan_in_force(session), absolute(request, "home"))
    name = shown_name(FILE_NAME, visitor.now.astimezone(visitor.zone).date())
    return attached(content, name, "application/octet-stream")


@router.post("/plan/preview", dependencies=[OFFICE], name="plan_preview")
@reshown_by(show_plan)
def preview(request: Request, session: Reading, files: Annotated[list[UploadFile], File()]) -> Response:
    return show_impact(request, session, proposed(session, files))


def show_impact(request: Request, session: Session, changed: Plan) -> Response:
    """What a changed plan would bring, with the button that applies it."""
    return page(
        request,
        "plan.html",
        plan=changed,
        doubts=(),
        problem=None,
        impact=load_plan.impact(session, changed),
        versions=(),
        notices=changed_by_plan(session, changed, now(session)),
        typed=changed.text | {"base": _base(session)},
    )


@router.post("/plan/apply", dependencies=[OFFICE], name="plan_apply")
@reshown_by(show_plan)
def apply(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    session: Writing,
    tasks: Annotated[str, Form()],
    schedule: Annotated[str, Form()],
    base: Annotated[str, Form()] = "",
) -> Response:
    if base != _base(session):
        raise Conflict(_("计划在您预览之后又被改动过。"), _("请重新上传文件，查看新的影响后再应用。"))
    outcome = load_plan.apply(session, read_plan(tasks, schedule), me, visitor.now)
    return see(request, "plan", done="unchanged" if outcome.empty else "plan")


def _loaded(session: Session) -> Plan | None:
    try:
        return plan_in_force(session)
    except NotFound:
        return None


def _base(session: Session) -> str:
    return str(plan_number(session) or "")
