"""`/api/v1/assignments/…`: what is done; the same actions as the pages'."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, field_validator
from sqlmodel import Session

from actions import check, explanations, review, submit
from actions import exempt as exemption
from actions.cell_remarks import Return, Said
from actions.explanations import Target
from actions.plan_in_force import rules_in_force
from actions.reopening import Confined
from actions.who import Who, demand_sight
from models import Version
from models.blobs import Blobs
from models.errors import Conflict, Unusable
from models.history import findings, versions
from models.worklist import Line, line
from web.api import documents
from web.confining import ConfinedUpload
from web.deps import Me, Writing
from web.language import gettext as _
from web.language import sentence
from web.numbers import Day, Key, RowCount
from web.received import Received
from web.rules import NUL, OFFICE, SIGNED_IN
from web.site import CurrentSite
from web.tasks import task_of
from web.visitor import CurrentVisitor

router = APIRouter(prefix="/api/v1/assignments/{assignment_id}", tags=["work"])


class Sent(BaseModel):
    """What a program says, in texts that every database keeps."""

    @field_validator("*")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if isinstance(value, str) and NUL in value:
            raise ValueError(value)
        return value


class FaultyCell(Sent):
    """A cell such as F17 (of the first sheet unless told) and what is wrong with it."""

    cell: str = Field(max_length=20)
    text: str = Field(default="", max_length=1000)
    sheet: str = Field(default="", max_length=100)


class Decision(Sent):
    """A decision on the version of the number that was seen.

    ``cells`` names the faulty ones of a return (a bare F17 has the reason for its text); with ``only_cells``
    nothing else reopens but added rows.  ``explained`` is the assignment's stamp of the explanations that
    were read: an approval is refused (409) where they differ by now; empty: not told.
    """

    version: Key
    decision: Literal["approve", "return"]
    reason: str = Field(default="", max_length=4000)
    cells: list[FaultyCell | Annotated[str, Field(max_length=20)]] = Field(
        default_factory=list, max_length=200
    )
    only_cells: bool = False
    explained: str = Field(default="", max_length=64)


class Explained(Sent):
    """Why the warnings of a rule stand: in one column of a sheet, of one row by its key or of all rows."""

    version: Key
    rule: str = Field(max_length=100)
    sheet: str = Field(default="", max_length=100)
    column: str = Field(default="", max_length=200)
    key: str = Field(default="", max_length=400)
    text: str = Field(max_length=4000)


class Attestation(BaseModel):
    """How many rows were typed into the national platform, and on which day."""

    rows: RowCount
    typed_on: Day


class Verdict(Sent):
    """What the national platform says."""

    passed: bool
    remark: str = Field(default="", max_length=4000)


class Exemption(Sent):
    """Whether the assignment is exempt from now on, and why."""

    exempt: bool
    reason: str = Field(default="", max_length=2000)


@router.post("/submit", dependencies=[SIGNED_IN])
def submit_workbook(
    visitor: CurrentVisitor,
    me: Me,
    assignment_id: Key,
    content: Received,
    site: CurrentSite,
    confined: ConfinedUpload,
    session: Writing,
) -> dict[str, Any]:
    """Keep the workbook as a version and hand it in; with errors it is kept, and `stage` stays as it was."""
    version = submit.upload(session, me, assignment_id, content, visitor.now)
    refusal = _hand_in(session, me, version, visitor.now, site.blobs, confined)
    body = _outcome(session, line(session, assignment_id), version)
    if refusal is not None:
        body |= {"error": sentence(refusal.message), "remedy": sentence(refusal.remedy)}
    return body


@router.post("/withdraw", dependencies=[SIGNED_IN])
def withdraw(visitor: CurrentVisitor, me: Me, session: Writing, assignment_id: Key) -> dict[str, Any]:
    seen = submit.withdraw(session, me, assignment_id, visitor.now)
    return _outcome(session, seen, seen.version)


@router.post("/nil", dependencies=[SIGNED_IN])
def report_nothing(
    visitor: CurrentVisitor, me: Me, session: Writing, assignment_id: Key, confirmed: bool = False
) -> dict[str, Any]:
    """Say that there is nothing to report; where last year had rows only with `?confirmed=true`."""
    seen = submit.report_nothing(session, me, assignment_id, visitor.now, confirmed=confirmed)
    return _outcome(session, seen, seen.version)


@router.post("/attest", dependencies=[SIGNED_IN])
def attest(
    visitor: CurrentVisitor, me: Me, session: Writing, assignment_id: Key, said: Attestation
) -> dict[str, Any]:
    seen = submit.attest(session, me, assignment_id, said.rows, said.typed_on.isoformat(), visitor.now)
    return _outcome(session, seen, seen.version)


@router.post("/review", dependencies=[SIGNED_IN])
def decide(
    visitor: CurrentVisitor, me: Me, site: CurrentSite, session: Writing, assignment_id: Key, said: Decision
) -> dict[str, Any]:
    """Approve or return; 409 where another version is current, or other explanations."""
    cells = [FaultyCell(cell=each) if isinstance(each, str) else each for each in said.cells]
    marked = [Said(each.cell, each.text or said.reason, each.sheet) for each in cells]
    sent = Return(site.blobs, marked, said.only_cells)
    version_id = _version_id(session, me, assignment_id, said.version)
    asked = (me, assignment_id, version_id, said.decision, said.reason, visitor.now)
    seen = review.decide(session, *asked, explained=said.explained, sent=sent)
    return _outcome(session, seen, seen.version)


@router.post("/explanations", dependencies=[SIGNED_IN])
def explain(
    visitor: CurrentVisitor, me: Me, session: Writing, assignment_id: Key, said: Explained
) -> dict[str, Any]:
    """Say why warnings stand; it follows the assignment over its versions."""
    version_id = _version_id(session, me, assignment_id, said.version)
    target = Target(said.rule, said.sheet, said.column, said.key)
    told = explanations.explain(session, me, assignment_id, version_id, target, said.text, visitor.now)
    return documents.explanation(told)


@router.post("/verdict", dependencies=[OFFICE])
def verdict(
    visitor: CurrentVisitor, me: Me, session: Writing, assignment_id: Key, said: Verdict
) -> dict[str, Any]:
    """Record the national platform's verdict on an attested table."""
    seen = check.record_verdict(session, me, assignment_id, said.passed, said.remark, visitor.now)
    return _outcome(session, seen, seen.version)


