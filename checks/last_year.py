"""Last year's rows beside this year's."""

from __future__ import annotations

import polars as pl

from checks.definition import Definition
from checks.keys import key_text
from checks.rows import SHEET, Rows, typed

KEY = "_key"


def beside(definition: Definition, rows: Rows, prior: pl.DataFrame | None, names: list[str]) -> pl.DataFrame:
    """For each row of ``rows`` in their order, last year's text in the columns ``names``; null where none is.

    A row is found by `Definition.match`, the one row of a table without it by being the only one; a match
    that last year had twice says nothing.
    """
    here, there = _keyed(definition, rows.frame, []), _keyed(definition, prior, names)
    if here is None or there is None:
        return rows.frame.with_columns(pl.lit(None, pl.String).alias(name) for name in names).select(names)
    once = there.drop_nulls(KEY).unique(KEY, keep="none")
    return here.join(once, on=KEY, how="left", maintain_order="left").select(names)


def _keyed(definition: Definition, frame: pl.DataFrame | None, names: list[str]) -> pl.DataFrame | None:
    """The rows' matching keys beside the columns ``names`` as text; None where they cannot be matched."""
    if frame is None:
        return None
    present = [_text(frame, name) for name in names]
    if definition.match:
        if not set(definition.match) <= set(frame.columns):
            return None
        known = {field.name: field for field in definition.fields}
        parts = [pl.coalesce(typed(known[name]).cast(pl.String), name) for name in definition.match]
        filled = pl.any_horizontal(pl.col(name).is_not_null() for name in definition.match)
        joined = key_text(parts)
        return frame.select(*present, pl.when(filled).then(joined).alias(KEY))
    alone = definition.records == "one" and frame.height == 1
    return frame.select(*present, pl.lit("").alias(KEY)) if alone else None


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    if name not in frame.columns:
        return pl.lit(None, pl.String).alias(name)
    return pl.col(name).cast(pl.String)


def of_sheet(definition: Definition, frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows of a sheet; all rows where the table has one sheet only, whatever it was called then."""
    if len(definition.sheets) == 1 or SHEET not in frame.columns:
        return frame
    return frame.filter(pl.col(SHEET) == name)
