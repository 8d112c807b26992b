"""What a draft's routes need before any transaction is opened: stored rows read, typed rows checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Header
from sqlmodel import Session, select

from actions import clock
from actions.acceptance import demand_open
from actions.draft_rules import MOST_ROWS, only_cells
from actions.drafts import Beginning, demand_current, permitted, settle
from actions.freezing import Typed, beginning_of, typed_rows
from actions.inputs import Inputs, inputs_of
from actions.reopening import Confined
from actions.submit import Content, latest_version, submit, upload
from actions.typed_rows import Former, Making, checked, content_of_rows, former_of
from actions.who import Who
from models import Draft, DraftRow, Version
from models.draft import GAP, draft_of, rows_of
from models.errors import PeopleError, Unusable
from models.worklist import Line, current_campaign, line
from web.confining import confined_rows
from web.deps import Me
from web.language import gettext as _
from web.numbers import Key, key_of
from web.site import CurrentSite, Site

if TYPE_CHECKING:
    from checks.definition import Definition
    from checks.finding import Finding


@dataclass(frozen=True)
class Checked:
    """What a check of the draft at ``rev`` found; nothing is kept."""

    rev: int
    typed: Typed
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Frozen:
    """The draft at ``rev`` as a version's content, and the rows that it then consists of."""

    rev: int
    content: Content
    rows: Beginning
    typed: Typed
    confined: Confined | None


def definition_of(seen: Line) -> Definition:
    """The definition of the assignment's table."""
    from checks.definition import load_definition

    return load_definition(seen.table.code, seen.table.name)


def columns_of(session: Session, assignment_id: int) -> dict[str, set[str]]:
    """The table's columns by sheet."""
    definition = definition_of(line(session, assignment_id))
    return {sheet.name: {field.name for field in sheet.fields} for sheet in definition.sheets}


def beginning(assignment_id: Key, site: CurrentSite, me: Me) -> Beginning:
    """What a draft of the assignment would be begun from now: its newest version, else last year's rows where
    they are loaded beforehand (S6), else nothing."""
    with site.database.reading() as session:
        seen = permitted(session, me, assignment_id)
        newest = latest_version(session, seen.id)
        prior = inputs_of(session, seen).prior if seen.table.preloaded else None
    return _begun(site, newest, prior)


def seen_rev(assignment_id: Key, site: CurrentSite, me: Me, if_match: Annotated[str, Header()] = "") -> int:
    """The ``rev`` that the page has seen, from If-Match: 12 or "12"; of a draft that is this person's."""
    with site.database.reading() as session:
        permitted(session, me, assignment_id)
    rev = key_of(if_match.strip().strip('"'))
    if rev is None:
        raise Unusable(
            _("没有说明改动是在草稿的哪一次保存之后做的。"), _("请刷新页面后再填；您填写的内容还在浏览器里。")
        )
    return rev


def check_draft(assignment_id: Key, site: CurrentSite, me: Me) -> Checked:
    """The draft checked as it would be when handed in."""
    with site.database.reading() as session:
        seen = permitted(session, me, assignment_id)
        draft = draft_of(session, seen.id)
        rows, known = rows_of(session, draft), inputs_of(session, seen)
        definition = definition_of(seen)
        typed = typed_rows(definition, rows)
        former = _former(session, draft, typed)
    _kept, found = checked(site.blobs, definition, typed.rows, known, former)
    return Checked(draft.rev if draft else 0, typed, found)


def freeze(assignment_id: Key, site: CurrentSite, me: Me, rev: Annotated[int, Depends(seen_rev)]) -> Frozen:
    """The draft that the page has seen, checked and written as a workbook."""
    return frozen(site, me, assignment_id, rev)


def frozen(site: Site, me: Who, assignment_id: int, rev: int) -> Frozen:
    """The same for a rev that is known otherwise."""
    with site.database.reading() as session:
        seen = permitted(session, me, assignment_id)
        demand_open(session, seen, clock.now(session))
        draft = demand_current(session, seen.id, rev)
        rows, known = rows_of(session, draft), inputs_of(session, seen)
        campaign = current_campaign(session).name
        typed = typed_rows(definition_of(seen), rows)
        former = _former(session, draft, typed)
    making = Making("form", base=draft.base, origin={"rev": rev})
    content = content_of_rows(site.blobs, seen, campaign, typed.rows, known, making, former)
    kept = beginning_of(site.blobs, 0, content.rows_blob)
    return Frozen(rev, content, kept, typed, confined_rows(site, assignment_id, content.rows_blob))


def hand_in(
    site: Site, session: Session, me: Who, assignment_id: int, frozen: Frozen, now: datetime
) -> tuple[Version, PeopleError | None]:
    """The version that the draft has become, and why it could not be handed in."""
    draft = demand_current(session, assignment_id, frozen.rev)
    singly = only_cells(line(session, assignment_id))
    version = upload(session, me, assignment_id, frozen.content, now)
    refusal = None
    try:
        submit(session, me, assignment_id, version.id or 0, now, site.blobs, frozen.confined)
    except Unusable as error:
        refusal = error
    settle(session, draft, version, frozen.rows, added_stay=singly and refusal is not None)
    return version, refusal


def _former(session: Session, draft: Draft | None, typed: Typed) -> Former | None:
    """The version that the draft's rows came from, with where they stand now."""
    if draft is None or not draft.source:
        return None
    source = select(Version).where(
        Version.assignment_id == draft.assignment_id, Version.number == draft.source
    )
    return former_of(session, session.exec(source).first(), typed.moved)


def stored_rows(site: Site, session: Session, seen: Line) -> list[DraftRow]:
    """The rows to show where there is no draft: of the version that the stage speaks of, else what a draft
    would be begun from.  They are no draft's, and have no id."""
    prior = inputs_of(session, seen).prior if seen.table.preloaded else None
    found = _begun(site, seen.version or latest_version(session, seen.id), prior).rows[:MOST_ROWS]
    return [DraftRow(draft_id=0, sheet=s, place=(number - 1) * GAP, cells=c) for s, number, c in found]


def _begun(site: Site, newest: Version | None, prior: str | None) -> Beginning:
    if newest is None:
        return beginning_of(site.blobs, 0, prior)
    return beginning_of(site.blobs, newest.number, newest.rows_blob)


def prior_rows(site: Site, session: Session, seen: Line) -> dict[str, Any]:
    """Last year's rows and the columns by which a row finds its own again; none where none are loaded."""
    known: Inputs = inputs_of(session, seen)
    found = beginning_of(site.blobs, 0, known.prior).rows
    return {"match": list(definition_of(seen).match), "rows": [cells for _sheet, _row, cells in found]}


Begun = Annotated[Beginning, Depends(beginning)]
SeenRev = Annotated[int, Depends(seen_rev)]
CheckedDraft = Annotated[Checked, Depends(check_draft)]
FrozenDraft = Annotated[Frozen, Depends(freeze)]