@router.post("/exempt", dependencies=[OFFICE])
def exempt(
    visitor: CurrentVisitor, me: Me, session: Writing, assignment_id: Key, said: Exemption
) -> dict[str, Any]:
    """Take the assignment out of every denominator, or back in."""
    settle = exemption.exempt if said.exempt else exemption.unexempt
    seen = settle(session, me, assignment_id, said.reason, visitor.now)
    return documents.assignment(task_of(seen, rules_in_force(session), visitor.now))


def _version_id(session: Session, me: Who, assignment_id: int, number: int) -> int:
    seen = line(session, assignment_id)
    demand_sight(me, seen.assignment)
    for kept in versions(session, assignment_id):
        if kept.version.number == number:
            return kept.version.id or 0
    raise Conflict(
        _("没有第 %(number)s 版。") % {"number": number},
        _("请重新读取这项任务，对最新的版本作决定。"),
        current=seen.version.number if seen.version else None,
    )


def _hand_in(
    session: Session, me: Who, version: Version, now: datetime, blobs: Blobs, confined: Confined | None
) -> Unusable | None:
    try:
        submit.submit(session, me, version.assignment_id, version.id or 0, now, blobs, confined)
    except Unusable as refusal:
        return refusal
    return None


def _outcome(session: Session, seen: Line, version: Version | None) -> dict[str, Any]:
    found = findings(session, version.id or 0) if version else []
    return {
        "version": version.number if version else None,
        "stage": seen.assignment.stage,
        "errors": version.errors if version else 0,
        "warnings": version.warnings if version else 0,
        "findings": documents.findings(found),
    }
