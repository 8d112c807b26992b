"""Drafts: opened from what is there, saved row by row while one types, frozen into a version (P6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, delete, select, update

from actions.draft_rules import (
    MOST_ROWS,
    Change,
    demand_reopened,
    demand_room,
    demand_sound,
    only_cells,
)
from actions.rebasing import put
from actions.submit import latest_version
from actions.who import Who, demand_collector
from models import Draft, DraftRow, Person, Version
from models.database import among
from models.draft import GAP, count_rows, draft_of, last_places, off_base, rows_of
from models.errors import Conflict, Sentence, Unusable
from models.stages import APPROVED, stage_conflict
from models.worklist import Line, line

Cells = dict[str, str]


@dataclass(frozen=True)
class Beginning:
    """What a draft is begun from: the version's number (0: none) and its rows by sheet and row number."""

    base: int = 0
    rows: Sequence[tuple[str, int, Cells]] = ()


@dataclass(frozen=True)
class Saved:
    """The draft's new ``rev`` and the ids of new rows by their temp names."""

    rev: int
    ids: Mapping[str, int] = field(default_factory=dict)


def may_type(seen: Line) -> bool:
    """Whether the assignment's data is open to its collectors at all."""
    row = seen.assignment
    return row.stage not in APPROVED and not row.exempt and not row.closed


def permitted(session: Session, who: Who, assignment_id: int) -> Line:
    """The assignment, for a collector who may type into it; Conflict where it is approved or not owed."""
    seen = line(session, assignment_id)
    demand_collector(who, seen.assignment)
    if seen.assignment.stage in APPROVED:
        raise stage_conflict("submit", seen.assignment.stage)
    if not may_type(seen):
        raise Conflict("这张表现在不需要填报。", "如有疑问，请联系质量部。")
    return seen


def open_draft(session: Session, who: Who, assignment_id: int, found: Beginning, now: datetime) -> Draft:
    """The assignment's draft, begun anew where there is none or nothing was typed since an older version."""
    permitted(session, who, assignment_id)
    draft = draft_of(session, assignment_id)
    if draft is None:
        draft = Draft(assignment_id=assignment_id, rev=0, begun_at=now, saved_at=now)
        _begin(session, draft, found, now)
    elif draft.saved_by is None and draft.base < found.base:
        _begin(session, draft, found, now)
    return draft


def discard(
    session: Session, who: Who, assignment_id: int, rev: int, found: Beginning, now: datetime
) -> Draft:
    """Throw away what was typed up to ``rev``, and begin again from the newest version.

    Conflict where somebody else has saved since.
    """
    permitted(session, who, assignment_id)
    draft = _claim(session, assignment_id, rev)
    _begin(session, draft, found, now)
    return draft


def keep_mine(
    session: Session, who: Who, assignment_id: int, rev: int, number: int, found: Mapping[int, int]
) -> Draft:
    """Go on with what was typed although version ``number``, which has been looked at, came meanwhile.

    ``found``: the version's row number of each draft row at ``rev`` that it has as well, by id.
    """
    seen = permitted(session, who, assignment_id)
    draft = _claim(session, assignment_id, rev)
    newest = latest_version(session, assignment_id)
    if newest is None or newest.number != number:
        raise Conflict("又有了更新的版本。", "请刷新页面，看清最新一版的差别再决定。")
    draft.base = number
    rows = rows_of(session, draft)
    put(rows, found, added_last=only_cells(seen))
    session.add_all([draft, *rows])
    session.flush()
    return draft


def save(
    session: Session,
    who: Who,
    assignment_id: int,
    change: Change,
    columns: Mapping[str, set[str]],
    now: datetime,
) -> Saved:
    """Keep what was typed.  ``columns``: the table's columns by sheet.

    Conflict where somebody else has saved since ``change.rev``, with all rows as they are now.
    """
    seen = permitted(session, who, assignment_id)
    demand_sound(change, columns)
    draft = _claim(session, assignment_id, change.rev)
    rows = _named(session, draft, change)
    if unknown := {*change.removed, *(patch.id for patch in change.rows if patch.id)} - rows.keys():
        raise _overtaken(session, draft, "有几行刚刚被别人删除了。", missing=sorted(unknown))
    demand_room(count_rows(session, draft), change)
    demand_reopened(session, seen, rows, change)
    floors = last_places(session, draft) if only_cells(seen) else {}
    ids = _apply(session, draft, rows, change, columns, floors)
    draft.saved_at, draft.saved_by = now, who.id
    session.add(draft)
    session.flush()
    return Saved(draft.rev, ids)


def demand_current(session: Session, assignment_id: int, rev: int) -> Draft:
    """The draft at this rev, begun from the newest version; else Conflict."""
    draft = _demand_draft(session, assignment_id)
    if draft.rev != rev:
        raise _overtaken(session, draft, "别人刚刚改动了这份草稿。")
    newest = latest_version(session, assignment_id)
    if newest is not None and newest.number > draft.base:
        raise Conflict(
            Sentence(
                "草稿是从第 %(base)s 版开始填的，而系统里已有第 %(number)s 版。",
                base=draft.base,
                number=newest.number,
            ),
            "请在页面上看清差别，选择“以我的草稿为准”或“放弃草稿”；两边的内容都还在。",
            base=draft.base,
            newest=newest.number,
        )
    return draft


