"""Where a return opened nothing but the remarked cells: what is handed in next differs nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from actions.cell_remarks import key_of
from models import Event, Version
from models.blobs import Blobs
from models.cell_remark import sent_remarks
from models.errors import Sentence, Unusable
from models.worklist import Line
from plans.sentence import together

if TYPE_CHECKING:
    from workbooks.comparison import Change

CELLS = "cells"
NAMED = 5


@dataclass(frozen=True)
class Opening:
    """What a return opened: of version ``number``, whose rows are found again by ``key``, these cells."""

    number: int
    rows_blob: str
    key: tuple[str, ...]
    cells: frozenset[tuple[str, int, str]]


@dataclass(frozen=True)
class Confined:
    """How many cells and rows of ``rows_blob`` differ beyond the opening, and the first of them."""

    opening: Opening
    rows_blob: str
    outside: int
    named: Sequence[str]


def opening_of(session: Session, seen: Line) -> Opening | None:
    """What the last return opened; None where it opened everything, or the version has no rows."""
    if seen.assignment.reopened != CELLS:
        return None
    returned = _returned(session, seen.id)
    if returned is None or returned.rows_blob is None:
        return None
    return Opening(returned.number, returned.rows_blob, key_of(seen), opened_cells(session, seen.id))


def opened_cells(session: Session, assignment_id: int) -> frozenset[tuple[str, int, str]]:
    """Sheet, row and column of the cells remarked by the last return; what is said of others opens none."""
    return frozenset((each.sheet, each.row, each.column) for each in sent_remarks(session, assignment_id))


def confined(opening: Opening, rows_blob: str, blobs: Blobs) -> Confined:
    """The stored rows compared with the returned ones; opens no session, may take seconds."""
    outside = [
        change
        for change in _changes(opening, rows_blob, blobs)
        if change.kind != "added" and (change.sheet, change.old_row, change.column) not in opening.cells
    ]
    return Confined(opening, rows_blob, len(outside), [_place(change) for change in outside[:NAMED]])


def demand_only_cells(
    session: Session, seen: Line, version: Version, blobs: Blobs | None, known: Confined | None = None
) -> None:
    """Unusable (422) where the version differs from the returned one in more than remarked cells, added rows.

    ``known`` was compared before; ``blobs`` holds the rows where it speaks of another return or version.
    """
    opening = opening_of(session, seen)
    if opening is None or opening.rows_blob == version.rows_blob:
        return
    if version.rows_blob is None:
        raise Unusable(
            "审核人只放开了指出的单元格，不能改为“无数据”。", "如果确实没有数据，请联系审核人整表退回。"
        )
    if known is None or (known.opening, known.rows_blob) != (opening, version.rows_blob):
        if blobs is None:
            raise Unusable(
                "审核人只放开了指出的单元格，请在任务页提交。", "打开任务页，核对改动后点“提交审核”。"
            )
        known = confined(opening, version.rows_blob, blobs)
    if known.outside:
        raise _shut(known)


def _returned(session: Session, assignment_id: int) -> Version | None:
    """The version that was sent back last."""
    statement = (
        select(Version)
        .join(Event, col(Event.version_id) == Version.id)
        .where(Event.assignment_id == assignment_id, Event.verb == "return")
        .order_by(col(Event.id).desc())
    )
    return session.exec(statement).first()


def _changes(opening: Opening, rows_blob: str, blobs: Blobs) -> Sequence[Change]:
    from checks.rows import from_parquet
    from workbooks.comparison import compare

    old, new = (from_parquet(blobs.get(name)) for name in (opening.rows_blob, rows_blob))
    return compare(old, new, opening.key).changes()


def _shut(found: Confined) -> Unusable:
    where, number = together(found.named), found.opening.number
    if found.outside > NAMED:
        where = Sentence("%(places)s 等 %(count)s 处", places=where, count=found.outside)
    return Unusable(
        Sentence(
            "审核人只放开了指出的单元格，而 %(where)s与退回的第 %(number)s 版不同。",
            where=where,
            number=number,
        ),
        "请把这些地方改回原样，只改指出的单元格或新增行；确需改动其他内容的，请联系审核人整表退回。",
        outside=found.outside,
        cells=list(found.named),
    )


def _place(change: Change) -> str:
    row = change.old_row or change.row
    what = f"“{change.column}”" if change.column else Sentence("（已删除）")
    return Sentence("%(sheet)s 第 %(row)s 行%(what)s", sheet=change.sheet, row=row, what=what)
