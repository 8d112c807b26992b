"""What differs between two states of a table: rows found again by their key, then compared cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from checks.rows import ROW, SHEET, Rows

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
KINDS = (CHANGED, ADDED, REMOVED)
SUMMARY = 6
ALIKE = 0.5
"""Share of filled cells that two rows of the same number must have in common to be one row with a new key."""
_ID, _NTH, _ROWS, _AT, _ORDER, _WITH = "_id", "_nth", "_rows", "_at", "_order", "_with"
_LIST = {
    "kind": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "old_row": pl.Int64,
    "key": pl.String,
    "column": pl.String,
    "old": pl.String,
    "new": pl.String,
    _ORDER: pl.Int64,
}


NOTHING = Rows(pl.DataFrame(schema={SHEET: pl.String, ROW: pl.Int64}), {})
"""The rows of a nil return."""


@dataclass(frozen=True)
class Change:
    """A changed cell, or a row that was added or removed (no ``column``; first cells as ``new``, ``old``).

    ``row`` is the newer state's row number, the older one's for a removed row; ``old_row`` None where added.
    ``beside``: the cell's value in a third state (None: it has no such row).
    """

    kind: str
    sheet: str
    row: int
    old_row: int | None
    key: str
    column: str
    old: str
    new: str
    beside: str | None = None


@dataclass(frozen=True)
class Comparison:
    """How much differs, and every difference in the order of the sheets' rows and columns."""

    rows_added: int
    rows_removed: int
    rows_changed: int
    cells_changed: int
    listed: pl.DataFrame

    def count(self, kind: str = "") -> int:
        """How many differences of one kind, or of all, the list has."""
        counts = {CHANGED: self.cells_changed, ADDED: self.rows_added, REMOVED: self.rows_removed}
        return counts[kind] if kind else self.listed.height

    def changes(self, *, kind: str = "", offset: int = 0, limit: int | None = None) -> list[Change]:
        """The differences from ``offset`` on, of one kind or of all."""
        chosen = self.listed.filter(pl.col("kind") == kind) if kind else self.listed
        return [Change(*row) for row in chosen.drop(_ORDER).slice(offset, limit).iter_rows()]


def compare(older: Rows, newer: Rows, key: Sequence[str]) -> Comparison:
    """The difference; a row is the same where sheet and ``key`` are (all its cells where there is no key).

    Of rows with one key the first stands against the first.  Of the others those are the same that agree in
    everything but the key, then those of one number with half of their cells in common, or alone in a sheet.
    """
    columns = list(dict.fromkeys([*newer.names(), *older.names()]))
    old, new = _prepared(older, columns, key), _prepared(newer, columns, key)
    pairs = _pairs(old, new, columns, key)
    was, now = old[pairs["old"]], new[pairs["new"]]
    cells = _changed_cells(was, now, columns, key)
    added = new.join(pairs, left_on=_AT, right_on="new", how="anti")
    removed = old.join(pairs, left_on=_AT, right_on="old", how="anti")
    sheets = list(dict.fromkeys([*newer.columns, *older.columns]))
    listed = [cells, _whole_rows(added, ADDED, columns, key), _whole_rows(removed, REMOVED, columns, key)]
    return Comparison(
        rows_added=added.height,
        rows_removed=removed.height,
        rows_changed=cells.select(pl.struct("sheet", "row").n_unique()).item() if cells.height else 0,
        cells_changed=cells.height,
        listed=_in_order(pl.concat(listed), sheets),
    )


def found_again(older: Rows, newer: Rows, key: Sequence[str]) -> dict[tuple[str, int], int]:
    """The number in the older state of each newer row that is the same row, by sheet and number."""
    columns = list(dict.fromkeys([*newer.names(), *older.names()]))
    old, new = _prepared(older, columns, key), _prepared(newer, columns, key)
    pairs = _pairs(old, new, columns, key)
    places = new[pairs["new"]].select(SHEET, ROW, was=old[pairs["old"]][ROW])
    return {(sheet, row): was for sheet, row, was in places.iter_rows()}


def beside(changes: Sequence[Change], newer: Rows, third: Rows, key: Sequence[str]) -> list[Change]:
    """The same changes, each with the value that its cell has in a third state, such as last year's."""
    from dataclasses import replace

    columns = list(dict.fromkeys([*newer.names(), *third.names()]))
    new, other = _prepared(newer, columns, key), _prepared(third, columns, key)
    pairs = _pairs(other, new, columns, key)
    found = new[pairs["new"]].select(SHEET, ROW).with_columns(pairs["old"].alias(_WITH))
    wanted = pl.DataFrame(
        [(each.sheet, each.row) for each in changes if each.kind != REMOVED],
        schema={SHEET: pl.String, ROW: new.schema[ROW]},
        orient="row",
    ).unique()
    near = {(sheet, row): at for sheet, row, at in found.join(wanted, on=[SHEET, ROW]).iter_rows()}
    return [
        replace(each, beside=_value(other, near[each.sheet, each.row], each.column))
        if (each.sheet, each.row) in near and each.column and each.kind != REMOVED
        else each
        for each in changes
    ]


def _value(frame: pl.DataFrame, at: int, column: str) -> str:
    return frame[column][at] or ""


