"""What a change of a draft may hold, and where it may be made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from actions.reopening import CELLS, opened_cells
from models import DraftRow
from models.errors import Refused, Sentence, Unusable
from models.worklist import Line

MOST_ROWS = 5_000
"""More are for a workbook: a page that holds them is slow to open and to check."""
LONGEST = 32_767
"""Characters of a cell, as Excel has it."""


@dataclass(frozen=True)
class RowPatch:
    """A row's changed cells ("" empties one).  ``id`` names a row of the draft; a new row has a ``temp``
    name of the page's own, its sheet and its place."""

    cells: Mapping[str, str]
    id: int | None = None
    temp: str = ""
    sheet: str = ""
    place: int = 0


@dataclass(frozen=True)
class Change:
    """What somebody typed since the draft had ``rev``."""

    rev: int
    rows: Sequence[RowPatch] = ()
    removed: Sequence[int] = ()


def only_cells(seen: Line) -> bool:
    """Whether the reviewer opened nothing but the remarked cells and added rows."""
    return seen.assignment.reopened == CELLS


def demand_sound(change: Change, columns: Mapping[str, set[str]]) -> None:
    for patch in change.rows:
        if patch.id is None and patch.sheet not in columns:
            raise Unusable(
                Sentence("这张表没有“%(sheet)s”这个工作表。", sheet=patch.sheet[:50]), "请刷新页面后再填。"
            )
        for column, text in patch.cells.items():
            _demand_storable(column, text)
    temps = [patch.temp for patch in change.rows if patch.id is None]
    if len(temps) != len(set(temps)):
        raise Unusable("新增的行编号有重复。", "请刷新页面后再填。")


def _demand_storable(column: str, text: str) -> None:
    if len(text) > LONGEST:
        raise Unusable(
            Sentence(
                "“%(column)s”的一格里有 %(count)s 个字，超过了 %(most)s 个字。",
                column=column[:50],
                count=len(text),
                most=LONGEST,
            ),
            "请缩短后再填。",
        )
    if any((ord(sign) < 32 and sign not in "\t\n\r") or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise Unusable(
            Sentence("“%(column)s”里有不可见的控制字符，无法保存。", column=column[:50]), "请删去后重新键入。"
        )


def demand_room(count: int, change: Change) -> None:
    total = count - len(set(change.removed)) + sum(patch.id is None for patch in change.rows)
    if total > MOST_ROWS:
        raise Unusable(
            Sentence("在线填写最多 %(most)s 行，这里会有 %(total)s 行。", most=MOST_ROWS, total=total),
            "行数更多时请用 Excel 模板填好后上传。",
        )


def demand_reopened(session: Session, seen: Line, rows: Mapping[int, DraftRow], change: Change) -> None:
    """Refused where single cells were opened only, and another one or a row of the version is changed."""
    if not only_cells(seen):
        return
    if any(rows[id].base_row is not None for id in change.removed):
        raise Refused("审核人只放开了指出的单元格，原有的行不能删除。", "如需删除，请联系审核人整表退回。")
    allowed = opened_cells(session, seen.id)
    for sheet, number, column in _changed(rows, change):
        if (sheet, number, column) not in allowed:
            raise Refused(
                Sentence(
                    "“%(sheet)s”第 %(number)s 行的“%(column)s”没有放开，不能改动。",
                    sheet=sheet,
                    number=number,
                    column=column,
                ),
                "审核人只放开了指出的单元格，另可新增行；如需改动其他内容，请联系审核人整表退回。",
            )


def _changed(rows: Mapping[int, DraftRow], change: Change) -> Iterable[tuple[str, int, str]]:
    """The cells of the version's own rows that the change gives another text."""
    for patch in change.rows:
        row = rows[patch.id] if patch.id else None
        if row is None or row.base_row is None:
            continue
        for column, text in patch.cells.items():
            if text != row.cells.get(column, ""):
                yield row.sheet, row.base_row, column
