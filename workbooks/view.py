"""A version's rows for showing on a page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ShownRow:
    """One row: its sheet, its row number in the workbook, its cells as text by the columns' order."""

    sheet: str
    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ShownRows:
    """A page of rows; ``total`` counts all rows that were asked for, ``sheets`` the rows of each sheet.

    ``letters``: where the columns stand in each sheet, empty where the sheet has no such column.
    """

    columns: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    total: int
    sheets: dict[str, int]
    letters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_rows(
    content: bytes,
    *,
    sheet: str | None = None,
    offset: int = 0,
    limit: int = 100,
    only: Collection[tuple[str, int]] | None = None,
) -> ShownRows:
    """The rows from ``offset`` on, of one sheet or of all, or only those named by sheet and number.

    Columns without any content there are left out.
    """
    import polars as pl

    from checks.rows import ROW, SHEET, from_parquet, letters

    rows = from_parquet(content)
    sheets = {name: rows.frame.filter(pl.col(SHEET) == name).height for name in rows.columns}
    frame = rows.frame.filter(pl.col(SHEET) == sheet) if sheet else rows.frame
    if only is not None:
        wanted = pl.DataFrame(list(only), schema=[SHEET, ROW], orient="row")
        frame = frame.join(
            wanted.cast({SHEET: pl.String, ROW: frame.schema[ROW]}), on=[SHEET, ROW], how="semi"
        )
    used = [name for name in rows.names() if frame[name].null_count() < frame.height]
    page = frame.slice(offset, limit).select(SHEET, ROW, *used)
    shown = tuple(
        ShownRow(name, row, tuple(cell or "" for cell in cells)) for name, row, *cells in page.iter_rows()
    )
    places = {
        name: tuple(letters(titles.index(column)) if column in titles else "" for column in used)
        for name, titles in rows.columns.items()
    }
    return ShownRows(tuple(used), shown, frame.height, sheets, places)
