"""One assignment: facts, deadlines, versions, findings, data, history, and what I may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from actions.plan_in_force import rules_in_force
from actions.recheck import given_up
from actions.review import is_own
from actions.who import Who, demand_sight, may_collect, may_review
from models import Version
from models.blobs import Lost
from models.errors import NotFound, PeopleError
from models.extension import extensions_of
from models.facts import facts_of
from models.history import KeptVersion, finding_counts, findings, happenings, last_return, versions
from models.stages import APPROVED, COLLECTED, OPEN_TO_COLLECTOR, RETURNED
from models.worklist import Line, line
from web import pending
from web.comparison import compare
from web.deps import Me, Reading
from web.language import gettext as _
from web.lost import told
from web.numbers import Amount, Key, key_of
from web.rendering import page
from web.rules import SIGNED_IN
from web.site import CurrentSite, Site, site_of
from web.tasks import task_of
from web.visitor import visitor_of

router = APIRouter(include_in_schema=False)
FINDINGS_SHOWN = 200
ROWS_SHOWN = 50


@dataclass(frozen=True)
class Abilities:
    """What this person may do with the assignment now."""

    collect: bool
    upload: bool
    submit: bool
    withdraw: bool
    nil: bool
    attest: bool
    review: bool
    reopen: bool
    verdict: bool


@router.get("/assignments/{assignment_id}", dependencies=[SIGNED_IN], name="assignment")
def assignment(
    request: Request, assignment_id: Key, session: Reading, version: Key | None = None, kept: str = ""
) -> Response:
    return show(request, session, assignment_id, number=version, kept=kept)


@router.get("/assignments/{assignment_id}/findings", dependencies=[SIGNED_IN], name="findings")
def findings_part(
    request: Request,
    assignment_id: Key,
    me: Me,
    session: Reading,
    version: Key,
    severity: str = "",
    rule: str = "",
) -> Response:
    seen = _seen(session, me, assignment_id)
    shown = demand_version(session, seen, version)
    return page(request, "findings.html", **_findings(session, shown, severity, rule), line=seen, shown=shown)


@router.get("/assignments/{assignment_id}/data", dependencies=[SIGNED_IN], name="data")
def data_part(
    request: Request,
    assignment_id: Key,
    me: Me,
    site: CurrentSite,
    session: Reading,
    version: Key,
    offset: Amount = 0,
) -> Response:
    seen = _seen(session, me, assignment_id)
    shown = demand_version(session, seen, version)
    return page(request, "data.html", line=seen, shown=shown, **_rows(site, shown, max(offset, 0)))


def show(
    request: Request,
    session: Session,
    assignment_id: int,
    *,
    number: int | None = None,
    kept: str = "",
    problem: PeopleError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    """The assignment's page, with an error and what was typed where something was refused."""
    visitor, site = visitor_of(request), site_of(request)
    who = visitor.who
    if who is None:
        raise NotFound(_("没有这个页面。"))
    seen = _seen(session, who, assignment_id)
    kept_work = pending.kept(site, kept, who.id, assignment_id) if kept else None
    typed = typed or (kept_work.typed if kept_work else {})
    content = _content(site, session, who, seen, number)
    rules = rules_in_force(session)
    return page(
        request,
        "assignment.html",
        line=seen,
        task=task_of(seen, rules, visitor.now),
        extensions=extensions_of(session, seen.id),
        closes_at=rules.closes_at(facts_of(seen)),
        can=abilities(session, who, seen, content["kept_versions"]),
        problem=problem,
        given_up=who.office and given_up(session, seen, visitor.wall) is not None,
        difference=_difference(site, session, seen, problem, typed),
        typed=typed,
        kept=kept_work,
        **content,
    )


