"""What a return opened: everything, or nothing but the remarked cells and added rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from models import CellRemark, DraftRow
from models.errors import Refused, Unusable
from models.worklist import Line

if TYPE_CHECKING:
    from actions.drafts import Cells, RowPatch

CELLS = "cells"
Place = tuple[str, int, str]
"""Sheet, row number and column of a cell of the returned version."""


def remarks_of(session: Session, seen: Line) -> list[CellRemark]:
    """The reviewer's remarks on the returned version that are not settled yet."""
    statement = select(CellRemark).where(
        CellRemark.assignment_id == seen.id,
        CellRemark.version_id == seen.assignment.version_id,
        col(CellRemark.settled_at).is_(None),
    )
    return list(session.exec(statement.order_by(CellRemark.sheet, col(CellRemark.row), col(CellRemark.id))))


def demand_reopened(
    session: Session,
    seen: Line,
    rows: Mapping[int, DraftRow],
    patches: Iterable[RowPatch],
    removed: Iterable[int],
) -> None:
    """Refused where the reviewer opened single cells only and another one is to be changed."""
    if seen.assignment.reopened != CELLS:
        return
    allowed = {(found.sheet, found.row, found.column) for found in remarks_of(session, seen)}
    if any(rows[id].base_row is not None for id in removed):
        raise Refused("审核人只放开了指出的单元格，原有的行不能删除。", "如需删除，请联系审核人整表退回。")
    for patch in patches:
        row = rows[patch.id] if patch.id else None
        if row is None or row.base_row is None:
            continue
        for column, text in patch.cells.items():
            if text != row.cells.get(column, "") and (row.sheet, row.base_row, column) not in allowed:
                raise _shut(row.sheet, row.base_row, column)


def demand_untouched(
    was: Sequence[tuple[str, int, Cells]], now: Iterable[DraftRow], allowed: set[Place]
) -> None:
    """The same over a whole draft, before it is handed in: what was typed before the return counts too."""
    kept = {(row.sheet, row.base_row): row.cells for row in now if row.base_row is not None}
    for sheet, number, cells in was:
        if (sheet, number) not in kept:
            raise Unusable(
                f"“{sheet}”第 {number} 行被删除了，而审核人只放开了指出的单元格。",
                "请用“放弃草稿”从退回的版本重新开始，或联系审核人整表退回。",
            )
        for column in {**cells, **kept[sheet, number]}:
            same = cells.get(column, "") == kept[sheet, number].get(column, "")
            if not same and (sheet, number, column) not in allowed:
                raise _shut(sheet, number, column)


def _shut(sheet: str, number: int, column: str) -> Refused:
    return Refused(
        f"“{sheet}”第 {number} 行的“{column}”没有放开，不能改动。",
        "审核人只放开了指出的单元格，另可新增行；如需改动其他内容，请联系审核人整表退回。",
    )
