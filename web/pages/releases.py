"""放行: what the office lets pass, with its reason; a finding, or a whole rule; taken back here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import releases as action
from models import Release, StoredFinding
from models.errors import PeopleError
from models.person import names_of
from models.release import known_rules
from models.release import releases as all_releases
from models.worklist import Line, lines, open_tables
from web.acting import Reason
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.numbers import Key, key_of
from web.rendering import page, see
from web.rules import OFFICE, OVERSEER
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Shown:
    """A release with the assignment that it is narrowed to, if any, and the name of who made it."""

    release: Release
    line: Line | None
    maker: str


@router.get("/releases", dependencies=[OVERSEER], name="releases")
def releases(request: Request, session: Reading, finding: Key | None = None) -> Response:
    return _show(request, session, None, {"finding": str(finding)} if finding else {})


def _show(request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]) -> Response:
    """``typed`` may name a finding that is to be let pass."""
    found = all_releases(session)
    wanted = {release.assignment_id for release in found if release.assignment_id is not None}
    known = {line.id: line for line in lines(session, ids=wanted, closed=True)} if wanted else {}
    names = names_of(session, {release.made_by for release in found if release.made_by is not None})
    shown = [
        Shown(release, known.get(release.assignment_id or 0), names.get(release.made_by or 0, "—"))
        for release in found
    ]
    finding, seen = _finding(session, typed)
    return page(
        request,
        "releases.html",
        in_force=[each for each in shown if each.release.revoked_at is None],
        revoked=[each for each in shown if each.release.revoked_at is not None],
        rules=known_rules(session),
        tables=open_tables(session),
        finding=finding,
        line=seen,
        reach=action.reach(session, finding) if finding else None,
        problem=problem,
        typed=typed,
    )


def _finding(session: Session, typed: dict[str, str]) -> tuple[StoredFinding | None, Line | None]:
    key = key_of(typed.get("finding", ""))
    if key is None:
        return None, None
    try:
        return action.finding_of(session, key)
    except PeopleError:
        return None, None


@router.post("/releases", dependencies=[OFFICE], name="release")
@reshown_by(_show)
def release(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    session: Writing,
    finding: Annotated[Key | None, Form()] = None,
    scope: Annotated[Literal["one", "column"], Form()] = "one",
    rule: Annotated[str, Form(max_length=100)] = "",
    table: Annotated[str, Form(max_length=50)] = "",
    reason: Reason = "",
) -> Response:
    """Let one finding pass, where it is named; else switch a rule off."""
    if finding is None:
        action.release_rule(session, me, rule, table, reason, visitor.now)
        return see(request, "releases", done="rule-released")
    whole = scope == "column"
    made = action.release_finding(session, me, finding, reason, visitor.now, whole_column=whole)
    return see(request, "assignment", done="finding-released", assignment_id=made.assignment_id)


@router.post("/releases/{release_id}/revoke", dependencies=[OFFICE], name="release_revoke")
@reshown_by(_show)
def revoke(request: Request, visitor: CurrentVisitor, me: Me, session: Writing, release_id: Key) -> Response:
    action.revoke(session, me, release_id, visitor.now)
    return see(request, "releases", done="release-revoked")
