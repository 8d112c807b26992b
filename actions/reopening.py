"""Where a return opened nothing but the remarked cells: what is handed in next differs nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from actions.cell_remarks import key_of
from models import Event, Version
from models.blobs import Blobs
from models.cell_remark import open_remarks
from models.errors import Unusable
from models.worklist import Line

if TYPE_CHECKING:
    from workbooks.comparison import Change

CELLS = "cells"
NAMED = 5


def demand_only_cells(session: Session, seen: Line, version: Version, blobs: Blobs | None) -> None:
    """Unusable (422) where the version differs from the returned one in more than remarked cells, added rows.

    Rows are found again by their key; ``blobs`` holds them.
    """
    if seen.assignment.reopened != CELLS:
        return
    returned = _returned(session, seen.id)
    if returned is None or returned.rows_blob in (None, version.rows_blob):
        return
    if version.rows_blob is None:
        raise Unusable(
            "审核人只放开了指出的单元格，不能改为“无数据”。", "如果确实没有数据，请联系审核人整表退回。"
        )
    if blobs is None:
        raise Unusable("审核人只放开了指出的单元格，请在任务页提交。", "打开任务页，核对改动后点“提交审核”。")
    allowed = {(each.sheet, each.row, each.column) for each in open_remarks(session, seen.id)}
    outside = [
        change
        for change in _changes(returned, version, key_of(seen), blobs)
        if change.kind != "added" and (change.sheet, change.old_row, change.column) not in allowed
    ]
    if outside:
        raise _shut(outside, returned.number)


def _returned(session: Session, assignment_id: int) -> Version | None:
    """The version that was sent back last."""
    statement = (
        select(Version)
        .join(Event, col(Event.version_id) == Version.id)
        .where(Event.assignment_id == assignment_id, Event.verb == "return")
        .order_by(col(Event.id).desc())
    )
    return session.exec(statement).first()


def _changes(older: Version, newer: Version, key: Sequence[str], blobs: Blobs) -> Sequence[Change]:
    from checks.rows import from_parquet
    from workbooks.comparison import compare

    stored = [version.rows_blob for version in (older, newer)]
    old, new = (from_parquet(blobs.get(name)) for name in stored if name)
    return compare(old, new, key).changes()


def _shut(outside: Sequence[Change], returned: int) -> Unusable:
    named = "、".join(_place(change) for change in outside[:NAMED])
    more = f" 等 {len(outside)} 处" if len(outside) > NAMED else ""
    return Unusable(
        f"审核人只放开了指出的单元格，而 {named}{more}与退回的第 {returned} 版不同。",
        "请把这些地方改回原样，只改指出的单元格或新增行；确需改动其他内容的，请联系审核人整表退回。",
        outside=len(outside),
        cells=[_place(change) for change in outside[:NAMED]],
    )


def _place(change: Change) -> str:
    row = change.old_row or change.row
    what = f"“{change.column}”" if change.column else "（已删除）"
    return f"{change.sheet} 第 {row} 行{what}"
