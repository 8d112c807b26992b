"""Many hands (P11): one-person sheets out, many people's files merged back into one version."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import merge as merges
from actions.who import Who, demand_collector, demand_sight, may_collect
from models.errors import PeopleError, Unusable
from models.history import versions
from models.stages import APPROVED
from models.worklist import Line, line
from plans.visible import visible
from web.deps import Me, Reading, Writing
from web.dropped import MOST_FILES
from web.errors import reshown_by
from web.filenames import UNFIT
from web.language import gettext as _
from web.merging import Merging
from web.numbers import Key, key_of
from web.pages.files import attached
from web.rendering import page, see
from web.rules import SIGNED_IN, SignInNeeded
from web.site import CurrentSite
from web.templates_out import as_zip, template_of
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(prefix="/assignments/{assignment_id}", include_in_schema=False)
BETWEEN = re.compile(r"[\r\n\t,，、;；/]+")
LONGEST_NAME = 40


@router.get("/many", dependencies=[SIGNED_IN], name="many")
def many(request: Request, assignment_id: Key, me: Me, session: Reading) -> Response:
    return _show(request, session, me, assignment_id)


@router.post("/sheets", dependencies=[SIGNED_IN], name="sheets")
def sheets(
    assignment_id: Key,
    me: Me,
    site: CurrentSite,
    session: Reading,
    names: Annotated[str, Form(max_length=MOST_FILES * LONGEST_NAME)] = "",
) -> Response:
    """A one-person sheet for each name: a workbook for one, a zip for several."""
    seen = line(session, assignment_id)
    demand_collector(me, seen.assignment)
    people = people_named(names)
    books = [template_of(site, session, seen, person) for person in people]
    if len(books) == 1:
        return attached(*books[0])
    sheets = _("个人表")
    return as_zip(site, books, f"{seen.table.code} {seen.table.name}-{sheets}.zip")


def _show_again(request: Request, session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    who = visitor_of(request).who
    if who is None:
        raise SignInNeeded()
    return _show(request, session, who, key_of(request.path_params["assignment_id"]) or 0, problem, typed)


@router.post("/merge", dependencies=[SIGNED_IN], name="merge")
@reshown_by(_show_again)
def merge(
    request: Request, visitor: CurrentVisitor, me: Me, assignment_id: Key, content: Merging, session: Writing
) -> Response:
    merges.keep(session, me, assignment_id, content, visitor.now)
    return see(request, "many", assignment_id=assignment_id)


def people_named(typed: str) -> list[str]:
    """The names that were typed, each once, in their order."""
    names = [UNFIT.sub(" ", visible(" ".join(name.split()))).strip() for name in BETWEEN.split(typed)]
    found = list(dict.fromkeys(name for name in names if name))
    if not found:
        raise Unusable(_("没有填写姓名。"), _("请每行写一位填表人的姓名。"))
    long = next((name for name in found if len(name) > LONGEST_NAME), None)
    if long is not None:
        raise Unusable(
            _("“%(name)s…”太长，不像一个姓名。") % {"name": long[:12]}, _("请每行写一位填表人的姓名。")
        )
    if len(found) > MOST_FILES:
        raise Unusable(_("一次最多生成 %(most)s 份个人表。") % {"most": MOST_FILES}, _("请分几次下载。"))
    return found


def _show(
    request: Request,
    session: Session,
    who: Who,
    assignment_id: int,
    problem: PeopleError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    seen = line(session, assignment_id)
    demand_sight(who, seen.assignment)
    kept = [item.version for item in versions(session, seen.id)]
    content: dict[str, Any] = {
        "newest": kept[0] if kept else None,
        "version": next((version for version in kept if version.kind == "merge"), None),
        "open": _open(who, seen),
    }
    return page(request, "many.html", line=seen, problem=problem, typed=typed or {}, **content)


def _open(who: Who, seen: Line) -> bool:
    row = seen.assignment
    return may_collect(who, row) and row.stage not in APPROVED and not row.exempt and not row.closed
