"""A version's rows for showing on a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShownRow:
    """One row: its sheet, its row number in the workbook, its cells as text by the columns' order."""

    sheet: str
    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ShownRows:
    """A page of rows; ``total`` counts all rows, ``sheets`` the rows of each sheet."""

    columns: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    total: int
    sheets: dict[str, int]


def read_rows(content: bytes, *, sheet: str | None = None, offset: int = 0, limit: int = 100) -> ShownRows:
    """The rows from ``offset`` on, of one sheet or of all; columns without any content there are left out."""
    import polars as pl

    from checks.rows import ROW, SHEET, from_parquet

    rows = from_parquet(content)
    sheets = {name: rows.frame.filter(pl.col(SHEET) == name).height for name in rows.columns}
    frame = rows.frame.filter(pl.col(SHEET) == sheet) if sheet else rows.frame
    used = [name for name in rows.names() if frame[name].null_count() < frame.height]
    page = frame.slice(offset, limit).select(SHEET, ROW, *used)
    shown = tuple(
        ShownRow(name, row, tuple(cell or "" for cell in cells)) for name, row, *cells in page.iter_rows()
    )
    return ShownRows(tuple(used), shown, frame.height, sheets)
