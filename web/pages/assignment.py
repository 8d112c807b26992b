"""One assignment: facts, deadlines, versions, findings, data, history, and what I may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from actions.deciding import is_own
from actions.explained import stamp_of
from actions.plan_in_force import rules_in_force
from actions.recheck import given_up
from actions.who import Who, demand_sight, may_collect, may_review
from models import CellRemark, Version
from models.cell_remark import open_remarks, sent_remarks
from models.errors import NotFound, PeopleError
from models.explanation import REFUSED, explanations_of_version, outdated_explanations, unexplained
from models.extension import extensions_of
from models.facts import facts_of
from models.history import KeptVersion, happenings, last_return, versions
from models.hold import hold_of
from models.stages import APPROVED, COLLECTED, OPEN_TO_COLLECTOR, RETURNED
from models.worklist import Line, line
from web import pending
from web.additions import additions_of
from web.asked import asked_about
from web.comparison import compare, states
from web.definition_changes import definition_changes
from web.deps import Reading
from web.drafting import definition_of
from web.findings_shown import Asked, shown_findings
from web.language import gettext as _
from web.numbers import Amount, Key, key_of
from web.rendering import page
from web.rows_shown import shown_rows
from web.rules import SIGNED_IN
from web.site import Site, site_of
from web.tasks import following, task_of
from web.validity import may_retry, validity
from web.visitor import visitor_of

if TYPE_CHECKING:
    pass

router = APIRouter(include_in_schema=False)


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
    explain: bool
    mend: bool


@router.get("/assignments/{assignment_id}", dependencies=[SIGNED_IN], name="assignment")
def assignment(
    request: Request,
    assignment_id: Key,
    session: Reading,
    version: Key | None = None,
    kept: str = "",
    offset: Amount = 0,
) -> Response:
    return show(request, session, assignment_id, number=version, kept=kept, offset=max(offset, 0))


def show(
    request: Request,
    session: Session,
    assignment_id: int,
    *,
    number: int | None = None,
    kept: str = "",
    offset: int = 0,
    problem: PeopleError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    """The assignment's page, with an error and what was typed where something was refused."""
    visitor, site = visitor_of(request), site_of(request)
    who = visitor.who
    if who is None:
        raise NotFound(_("没有这个页面。"))
    seen = seen_by(session, who, assignment_id)
    kept_work = pending.kept(site, kept, who.id, assignment_id) if kept else None
    typed = typed or (kept_work.typed if kept_work else {})
    content = _content(site, session, who, seen, number, offset)
    rules = rules_in_force(session)
    return page(
        request,
        "assignment.html",
        task=task_of(seen, rules, visitor.now),
        following=following(session, who, visitor.now, request.query_params.get("done", "")),
        extensions=extensions_of(session, seen.id),
        hold=hold_of(session, seen.id, visitor.now),
        additions=additions_of(session, who, seen, content["shown"]),
        asking=asked_about(request, session, who, seen),
        defined=definition_changes(session, seen),
        **validity(session, seen),
        unexplained=_unexplained(session, content["kept_versions"]),
        closes_at=rules.closes_at(facts_of(seen)),
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
    again = row.stage == RETURNED or may_retry(session, seen)
    return Abilities(
        collect=mine,
        upload=mine and row.stage not in APPROVED,
        submit=mine and (fresh or again) and row.stage not in APPROVED and not attests,
        withdraw=mine and row.stage == COLLECTED,
        nil=mine and row.stage in OPEN_TO_COLLECTOR,
        attest=mine and attests and row.stage in OPEN_TO_COLLECTOR,
        review=judge and row.stage == COLLECTED and not own,
        reopen=judge and row.stage in APPROVED and not own,
        verdict=who.office and attests and row.stage in APPROVED and seen.version is not None,
        explain=mine and row.stage in OPEN_TO_COLLECTOR,
        mend=mine and row.stage not in APPROVED,
    )


def demand_version(session: Session, seen: Line, number: int) -> Version:
    """The assignment's version of this number; NotFound where there is none."""
    for kept in versions(session, seen.id):
        if kept.version.number == number:
            return kept.version
    raise NotFound(_("没有这个版本。"), _("请从任务页的“版本”里选择。"))


def seen_by(session: Session, who: Who, assignment_id: int) -> Line:
    """The assignment, for a person who may see it."""
    seen = line(session, assignment_id)
    demand_sight(who, seen.assignment)
    return seen


def part_of(session: Session, who: Who, seen: Line, shown: Version) -> dict[str, Any]:
    """What a part of the page that shows one version needs, wherever it stands."""
    kept_versions = versions(session, seen.id)
    return {
        "line": seen,
        "shown": shown,
        "newest": kept_versions[0].version,
        "can": abilities(session, who, seen, kept_versions),
        "remarks": _remarks(session, who, seen),
        "table": seen.table,
        "row": seen.assignment,
    }


def _content(
    site: Site, session: Session, who: Who, seen: Line, number: int | None, offset: int
) -> dict[str, Any]:
    kept_versions = versions(session, seen.id)
    shown = _shown(who, seen, kept_versions, number)
    content: dict[str, Any] = {
        "line": seen,
        "kept_versions": kept_versions,
        "shown": shown,
        "can": abilities(session, who, seen, kept_versions),
        "events": happenings(session, seen.id),
        "sent_back": last_return(session, seen.id)
        if seen.assignment.stage in ("returned", "failed")
        else None,
        "remarks": _remarks(session, who, seen),
        "judged": _judged(session, seen),
    }
    if shown is None:
        return content
    part = part_of(session, who, seen, shown)
    rows = shown_rows(site, definition_of(seen), shown, part["remarks"], offset)
    return (
        content
        | part
        | shown_findings(session, shown, Asked())
        | rows
        | {"marked": "", "states": states(session, seen, shown)}
    )


def _unexplained(session: Session, kept: Sequence[KeptVersion]) -> int:
    """How many warnings of the newest version nobody has explained."""
    if not kept or not kept[0].version.warnings:
        return 0
    newest = kept[0].version
    return unexplained(session, newest.assignment_id, newest.id or 0, None, 0)[0]


def _remarks(session: Session, who: Who, seen: Line) -> Sequence[CellRemark]:
    """Those on cells: all open ones for the reviewer, for everybody else what went with a return."""
    if may_review(who, seen.assignment, seen.table):
        return open_remarks(session, seen.id)
    return sent_remarks(session, seen.id) if seen.assignment.stage == RETURNED else []


def _judged(session: Session, seen: Line) -> dict[str, Any]:
    """The explanations that go with the submitted version, and the stamp that a decision on them names."""
    version = seen.version
    told = explanations_of_version(session, seen.id, version.id or 0) if version else []
    return {
        "told": told,
        "stamp": stamp_of(told),
        "stamps": {each.id: stamp_of([each]) for each in told},
        "outdated": outdated_explanations(session, seen.id, version.id or 0) if version and told else set(),
        "refused": [each for each in told if each.verdict == REFUSED],
    }


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
    return compare(site, older, seen.version, definition_of(seen).key)
