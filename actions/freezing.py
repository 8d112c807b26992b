"""From a draft's rows to a table's and back; opens no session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from actions.drafts import Beginning
from models import DraftRow, Version
from models.blobs import Blobs

if TYPE_CHECKING:
    from checks.definition import Definition
    from checks.finding import Finding
    from checks.rows import Rows


@dataclass(frozen=True)
class Typed:
    """A draft's rows that hold anything, numbered as in a workbook; ``ids``: the draft's by sheet and row.

    ``moved``: by sheet and row in the draft's source, the row here.
    """

    rows: Rows
    ids: dict[tuple[str, int], int]
    moved: dict[tuple[str, int], int]

    def found(self, findings: Iterable[Finding]) -> list[dict[str, Any]]:
        """The findings, each with the ``row_id`` of the draft's row that it speaks of."""
        return [
            finding.as_dict() | {"row_id": self.ids.get((finding.sheet, finding.row or 0))}
            for finding in findings
        ]


def typed_rows(definition: Definition, rows: Sequence[DraftRow]) -> Typed:
    """The table's rows that a draft (by sheet and place) stands for."""
    import polars as pl

    from checks.rows import ROW, SHEET, Rows, empty_rows

    empty = empty_rows(definition)
    ids: dict[tuple[str, int], int] = {}
    moved: dict[tuple[str, int], int] = {}
    records: list[dict[str, Any]] = []
    for sheet in definition.sheets:
        filled = (row for row in rows if row.sheet == sheet.name and not row.blank)
        for number, row in enumerate(filled, 2):
            ids[sheet.name, number] = row.id or 0
            if row.source_row is not None:
                moved[sheet.name, row.source_row] = number
            records.append({SHEET: sheet.name, ROW: number, **row.cells})
    return Typed(Rows(pl.DataFrame(records, schema=empty.frame.schema), empty.columns), ids, moved)


def numbers_in(
    blobs: Blobs, definition: Definition, rows: Sequence[DraftRow], version: Version | None
) -> dict[int, int]:
    """The version's row number of each row of the draft that it has as well, by the draft row's id."""
    from checks.normalise import normalise
    from checks.rows import from_parquet
    from workbooks.comparison import found_again

    if version is None or version.rows_blob is None:
        return {}
    typed = typed_rows(definition, rows)
    plain, _altered = normalise(definition, typed.rows)
    same = found_again(from_parquet(blobs.get(version.rows_blob)), plain, definition.key)
    return {typed.ids[place]: number for place, number in same.items()}


def beginning_of(blobs: Blobs, base: int, rows_blob: str | None) -> Beginning:
    """A draft's beginning from the stored rows of version ``base`` (0: last year's)."""
    if rows_blob is None:
        return Beginning(base)
    from checks.rows import ROW, SHEET, from_parquet

    stored = from_parquet(blobs.get(rows_blob))
    names = stored.names()
    rows = [
        (sheet, row, {name: cell for name, cell in zip(names, cells, strict=True) if cell})
        for sheet, row, *cells in stored.frame.sort(ROW).select(SHEET, ROW, *names).iter_rows()
    ]
    return Beginning(base, rows)