def settle(
    session: Session, draft: Draft, version: Version, found: Beginning, *, added_stay: bool = False
) -> None:
    """The draft has become the version: its rows are the version's (normalised) ones, under their ids.

    ``added_stay``: rows added to a return of single cells are still added ones, as it wasn't taken.
    """
    by_sheet: dict[str, list[DraftRow]] = {}
    for row in rows_of(session, draft):
        if row.blank:
            session.delete(row)
        else:
            by_sheet.setdefault(row.sheet, []).append(row)
    for sheet, number, cells in found.rows:
        row = by_sheet[sheet][number - 2]
        row.cells = cells
        if row.base_row is not None or not added_stay:
            row.place = (number - 1) * GAP
        row.source_row = number
        session.add(row)
    draft.base, draft.source = version.number, version.number
    draft.rev, draft.saved_by = draft.rev + 1, None
    session.add(draft)
    session.flush()


def _begin(session: Session, draft: Draft, found: Beginning, now: datetime) -> None:
    if len(found.rows) > MOST_ROWS:
        raise Unusable(
            Sentence(
                "这张表已有 %(count)s 行，超过了在线填写的 %(most)s 行。",
                count=len(found.rows),
                most=MOST_ROWS,
            ),
            "请下载 Excel 模板（含已有数据），改好后上传。",
        )
    draft.base, draft.source, draft.rev = found.base, found.base, draft.rev + 1
    draft.begun_at, draft.saved_at, draft.saved_by = now, now, None
    session.add(draft)
    session.flush()
    session.connection().execute(delete(DraftRow).where(col(DraftRow.draft_id) == draft.id))
    session.expire_all()
    for sheet, number, cells in found.rows:
        place = (number - 1) * GAP
        row = DraftRow(draft_id=draft.id or 0, sheet=sheet, place=place, source_row=number, cells=cells)
        session.add(row)
    session.flush()


def _claim(session: Session, assignment_id: int, rev: int) -> Draft:
    """The draft, its rev risen by one; Conflict unless it had exactly this one."""
    draft = _demand_draft(session, assignment_id)
    changed = session.connection().execute(
        update(Draft).where(col(Draft.id) == draft.id, col(Draft.rev) == rev).values(rev=Draft.rev + 1)
    )
    if changed.rowcount != 1:
        raise _overtaken(session, draft, "别人刚刚改动了这份草稿。")
    session.refresh(draft)
    return draft


def _named(session: Session, draft: Draft, change: Change) -> dict[int, DraftRow]:
    """The draft's rows that the change speaks of, by id."""
    wanted = {*change.removed, *(patch.id for patch in change.rows if patch.id)}
    statement = select(DraftRow).where(DraftRow.draft_id == draft.id, among(col(DraftRow.id), wanted))
    return {row.id or 0: row for row in session.exec(statement)}


def _demand_draft(session: Session, assignment_id: int) -> Draft:
    draft = draft_of(session, assignment_id)
    if draft is None:
        raise Conflict("这张表还没有草稿。", "请刷新页面再填；您填写的内容还在浏览器里。")
    return draft


def _overtaken(session: Session, draft: Draft, sentence: str, **detail: object) -> Conflict:
    """What the other wrote stands in the detail, so that the page can lay both side by side."""
    by = session.exec(select(Person.name).where(Person.id == draft.saved_by)).first() or ""
    rows = [
        {"id": row.id, "sheet": row.sheet, "place": row.place, "cells": row.cells}
        for row in rows_of(session, draft)
    ]
    return Conflict(
        sentence, "您填写的内容没有丢失：请刷新页面后核对。", rev=draft.rev, by=by, rows=rows, **detail
    )


def _apply(
    session: Session,
    draft: Draft,
    rows: Mapping[int, DraftRow],
    change: Change,
    columns: Mapping[str, set[str]],
    floors: Mapping[str, int],
) -> dict[str, int]:
    added: dict[str, DraftRow] = {}
    for patch in change.rows:
        if patch.id:
            row = rows[patch.id]
        else:
            place = off_base(max(patch.place, floors.get(patch.sheet, 0) + 1))
            row = DraftRow(draft_id=draft.id or 0, sheet=patch.sheet, place=place)
            added[patch.temp] = row
        row.cells = _merged(row.cells, patch.cells, columns.get(row.sheet, set()))
        session.add(row)
    for id in set(change.removed):
        session.delete(rows[id])
    session.flush()
    return {temp: row.id or 0 for temp, row in added.items()}


def _merged(cells: Mapping[str, str], typed: Mapping[str, str], columns: Iterable[str]) -> Cells:
    if unknown := typed.keys() - columns:
        raise Unusable(
            Sentence("这张表没有“%(unknown)s”这一列。", unknown=sorted(unknown)[0][:50]), "请刷新页面后再填。"
        )
    return {name: text for name, text in {**cells, **typed}.items() if text}