def show_again(request: Request, session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    """The page again after a refusal."""
    return show(
        request, session, key_of(request.path_params["assignment_id"]) or 0, problem=problem, typed=typed
    )


def abilities(session: Session, who: Who, seen: Line, kept_versions: list[KeptVersion]) -> Abilities:
    """What this person may do: the stage and the rights together."""
    row = seen.assignment
    mine = may_collect(who, row) and not row.exempt and not row.closed
    judge = may_review(who, row, seen.table) and not row.exempt and not row.closed
    newest = kept_versions[0].version if kept_versions else None
    attests = seen.table.evidence == "attest"
    own = seen.version is not None and is_own(session, who, seen.version)
    fresh = newest is not None and newest.id != row.version_id
    return Abilities(
        collect=mine,
        upload=mine and row.stage not in APPROVED,
        submit=mine and (fresh or row.stage == RETURNED) and row.stage not in APPROVED and not attests,
        withdraw=mine and row.stage == COLLECTED,
        nil=mine and row.stage in OPEN_TO_COLLECTOR,
        attest=mine and attests and row.stage in OPEN_TO_COLLECTOR,
        review=judge and row.stage == COLLECTED and not own,
        reopen=judge and row.stage in APPROVED and not own,
        verdict=who.office and attests and row.stage in APPROVED and seen.version is not None,
    )


def demand_version(session: Session, seen: Line, number: int) -> Version:
    """The assignment's version of this number; NotFound where there is none."""
    for kept in versions(session, seen.id):
        if kept.version.number == number:
            return kept.version
    raise NotFound(_("没有这个版本。"), _("请从任务页的“版本”里选择。"))


def _seen(session: Session, who: Who, assignment_id: int) -> Line:
    seen = line(session, assignment_id)
    demand_sight(who, seen.assignment)
    return seen


def _content(site: Site, session: Session, who: Who, seen: Line, number: int | None) -> dict[str, Any]:
    kept_versions = versions(session, seen.id)
    shown = _shown(who, seen, kept_versions, number)
    content: dict[str, Any] = {
        "kept_versions": kept_versions,
        "shown": shown,
        "events": happenings(session, seen.id),
        "sent_back": last_return(session, seen.id)
        if seen.assignment.stage in ("returned", "failed")
        else None,
    }
    if shown is None:
        return content
    return content | _findings(session, shown, "", "") | _rows(site, shown, 0)


def _shown(who: Who, seen: Line, kept: list[KeptVersion], number: int | None) -> Version | None:
    """The version asked for; else the newest for its collector, the submitted one for everybody else."""
    if number is not None:
        found = next((item.version for item in kept if item.version.number == number), None)
        if found is None:
            raise NotFound(_("没有这个版本。"), _("请从任务页的“版本”里选择。"))
        return found
    if may_collect(who, seen.assignment) and kept:
        return kept[0].version
    return seen.version or (kept[0].version if kept else None)


def _findings(session: Session, shown: Version, severity: str, rule: str) -> dict[str, Any]:
    version_id = shown.id or 0
    chosen = findings(session, version_id, severity=severity or None, rule=rule or None, limit=FINDINGS_SHOWN)
    counts = finding_counts(session, version_id)
    return {"found": chosen, "counts": counts, "severity": severity, "rule": rule, "limit": FINDINGS_SHOWN}


def _rows(site: Site, shown: Version, offset: int) -> dict[str, Any]:
    """A page of the version's rows; none for a nil return or an attestation."""
    nothing: dict[str, Any] = {"data": None, "lost": None, "offset": 0, "rows_shown": ROWS_SHOWN}
    if shown.rows_blob is None:
        return nothing
    from workbooks.view import read_rows

    try:
        content = site.blobs.get(shown.rows_blob)
    except Lost as lost:
        return nothing | {"lost": told(site, lost)}
    rows = read_rows(content, offset=offset, limit=ROWS_SHOWN)
    return nothing | {"data": rows, "offset": offset}


def _difference(
    site: Site, session: Session, seen: Line, problem: PeopleError | None, typed: dict[str, str]
) -> Any:
    """Between the version that was decided on and the current one, where that was refused (409)."""
    asked = key_of(typed.get("version", ""))
    if problem is None or problem.status != 409 or asked is None:
        return None
    older = session.get(Version, asked)
    if older is None or older.assignment_id != seen.id or seen.version is None or older.id == seen.version.id:
        return None
    return compare(site, older, seen.version)
