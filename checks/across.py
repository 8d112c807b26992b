"""Keys that stand in several departments' parts of one table (P11): told, never blocking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from checks.definition import load_definition
from checks.finding import WARNING, Finding

if TYPE_CHECKING:
    import polars as pl

    from checks.rows import Rows


def repeated_elsewhere(
    code: str, content: bytes, others: Sequence[tuple[str, bytes]], standing: str = "已审核"
) -> list[Finding]:
    """Rows (Parquet) whose key another department's part has, in cell order.

    ``others``: departments and their parts, which are ``standing`` (approved, in words).  A table without a
    key has nothing to compare.
    """
    definition = load_definition(code)
    if not definition.key or not others:
        return []
    from checks.engine import in_cell_order
    from checks.rows import from_parquet

    rows = from_parquet(content)
    names = [name for name in definition.key if name in rows.frame.columns]
    return in_cell_order(definition, rows, _repeated(rows, names, others, standing)) if names else []


def _repeated(
    rows: Rows, names: list[str], others: Sequence[tuple[str, bytes]], standing: str
) -> Iterator[Finding]:
    import polars as pl

    from checks.keys import key_said
    from checks.rows import ROW, SHEET

    keyed = rows.frame.select(SHEET, ROW, _key(names), value=pl.col(names[0])).drop_nulls("value")
    holders = _holders(keyed, names, others)
    for sheet, row, key, value in keyed.filter(pl.col("key").is_in(list(holders))).iter_rows():
        yield Finding(
            rule="duplicate-across",
            severity=WARNING,
            message=f"{key_said(names, key)} 在{'、'.join(holders[key])}{standing}的数据里也有。",
            remedy="请与对方核对：同一条数据全院只报一次的，由一方删除；确属两方各自的，写明情况即可。",
            sheet=sheet,
            cell=rows.address(sheet, row, names[0]),
            row=row,
            column=names[0],
            value=value,
        )


def _holders(
    keyed: pl.DataFrame, names: list[str], others: Sequence[tuple[str, bytes]]
) -> dict[str, list[str]]:
    """Which departments have which of these keys."""
    from checks.rows import from_parquet

    found: dict[str, list[str]] = {}
    for department, part in others:
        frame = from_parquet(part).frame
        if set(names) <= set(frame.columns):
            both = frame.select(_key(names)).join(keyed, on="key", how="semi")["key"].unique()
            for key in both.to_list():
                found.setdefault(key, []).append(department)
    return found


def _key(names: list[str]) -> pl.Expr:
    import polars as pl

    from checks.keys import key_text

    return key_text(pl.col(name) for name in names).alias("key")