def _prepared(rows: Rows, columns: Sequence[str], key: Sequence[str]) -> pl.DataFrame:
    """All columns as text without nulls, each row with its identity and how many times that came before."""
    have = set(rows.frame.columns)
    names = [name for name in key if name in columns]
    text = [
        (pl.col(name).fill_null("") if name in have else pl.lit("")).cast(pl.String).alias(name)
        for name in columns
    ]
    frame = rows.frame.select(SHEET, pl.col(ROW).cast(pl.Int64), *text)
    told = names or list(columns)
    identity = pl.concat_str(told, separator="\x1f") if told else pl.lit("")
    return (
        frame.with_columns(identity.alias(_ID))
        .with_columns(pl.int_range(pl.len()).over(SHEET, _ID).alias(_NTH), pl.len().over(SHEET).alias(_ROWS))
        .with_row_index(_AT)
    )


def _pairs(old: pl.DataFrame, new: pl.DataFrame, columns: Sequence[str], key: Sequence[str]) -> pl.DataFrame:
    """The positions ``old`` and ``new`` of rows that are the same row, in the newer one's order."""
    found = _joined(old, new, [SHEET, _ID, _NTH])
    others = [name for name in columns if name not in key]
    for again in (_by_content, _by_number, _by_being_alone):
        left = old.join(found, left_on=_AT, right_on="old", how="anti")
        right = new.join(found, left_on=_AT, right_on="new", how="anti")
        if others and left.height and right.height:
            found = pl.concat([found, again(left, right, others)])
    return found.sort("new")


def _joined(old: pl.DataFrame, new: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    return (
        new.select(pl.col(_AT).alias("new"), *on)
        .join(old.select(pl.col(_AT).alias("old"), *on), on=on)
        .select("old", "new")
    )


def _by_content(old: pl.DataFrame, new: pl.DataFrame, others: list[str]) -> pl.DataFrame:
    told = pl.any_horizontal(pl.col(name) != "" for name in others)
    nth = pl.int_range(pl.len()).over(SHEET, *others).alias(_NTH)
    return _joined(
        old.filter(told).with_columns(nth), new.filter(told).with_columns(nth), [SHEET, *others, _NTH]
    )


def _by_number(old: pl.DataFrame, new: pl.DataFrame, others: list[str]) -> pl.DataFrame:
    pairs = _joined(old, new, [SHEET, ROW])
    was = old.select(_AT, *others).rename({_AT: "old"})
    now = new.select(_AT, *(pl.col(name).alias(f"{name}\x1f") for name in others)).rename({_AT: "new"})
    near = pairs.join(was, on="old").join(now, on="new")
    filled = [(pl.col(name) != "") | (pl.col(f"{name}\x1f") != "") for name in others]
    same = [(pl.col(name) != "") & (pl.col(name) == pl.col(f"{name}\x1f")) for name in others]
    alike = pl.sum_horizontal(same) >= ALIKE * pl.sum_horizontal(filled).clip(1)
    return near.filter(alike).select("old", "new")


def _by_being_alone(old: pl.DataFrame, new: pl.DataFrame, others: list[str]) -> pl.DataFrame:
    alone = pl.col(_ROWS) == 1
    return _joined(old.filter(alone), new.filter(alone), [SHEET])


def _changed_cells(
    was: pl.DataFrame, now: pl.DataFrame, columns: Sequence[str], key: Sequence[str]
) -> pl.DataFrame:
    parts = [pl.DataFrame(schema=_LIST)]
    shown = _key_text(columns, key)
    for order, name in enumerate(columns):
        mask = was[name] != now[name]
        if not mask.any():
            continue
        before = was.filter(mask)
        parts.append(
            now.filter(mask).select(
                pl.lit(CHANGED).alias("kind"),
                pl.col(SHEET).alias("sheet"),
                pl.col(ROW).alias("row"),
                before[ROW].alias("old_row"),
                shown.alias("key"),
                pl.lit(name).alias("column"),
                before[name].alias("old"),
                pl.col(name).alias("new"),
                pl.lit(order, pl.Int64).alias(_ORDER),
            )
        )
    return pl.concat(parts)


def _whole_rows(rows: pl.DataFrame, kind: str, columns: Sequence[str], key: Sequence[str]) -> pl.DataFrame:
    filled = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in columns]
    text = (
        pl.concat_list(filled).list.drop_nulls().list.head(SUMMARY).list.join(" · ") if filled else pl.lit("")
    )
    gone = kind == REMOVED
    return rows.select(
        pl.lit(kind).alias("kind"),
        pl.col(SHEET).alias("sheet"),
        pl.col(ROW).alias("row"),
        (pl.col(ROW) if gone else pl.lit(None, pl.Int64)).alias("old_row"),
        _key_text(columns, key).alias("key"),
        pl.lit("").alias("column"),
        (text if gone else pl.lit("")).alias("old"),
        (pl.lit("") if gone else text).alias("new"),
        pl.lit(-1, pl.Int64).alias(_ORDER),
    )


def _key_text(columns: Sequence[str], key: Sequence[str]) -> pl.Expr:
    names = [name for name in key if name in columns]
    parts = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in names]
    return pl.concat_str(parts, separator="/", ignore_nulls=True) if parts else pl.lit("")


def _in_order(listed: pl.DataFrame, sheets: Iterable[str]) -> pl.DataFrame:
    order = {sheet: number for number, sheet in enumerate(sheets)}
    place = pl.col("sheet").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    return listed.sort(place, "row", pl.col("kind") == REMOVED, _ORDER, maintain_order=True)
