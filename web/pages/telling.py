"""What is said and done about findings: explained, judged, mended by one click, remarked on a cell."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from actions import cell_remarks, explanations, mend
from actions.explanations import Target
from web.deps import Me, Writing
from web.errors import reshown_by
from web.mending import Mended
from web.numbers import Amount, Key
from web.pages.assignment import show_again
from web.rendering import link
from web.rules import SIGNED_IN
from web.site import CurrentSite
from web.visitor import CurrentVisitor

router = APIRouter(prefix="/assignments/{assignment_id}", include_in_schema=False)
Text = Annotated[str, Form(max_length=4000)]
Name = Annotated[str, Form(max_length=400)]


def target_of(rule: Name, sheet: Name = "", column: Name = "", key: Name = "") -> Target:
    """Which findings a form speaks of."""
    return Target(rule, sheet, column, key)


Asked = Annotated[Target, Depends(target_of)]


@router.post("/explain", dependencies=[SIGNED_IN], name="explain")
@reshown_by(show_again)
def explain(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    target: Asked,
    session: Writing,
    version: Annotated[Key, Form()],
    text: Text = "",
) -> Response:
    explanations.explain(session, me, assignment_id, version, target, text, visitor.now)
    return _back(request, assignment_id, "explained", "findings")


@router.post("/explanations/{explanation_id}/take", dependencies=[SIGNED_IN], name="take_over")
@reshown_by(show_again)
def take_over(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    explanation_id: Key,
    session: Writing,
    version: Annotated[Key, Form()],
) -> Response:
    """Last year's text becomes this year's."""
    explanations.take_over(session, me, assignment_id, version, explanation_id, visitor.now)
    return _back(request, assignment_id, "explained", "findings")


@router.post("/explanations/{explanation_id}/judge", dependencies=[SIGNED_IN], name="judge")
@reshown_by(show_again)
def judge(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    explanation_id: Key,
    session: Writing,
    version: Annotated[Key, Form()],
    verdict: Annotated[str, Form()],
    remark: Text = "",
    explained: Name = "",
) -> Response:
    now = visitor.now
    explanations.judge(
        session, me, assignment_id, version, explanation_id, verdict, remark, now, read=explained
    )
    return _back(request, assignment_id, "judged", "explanations")


@router.post("/explanations/accept", dependencies=[SIGNED_IN], name="accept_all")
@reshown_by(show_again)
def accept_all(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    session: Writing,
    version: Annotated[Key, Form()],
    explained: Name = "",
) -> Response:
    explanations.accept_all(session, me, assignment_id, version, visitor.now, read=explained)
    return _back(request, assignment_id, "judged", "explanations")


@router.post("/mend", dependencies=[SIGNED_IN], name="mend")
@reshown_by(show_again)
def mend_cells(
    request: Request, visitor: CurrentVisitor, me: Me, assignment_id: Key, mended: Mended, session: Writing
) -> Response:
    """Write the proposed values, or what stood there before it was normalised."""
    mend.keep(session, me, assignment_id, mended.version_id, mended.content, visitor.now)
    return _back(request, assignment_id, mended.done, "findings")


@router.post("/remarks", dependencies=[SIGNED_IN], name="remark")
@reshown_by(show_again)
def remark(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    site: CurrentSite,
    session: Writing,
    version: Annotated[Key, Form()],
    cell: Name = "",
    sheet: Name = "",
    said: Text = "",
    offset: Annotated[Amount, Form()] = 0,
) -> Response:
    note = cell_remarks.Said(cell, said, sheet)
    cell_remarks.remark(session, me, assignment_id, version, note, site.blobs, visitor.now)
    return _back(request, assignment_id, "remarked", "data", offset)


@router.post("/remarks/{remark_id}/cross-out", dependencies=[SIGNED_IN], name="cross_out")
@reshown_by(show_again)
def cross_out(
    request: Request, visitor: CurrentVisitor, me: Me, assignment_id: Key, remark_id: Key, session: Writing
) -> Response:
    cell_remarks.cross_out(session, me, assignment_id, remark_id, visitor.now)
    return _back(request, assignment_id, "crossed-out", "remarks")


Part = Literal["findings", "explanations", "data", "remarks"]


def _back(request: Request, assignment_id: int, done: str, part: Part, offset: int = 0) -> RedirectResponse:
    """To the part of the page where one was."""
    query = f"?done={done}" + (f"&offset={offset}" if offset > 0 else "")
    return RedirectResponse(link(request, "assignment", assignment_id=assignment_id) + f"{query}#{part}", 303)
