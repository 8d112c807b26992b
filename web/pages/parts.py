"""Parts of an assignment's page that are asked for by themselves: findings, data, changes, columns."""

from __future__ import annotations

from typing import Annotated, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from actions.who import Who
from models import Version
from models.worklist import Line
from web.annotating import annotated_of
from web.column_chart import Columns, columns
from web.comparison import PRIOR, changes, marks, states
from web.deps import Me, Reading
from web.drafting import definition_of
from web.findings_shown import Asked, shown_findings
from web.numbers import Amount, Key
from web.pages.assignment import demand_version, part_of, seen_by
from web.pages.files import attached
from web.rendering import page
from web.rows_shown import shown_rows
from web.rules import SIGNED_IN
from web.site import CurrentSite

router = APIRouter(prefix="/assignments/{assignment_id}", include_in_schema=False)
FIRST, MORE = 20, 100
"""Changes on the first page, and on each further one."""


def _asked(severity: str = "", rule: str = "", column: str = "", offset: Amount = 0) -> Asked:
    return Asked(severity, rule, column, max(offset, 0))


@router.get("/findings", dependencies=[SIGNED_IN], name="findings")
def findings_part(
    request: Request,
    assignment_id: Key,
    me: Me,
    session: Reading,
    version: Key,
    asked: Annotated[Asked, Depends(_asked)],
) -> Response:
    seen, shown = _shown(session, me, assignment_id, version)
    found = shown_findings(session, shown, asked)
    return page(request, "findings.html", **part_of(session, me, seen, shown), **found)


@router.get("/data", dependencies=[SIGNED_IN], name="data")
def data_part(
    request: Request,
    assignment_id: Key,
    me: Me,
    site: CurrentSite,
    session: Reading,
    version: Key,
    offset: Amount = 0,
    changed: Literal["", "former", "prior"] = "",
) -> Response:
    seen, shown = _shown(session, me, assignment_id, version)
    part, definition = part_of(session, me, seen, shown), definition_of(seen)
    known = states(session, seen, shown)
    marked = marks(site, definition, known, shown, changed) if changed else None
    rows = shown_rows(site, definition, shown, part["remarks"], max(offset, 0), marked)
    return page(request, "data.html", **part, **rows, marked=changed if marked else "", states=known)


@router.get("/changes", dependencies=[SIGNED_IN], name="changes")
def changes_part(
    request: Request,
    assignment_id: Key,
    me: Me,
    site: CurrentSite,
    session: Reading,
    version: Key,
    against: Literal["", "former", "prior"] = "",
    kind: Literal["", "changed", "added", "removed"] = "",
    offset: Amount = 0,
) -> Response:
    """What changed against the version handed in before, or against last year, three-way."""
    seen, shown = _shown(session, me, assignment_id, version)
    offset = max(offset, 0)
    limit = MORE if offset else FIRST
    known = states(session, seen, shown)
    found = changes(site, definition_of(seen), known, shown, against, kind, offset, limit)
    part = part_of(session, me, seen, shown)
    return page(
        request, "changes.html", **part, changes=found, states=known, kind=kind, offset=offset, limit=limit
    )


@router.get("/columns", dependencies=[SIGNED_IN], name="columns")
def columns_part(
    request: Request, assignment_id: Key, me: Me, site: CurrentSite, session: Reading, version: Key
) -> Response:
    """Totals and charts of the columns, last year's beside."""
    seen, shown = _shown(session, me, assignment_id, version)
    prior = next((each.rows_blob for each in states(session, seen, shown) if each.name == PRIOR), None)
    definition, blob = definition_of(seen), shown.rows_blob
    found = columns(site.blobs, definition, blob, prior) if blob else Columns()
    part = part_of(session, me, seen, shown)
    from workbooks.column_facts import plain

    return page(request, "columns.html", **part, columns=found, with_prior=prior is not None, plain=plain)


@router.get("/annotated", dependencies=[SIGNED_IN], name="annotated")
async def annotated(assignment_id: Key, me: Me, site: CurrentSite, version: Key) -> Response:
    """The workbook of a version with its findings marked; waits for a reader as an upload does."""
    async with site.queue.place(me.id):
        content, filename = await run_sync(annotated_of, site, me, assignment_id, version)
    return attached(content, filename)


def _shown(session: Session, me: Who, assignment_id: int, number: int) -> tuple[Line, Version]:
    seen = seen_by(session, me, assignment_id)
    return seen, demand_version(session, seen, number)
