"""A table of one record as a form: works by plain posts, and saves itself where the page's script runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from actions import clock, drafts
from actions.draft_rules import Change, RowPatch
from actions.drafts import may_type
from actions.plan_in_force import plan_in_force
from actions.who import Who, demand_collector
from models import DraftRow
from models.draft import draft_of, rows_of
from models.errors import NotFound, PeopleError
from models.worklist import Line, line
from web.api.draft_documents import sheets_document
from web.asked import answers_about
from web.definition_changes import definition_changes
from web.deps import Me, Reading, writing_now
from web.drafting import (
    beginning,
    check_draft,
    columns_of,
    definition_of,
    frozen,
    hand_in,
    prior_rows,
    stored_rows,
)
from web.errors import reshown_by
from web.grid_words import words
from web.numbers import Key, key_of
from web.rendering import link, page, see
from web.rules import SIGNED_IN
from web.site import CurrentSite, Site, site_of
from web.visitor import CurrentVisitor, visitor_of

if TYPE_CHECKING:
    from checks.definition import Definition

A_GROUP = 3
"""Fields of one heading from which on they stand under it; fewer are named in full beside the others."""
router = APIRouter(include_in_schema=False)
SAVE, CHECK, SUBMIT = "save", "check", "submit"
Values = dict[tuple[str, str], str]
"""What stands in the form, by sheet and column."""


@dataclass(frozen=True)
class Answered:
    """A posted form that has been saved: what was asked for, and what came of it.

    ``findings``: of a check, or of a draft that was kept as a version and not handed in for ``refusal``.
    """

    wish: str
    findings: Sequence[dict[str, Any]] = ()
    refusal: PeopleError | None = None


async def answered(
    request: Request, assignment_id: Key, visitor: CurrentVisitor, site: CurrentSite, me: Me
) -> Answered:
    """Save the posted form, then check it or hand it in: each write in a transaction of its own, none of them
    open while the answer is rendered."""
    sent = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    begun = await run_sync(beginning, assignment_id, site, me)
    async with site.writers:
        rev = await run_sync(_save, site, me, assignment_id, sent, begun)
    wish = sent.get("wish", SAVE)
    if wish == SUBMIT:
        made = await run_sync(frozen, site, me, assignment_id, rev)
        async with writing_now(site) as session:
            asked = (site, session, me, assignment_id, made, visitor.now)
            _version, refusal = await run_sync(hand_in, *asked)
        return Answered(wish, made.typed.found(made.content.findings), refusal)
    if wish == CHECK:
        found = await run_sync(check_draft, assignment_id, site, me)
        return Answered(wish, found.typed.found(found.findings))
    return Answered(SAVE)


def show_again(request: Request, session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    """The form again after a refusal, with what was typed."""
    who = visitor_of(request).who
    if who is None:
        raise NotFound("没有这个页面。", "请从首页重新进入。")
    seen = line(session, key_of(request.path_params["assignment_id"]) or 0)
    demand_collector(who, seen.assignment)
    return show(request, session, seen, problem=problem, typed=typed)


@router.post("/assignments/{assignment_id}/fill", dependencies=[SIGNED_IN], name="answer")
@reshown_by(show_again)
def answer(
    request: Request,
    assignment_id: Key,
    given: Annotated[Answered, Depends(answered)],
    session: Reading,
) -> Response:
    if given.refusal is not None or given.wish == CHECK:
        seen = line(session, assignment_id)
        return show(request, session, seen, problem=given.refusal, findings=given.findings)
    if given.wish == SUBMIT:
        return see(request, "assignment", done="submitted", assignment_id=assignment_id)
    return see(request, "fill", done="draft", assignment_id=assignment_id)


def show(
    request: Request,
    session: Session,
    seen: Line,
    *,
    problem: PeopleError | None = None,
    typed: Mapping[str, str] | None = None,
    findings: Sequence[Mapping[str, Any]] | None = None,
) -> Response:
    """The form with the draft's values, or with what was typed where that was refused."""
    site, definition = site_of(request), definition_of(seen)
    schedule = plan_in_force(session).schedule
    draft = draft_of(session, seen.id) if may_type(seen) else None
    rows = rows_of(session, draft) if draft else stored_rows(site, session, seen)
    return page(
        request,
        "form.html",
        line=seen,
        sheets=sheets_document(definition, schedule),
        groups=_groups(definition),
        values=_values(definition, rows, typed),
        prior=_prior(site, session, seen),
        findings=_by_field(findings),
        checked=findings is not None,
        rev=draft.rev if draft else 0,
        editable=may_type(seen),
        answers=answers_about(session, seen),
        defined=definition_changes(session, seen),
        problem=problem,
        address=link(request, "read_draft", assignment_id=seen.id),
        words=words(),
    )


