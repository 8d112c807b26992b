"""What the cells of the board look like and say: few kinds, and more than a thousand cells."""

from __future__ import annotations

from typing import NamedTuple

from models.board import Board, Cell
from web.language import gettext as _
from web.words import mark, stages


class Look(NamedTuple):
    """Its style's names, what it says after whose it is, and its sign."""

    style: str
    said: str
    mark: str


def looks(board: Board) -> dict[tuple[str | bool, ...], Look]:
    """By `Cell.kind`."""
    kinds = {cell.kind: cell for row in board.rows for cell in row.cells.values()}
    said = stages()
    return {kind: _look(cell, said) for kind, cell in kinds.items()}


def _look(cell: Cell, said: dict[str, str]) -> Look:
    flags = (
        (cell.started, _("（已开始）")),
        (cell.overdue, _("（逾期）")),
        (cell.held, _("（暂缓上报）")),
        (cell.void, _("（检测失效）")),
        (cell.waiting, _("（等待补录）")),
    )
    return Look(
        f"cell stage-{cell.stage}{' cell-late' if cell.overdue else ''}{' cell-held' if cell.held else ''}",
        said[cell.stage] + "".join(word for holds, word in flags if holds),
        mark(_sign(cell)),
    )


def _sign(cell: Cell) -> str:
    if cell.void:
        return "void"
    if cell.waiting:
        return "waiting"
    return "started" if cell.started else cell.stage
