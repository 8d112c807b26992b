"""`/api/v1/assignments/{id}/draft`: what is typed on the page, saved, checked and handed in."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from actions import drafts
from actions.draft_rules import MOST_ROWS, Change, RowPatch
from actions.who import demand_collector
from checks.finding import ERROR, INFO, WARNING
from models.worklist import line
from web.api import documents
from web.api.draft_documents import FINDINGS_SHOWN, draft_document
from web.deps import Me, Reading, Writing
from web.draft_changes import Discarded, Kept, Opened
from web.drafting import CheckedDraft, FrozenDraft, SeenRev, columns_of, hand_in
from web.language import sentence
from web.numbers import Key
from web.rules import SIGNED_IN
from web.site import CurrentSite
from web.visitor import CurrentVisitor

router = APIRouter(prefix="/api/v1/assignments/{assignment_id}/draft", tags=["draft"])
GRAVITY = (ERROR, WARNING, INFO)
FURTHEST = 2**53
"""The largest place that a browser's numbers hold exactly."""

Name = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(strict=True)]


class TypedRow(BaseModel):
    """A row's changed cells; ``id`` for a row of the draft, else ``temp``, ``sheet`` and ``place``."""

    id: Key | None = None
    temp: Name = ""
    sheet: Name = ""
    place: Annotated[int, Field(ge=0, le=FURTHEST)] = 0
    cells: dict[Name, Text] = Field(default_factory=dict, max_length=500)


class TypedChange(BaseModel):
    """What was typed since the draft that If-Match names."""

    rows: list[TypedRow] = Field(default_factory=list, max_length=MOST_ROWS)
    removed: list[Key] = Field(default_factory=list, max_length=MOST_ROWS)


@router.get("", dependencies=[SIGNED_IN])
def read_draft(me: Me, site: CurrentSite, assignment_id: Key, session: Reading) -> dict[str, Any]:
    """The draft with everything that the page shows beside it; of an approved table, its version's rows."""
    seen = line(session, assignment_id)
    demand_collector(me, seen.assignment)
    return draft_document(site, session, seen)


@router.post("", dependencies=[SIGNED_IN])
def open_draft(site: CurrentSite, assignment_id: Key, _opened: Opened, session: Reading) -> dict[str, Any]:
    """Open the draft, begun from what is there, and read it."""
    return draft_document(site, session, line(session, assignment_id))


@router.patch("", dependencies=[SIGNED_IN])
def save_draft(
    visitor: CurrentVisitor, me: Me, assignment_id: Key, typed: TypedChange, rev: SeenRev, session: Writing
) -> dict[str, Any]:
    """Keep what was typed; 409 with all rows as they are now where somebody else has saved meanwhile."""
    columns = columns_of(session, assignment_id)
    rows = [RowPatch(row.cells, row.id, row.temp, row.sheet, row.place) for row in typed.rows]
    change = Change(rev, rows, typed.removed)
    saved = drafts.save(session, me, assignment_id, change, columns, visitor.now)
    return {"rev": saved.rev, "ids": saved.ids}


@router.post("/discard", dependencies=[SIGNED_IN])
def discard_draft(
    site: CurrentSite, assignment_id: Key, _discarded: Discarded, session: Reading
) -> dict[str, Any]:
    """Throw away what If-Match has seen typed, and begin again from the newest version."""
    return draft_document(site, session, line(session, assignment_id))


@router.post("/keep", dependencies=[SIGNED_IN])
def keep_draft(site: CurrentSite, assignment_id: Key, _kept: Kept, session: Reading) -> dict[str, Any]:
    """Go on with the draft although that version came after it was begun."""
    return draft_document(site, session, line(session, assignment_id))


@router.post("/check", dependencies=[SIGNED_IN])
def check_draft(found: CheckedDraft) -> dict[str, Any]:
    """What the check says of the draft as it is; nothing is handed in."""
    findings = found.typed.found(found.findings)
    return {"rev": found.rev, "rows": found.typed.rows.frame.height, **_counted(findings)}


@router.post("/submit", dependencies=[SIGNED_IN])
def submit_draft(
    visitor: CurrentVisitor,
    me: Me,
    site: CurrentSite,
    assignment_id: Key,
    frozen: FrozenDraft,
    session: Writing,
) -> dict[str, Any]:
    """Keep the draft as a version and hand it in; with errors it is kept, and `stage` stays as it was."""
    version, refusal = hand_in(site, session, me, assignment_id, frozen, visitor.now)
    findings = frozen.typed.found(frozen.content.findings)
    body = {"version": version.number, "stage": line(session, assignment_id).assignment.stage}
    if refusal is not None:
        body |= {"error": sentence(refusal.message), "remedy": sentence(refusal.remedy)}
    return body | _counted(findings)


def _counted(findings: list[dict[str, Any]]) -> dict[str, Any]:
    """How many there are, and the first of them, the gravest before all others."""
    counts = Counter[str]()
    for finding in findings:
        counts[finding["severity"]] += finding.get("count", 1)
    gravest = sorted(findings, key=lambda finding: GRAVITY.index(finding["severity"]))
    return {
        "errors": counts[ERROR],
        "warnings": counts[WARNING],
        "findings": [documents.told(each) for each in gravest[:FINDINGS_SHOWN]],
    }
