"""历次计划: an earlier version's files, and the same version proposed once more (decision 0001)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.plan_versions import plan_again, plan_version
from web.deps import Reading
from web.errors import reshown_by
from web.numbers import Key
from web.pages.plan import file_of, show_impact, show_plan
from web.rules import OFFICE

router = APIRouter(prefix="/plan/versions/{number}", include_in_schema=False)


@router.get("/{name}", dependencies=[OFFICE], name="plan_version_file")
def plan_version_file(session: Reading, number: Key, name: str) -> Response:
    return file_of(plan_version(session, number), name, f"{number}-{name}")


@router.post("/preview", dependencies=[OFFICE], name="plan_version_preview")
@reshown_by(show_plan)
def preview(request: Request, session: Reading, number: Key) -> Response:
    return show_impact(request, session, plan_again(session, number))
