"""A version's rows as a page shows them, with the reviewer's remarks and last changes on their cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models import CellRemark, Version
from models.blobs import Lost
from web.lost import told
from web.site import Site

if TYPE_CHECKING:
    from checks.definition import Definition
    from workbooks.view import ShownRow, ShownRows

ROWS_SHOWN = 50


@dataclass(frozen=True)
class Cell:
    """One cell: its address and value, what the reviewer says of it, and what stood there before a change."""

    address: str
    text: str
    remark: str = ""
    former: str | None = None


@dataclass(frozen=True)
class Row:
    """One row; ``added``: the compared state has none such."""

    sheet: str
    number: int
    cells: Sequence[Cell]
    added: bool = False


@dataclass(frozen=True)
class Marks:
    """What changed, by sheet and row: the former values of changed columns; None for an added row."""

    rows: Mapping[tuple[str, int], Mapping[str, str] | None]


def shown_rows(
    site: Site,
    definition: Definition,
    shown: Version,
    remarks: Sequence[CellRemark],
    offset: int = 0,
    marks: Marks | None = None,
) -> dict[str, Any]:
    """A page of the version's rows, only the marked ones where marks are given; none for a nil return."""
    nothing: dict[str, Any] = {"data": None, "lost": None, "offset": 0, "rows_shown": ROWS_SHOWN}
    if shown.rows_blob is None:
        return nothing
    from workbooks.view import read_rows

    try:
        content = site.blobs.get(shown.rows_blob)
    except Lost as lost:
        return nothing | {"lost": told(site, lost)}
    only = marks.rows.keys() if marks else None
    data = read_rows(content, offset=offset, limit=ROWS_SHOWN, only=only)
    rows = list(_rows(definition, shown, data, remarks, marks))
    return nothing | {"data": data, "rows": rows, "offset": offset}


def _rows(
    definition: Definition,
    shown: Version,
    data: ShownRows,
    remarks: Sequence[CellRemark],
    marks: Marks | None,
) -> Iterable[Row]:
    for row in data.rows:
        said = _remarks(definition, shown, data, row, remarks)
        changed = marks.rows.get((row.sheet, row.row)) if marks else {}
        letters = data.letters.get(row.sheet, ())
        cells = [
            Cell(
                address=f"{letter}{row.row}" if letter else "",
                text=text,
                remark=said.get(column, ""),
                former=(changed or {}).get(column),
            )
            for column, letter, text in zip(data.columns, letters, row.cells, strict=True)
        ]
        yield Row(row.sheet, row.row, cells, changed is None)


def _remarks(
    definition: Definition, shown: Version, data: ShownRows, row: ShownRow, remarks: Sequence[CellRemark]
) -> dict[str, str]:
    """By column: those made on this version, and those on an earlier one whose row has the same key."""
    values = dict(zip(data.columns, row.cells, strict=True))
    key = "/".join(values[name] for name in definition.key if values.get(name))
    found: dict[str, list[str]] = {}
    for each in remarks:
        here = each.row == row.row if each.version_id == shown.id else each.key == key != ""
        if here and each.sheet == row.sheet:
            found.setdefault(each.column, []).append(each.text)
    return {column: "；".join(texts) for column, texts in found.items()}
