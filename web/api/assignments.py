"""`/api/v1/assignments`: what there is to read."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from actions.explained import stamp_under_review
from actions.who import demand_sight, sight
from models.errors import Unusable
from models.explanation import explanations_of
from models.history import findings, happenings
from models.stages import STAGES
from models.worklist import line, page_of_lines
from web.api import documents
from web.deps import Me, Reading
from web.language import gettext as _
from web.numbers import MOST_LISTED, Key, Limit, Offset
from web.pages.assignment import demand_version
from web.pages.files import attached
from web.rules import SIGNED_IN
from web.site import CurrentSite
from web.tasks import tasks_of
from web.templates_out import template_of
from web.visitor import CurrentVisitor

router = APIRouter(prefix="/api/v1/assignments", tags=["assignments"])


@router.get("", dependencies=[SIGNED_IN])
def list_assignments(
    visitor: CurrentVisitor,
    me: Me,
    session: Reading,
    table: str | None = None,
    department: str | None = None,
    stage: str | None = None,
    limit: Limit = MOST_LISTED,
    offset: Offset = 0,
) -> dict[str, Any]:
    """The assignments that this person may see, narrowed by table code, department name and stage: ``limit``
    of them after the first ``offset``; ``total`` is how many there are, ``next`` the offset to go on from."""
    if stage is not None and stage not in STAGES:
        raise Unusable(_("没有这个阶段。"), _("阶段只能是 %(stages)s。") % {"stages": "、".join(STAGES)})
    wanted = {"table": table, "department": department, "stage": stage}
    found, total = page_of_lines(session, limit=limit, offset=offset, seen_by=sight(me), **wanted)
    items = [documents.assignment(task) for task in tasks_of(session, found, visitor.now)]
    reached = offset + len(items)
    return {"items": items, "total": total, "next": reached if items and reached < total else None}


@router.get("/{assignment_id}", dependencies=[SIGNED_IN])
def one_assignment(visitor: CurrentVisitor, me: Me, session: Reading, assignment_id: Key) -> dict[str, Any]:
    """One assignment; ``explained`` stands for the explanations under review: an approval may name it."""
    seen = line(session, assignment_id)
    demand_sight(me, seen.assignment)
    task = tasks_of(session, [seen], visitor.now)[0]
    return documents.assignment(task) | {"explained": stamp_under_review(session, seen)}


@router.get("/{assignment_id}/template", dependencies=[SIGNED_IN], response_class=Response)
def template(me: Me, site: CurrentSite, session: Reading, assignment_id: Key) -> Response:
    """The workbook to fill in."""
    seen = line(session, assignment_id)
    demand_sight(me, seen.assignment)
    content, filename = template_of(site, session, seen)
    return attached(content, filename)


@router.get("/{assignment_id}/findings", dependencies=[SIGNED_IN])
def list_findings(me: Me, session: Reading, assignment_id: Key, version: Key | None = None) -> dict[str, Any]:
    """The findings of the version of this number, else of the current one."""
    seen = line(session, assignment_id)
    demand_sight(me, seen.assignment)
    shown = seen.version if version is None else demand_version(session, seen, version)
    found = findings(session, shown.id or 0) if shown else []
    return {"version": shown.number if shown else None, "findings": documents.findings(found)}


@router.get("/{assignment_id}/explanations", dependencies=[SIGNED_IN])
def list_explanations(me: Me, session: Reading, assignment_id: Key) -> dict[str, Any]:
    """All explanations of the assignment's warnings, last year's offers among them."""
    seen = line(session, assignment_id)
    demand_sight(me, seen.assignment)
    return {"explanations": [documents.explanation(told) for told in explanations_of(session, seen.id)]}


@router.get("/{assignment_id}/history", dependencies=[SIGNED_IN])
def history(me: Me, session: Reading, assignment_id: Key) -> dict[str, Any]:
    seen = line(session, assignment_id)
    demand_sight(me, seen.assignment)
    return {"events": documents.history(happenings(session, assignment_id))}