def _save(site: Site, me: Who, assignment_id: int, sent: Mapping[str, str], begun: drafts.Beginning) -> int:
    """Save what differs from the draft; returns the draft's rev after it."""
    with site.database.writing() as session:
        seen, now = drafts.permitted(session, me, assignment_id), clock.now(session)
        known = draft_of(session, assignment_id)
        draft = drafts.open_draft(session, me, assignment_id, begun, now)
        rev = draft.rev if known is None else key_of(sent.get("rev", "")) or 0
        patches = _patches(definition_of(seen), rows_of(session, draft), sent)
        if not patches and rev == draft.rev:
            return rev
        change = Change(rev, patches)
        return drafts.save(session, me, assignment_id, change, columns_of(session, assignment_id), now).rev


def _patches(definition: Definition, rows: Sequence[DraftRow], sent: Mapping[str, str]) -> list[RowPatch]:
    found = []
    for at, sheet in enumerate(definition.sheets):
        row = next((row for row in rows if row.sheet == sheet.name), None)
        was = row.cells if row else {}
        typed = {
            field.name: sent[f"{at}.{number}"].replace("\r\n", "\n")
            for number, field in enumerate(sheet.fields)
            if f"{at}.{number}" in sent
        }
        changed = {name: text for name, text in typed.items() if text != was.get(name, "")}
        if changed:
            new = RowPatch(changed, temp=sheet.name, sheet=sheet.name, place=2)
            found.append(RowPatch(changed, row.id) if row else new)
    return found


def _groups(definition: Definition) -> list[list[tuple[str, list[int]]]]:
    """For each sheet the columns' positions, grouped by the part of their names before the first "/", where
    enough of them share it; the others stand together under no title."""
    found = []
    for sheet in definition.sheets:
        groups: list[tuple[str, list[int]]] = []
        heads = [field.name.partition("/") for field in sheet.fields]
        shared = Counter(head for head, slash, _rest in heads if slash)
        for number, (head, _slash, _rest) in enumerate(heads):
            title = head if shared[head] >= A_GROUP else ""
            known = next((group for group in (groups if title else groups[-1:]) if group[0] == title), None)
            if known is None:
                groups.append((title, [number]))
            else:
                known[1].append(number)
        found.append(groups)
    return found


def _values(definition: Definition, rows: Sequence[DraftRow], typed: Mapping[str, str] | None) -> Values:
    found: Values = {}
    for at, sheet in enumerate(definition.sheets):
        cells = next((row.cells for row in rows if row.sheet == sheet.name), {})
        for number, field in enumerate(sheet.fields):
            kept = cells.get(field.name, "")
            found[sheet.name, field.name] = (typed or {}).get(f"{at}.{number}", kept)
    return found


def _prior(site: Site, session: Session, seen: Line) -> dict[str, str]:
    rows = prior_rows(site, session, seen)["rows"]
    return {name: text for row in reversed(rows) for name, text in row.items()}


def _by_field(findings: Sequence[Mapping[str, Any]] | None) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for finding in findings or ():
        found.setdefault((finding["sheet"], finding["column"]), []).append(finding)
    return found
