"""What is said and done about findings: explained, judged, mended by one click, remarked on a cell."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import RedirectResponse

from actions import cell_remarks, explanations, mend
from actions.explanations import Target
from web.acting import Acting, Deed
from web.errors import reshown_by
from web.mending import Mended
from web.numbers import Amount, Key
from web.pages.assignment import show_again
from web.rendering import link
from web.rules import SIGNED_IN
from web.site import CurrentSite

router = APIRouter(prefix="/assignments/{assignment_id}", include_in_schema=False)
Text = Annotated[str, Form(max_length=4000)]
Name = Annotated[str, Form(max_length=400)]


def target_of(rule: Name, sheet: Name = "", column: Name = "", key: Name = "") -> Target:
    """Which findings a form speaks of."""
    return Target(rule, sheet, column, key)


Asked = Annotated[Target, Depends(target_of)]


@router.post("/explain", dependencies=[SIGNED_IN], name="explain")
@reshown_by(show_again)
def explain(target: Asked, deed: Acting, version: Annotated[Key, Form()], text: Text = "") -> Response:
    explanations.explain(deed.session, deed.who, deed.assignment_id, version, target, text, deed.now)
    return _back(deed, "explained", "findings")


@router.post("/explanations/{explanation_id}/take", dependencies=[SIGNED_IN], name="take_over")
@reshown_by(show_again)
def take_over(explanation_id: Key, deed: Acting, version: Annotated[Key, Form()]) -> Response:
    """Last year's text becomes this year's."""
    explanations.take_over(deed.session, deed.who, deed.assignment_id, version, explanation_id, deed.now)
    return _back(deed, "explained", "findings")


@router.post("/explanations/{explanation_id}/judge", dependencies=[SIGNED_IN], name="judge")
@reshown_by(show_again)
def judge(
    explanation_id: Key,
    deed: Acting,
    version: Annotated[Key, Form()],
    verdict: Annotated[str, Form()],
    remark: Text = "",
    explained: Name = "",
) -> Response:
    explanations.judge(
        deed.session,
        deed.who,
        deed.assignment_id,
        version,
        explanation_id,
        verdict,
        remark,
        deed.now,
        read=explained,
    )
    return _back(deed, "judged", "explanations")


@router.post("/explanations/accept", dependencies=[SIGNED_IN], name="accept_all")
@reshown_by(show_again)
def accept_all(deed: Acting, version: Annotated[Key, Form()], explained: Name = "") -> Response:
    explanations.accept_all(deed.session, deed.who, deed.assignment_id, version, deed.now, read=explained)
    return _back(deed, "judged", "explanations")


@router.post("/mend", dependencies=[SIGNED_IN], name="mend")
@reshown_by(show_again)
def mend_cells(mended: Mended, deed: Acting) -> Response:
    """Write the proposed values, or what stood there before it was normalised."""
    mend.keep(deed.session, deed.who, deed.assignment_id, mended.version_id, mended.content, deed.now)
    return _back(deed, mended.done, "findings")


@router.post("/remarks", dependencies=[SIGNED_IN], name="remark")
@reshown_by(show_again)
def remark(
    site: CurrentSite,
    deed: Acting,
    version: Annotated[Key, Form()],
    cell: Name = "",
    sheet: Name = "",
    said: Text = "",
    offset: Annotated[Amount, Form()] = 0,
) -> Response:
    note = cell_remarks.Said(cell, said, sheet)
    cell_remarks.remark(deed.session, deed.who, deed.assignment_id, version, note, site.blobs, deed.now)
    return _back(deed, "remarked", "data", offset)


@router.post("/remarks/{remark_id}/cross-out", dependencies=[SIGNED_IN], name="cross_out")
@reshown_by(show_again)
def cross_out(remark_id: Key, deed: Acting) -> Response:
    cell_remarks.cross_out(deed.session, deed.who, deed.assignment_id, remark_id, deed.now)
    return _back(deed, "crossed-out", "remarks")


Part = Literal["findings", "explanations", "data", "remarks"]


def _back(deed: Deed, done: str, part: Part, offset: int = 0) -> RedirectResponse:
    """To the part of the page where one was."""
    query = f"?done={done}" + (f"&offset={offset}" if offset > 0 else "")
    path = link(deed.request, "assignment", assignment_id=deed.assignment_id)
    return RedirectResponse(f"{path}{query}#{part}", 303)
