"""A table's rows as the check sees them: text, each with its sheet and row number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import polars as pl

from checks.definition import Definition, Field

SHEET = "_sheet"
ROW = "_row"
LAYOUT = "caiji"


@dataclass(frozen=True)
class Rows:
    """``frame``: `_sheet`, `_row` (1-based) and one text column a data column, blank cells null.

    ``columns``: for each sheet its headings from column A on, blank where a heading is.
    """

    frame: pl.DataFrame
    columns: Mapping[str, tuple[str, ...]]

    def names(self) -> list[str]:
        """The data columns."""
        return [name for name in self.frame.columns if name not in (SHEET, ROW)]

    def address(self, sheet: str, row: int, column: str) -> str:
        """The cell such as F17; empty where the sheet has no such column."""
        headings = self.columns.get(sheet, ())
        return f"{letters(headings.index(column))}{row}" if column in headings else ""

    def place(self, sheet: str, column: str) -> int:
        """The column's position in the sheet, after all others where it has none."""
        headings = self.columns.get(sheet, ())
        return headings.index(column) if column in headings else len(headings)

    def cells(self, column: str, mask: pl.Series) -> Iterator[tuple[str, int, str]]:
        """Sheet, row and text of the column's cells where the mask holds."""
        chosen = self.frame.select(SHEET, ROW, column).filter(mask.fill_null(False))
        for sheet, row, value in chosen.iter_rows():
            yield sheet, row, value or ""


def letters(position: int) -> str:
    """A column's letters by its position: 0 is A, 26 is AA."""
    found = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def empty_rows(definition: Definition) -> Rows:
    """No rows, with the definition's own columns."""
    schema: dict[str, Any] = {SHEET: pl.String, ROW: pl.Int64}
    schema |= {field.name: pl.String for field in definition.fields}
    columns = {sheet.name: tuple(field.name for field in sheet.fields) for sheet in definition.sheets}
    return Rows(pl.DataFrame(schema=schema), columns)


def typed(field: Field) -> pl.Expr:
    """The column's values in their type, null where the text is not of it."""
    text = pl.col(field.name)
    if field.type == "integer":
        return text.cast(pl.Int64, strict=False)
    if field.type == "number":
        plain = text.str.contains(r"^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$")
        return pl.when(plain).then(text).cast(pl.Float64, strict=False)
    if field.type == "year":
        return pl.when(text.str.contains(r"^[0-9]{4}$")).then(text).cast(pl.Int64, strict=False)
    if field.type == "date":
        return _date(text, 6 if field.format == "%Y%m" else 8)
    return text


def _date(text: pl.Expr, digits: int) -> pl.Expr:
    written = pl.when(text.str.contains(rf"^[0-9]{{{digits}}}$")).then(text)
    whole = written if digits == 8 else written + "01"
    return whole.str.to_date("%Y%m%d", strict=False)


def to_parquet(definition: Definition, rows: Rows) -> bytes:
    """The rows typed by the definition; a column with a value not of its type stays text.  Deterministic."""
    known = {field.name: field for field in definition.fields}
    exact = rows.frame.with_columns(typed(known[name]) for name in rows.names() if name in known)
    lossless = [
        name
        for name in rows.names()
        if name in known and exact[name].null_count() == rows.frame[name].null_count()
    ]
    out = BytesIO()
    stored = rows.frame.with_columns(exact[name] for name in lossless)
    dates = {name: known[name].format for name in lossless if known[name].type == "date"}
    layout = json.dumps({"columns": rows.columns, "dates": dates}, ensure_ascii=False)
    stored.write_parquet(out, metadata={LAYOUT: layout})
    return out.getvalue()


def from_parquet(content: bytes) -> Rows:
    """The rows that `to_parquet` wrote, as text again."""
    frame = pl.read_parquet(BytesIO(content))
    layout = json.loads(pl.read_parquet_metadata(BytesIO(content))[LAYOUT])
    text = [
        _as_text(name, frame[name].dtype, layout["dates"].get(name, "%Y%m%d"))
        for name in frame.columns
        if name not in (SHEET, ROW)
    ]
    return Rows(frame.with_columns(text), {sheet: tuple(names) for sheet, names in layout["columns"].items()})


def _as_text(name: str, dtype: pl.DataType, date_format: str) -> pl.Expr:
    """A typed column as it would be written in a cell."""
    if dtype == pl.Date:
        return pl.col(name).dt.to_string(date_format)
    if dtype == pl.Float64:
        return pl.col(name).cast(pl.String).str.replace(r"\.0$", "")
    return pl.col(name).cast(pl.String)
