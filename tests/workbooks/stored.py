"""Rows as reading a workbook would have stored them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from checks.definition import load_definition
from checks.rows import ROW, SHEET, Rows, empty_rows, to_parquet

Row = Mapping[str, str | None]


def rows_of_table(code: str, rows: Sequence[Row], sheet: str = "") -> Rows:
    """Rows of a table's first sheet (or of the one named) from number 2 on, in all of its columns."""
    definition = load_definition(code)
    empty = empty_rows(definition)
    name = sheet or definition.sheets[0].name
    found = [{SHEET: name, ROW: number, **row} for number, row in enumerate(rows, 2)]
    return Rows(pl.DataFrame(found, schema=empty.frame.schema), empty.columns)


def stored(code: str, rows: Sequence[Row], sheet: str = "") -> bytes:
    """The same as Parquet."""
    return to_parquet(load_definition(code), rows_of_table(code, rows, sheet))
