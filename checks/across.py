"""Keys that stand in several departments' parts of one table (P11): told, never blocking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from checks.definition import load_definition
from checks.finding import WARNING, Finding
from plans.sentence import Sentence

if TYPE_CHECKING:
    import polars as pl

    from checks.definition import Definition
    from checks.rows import Rows

    Holders = Callable[[tuple[str, ...]], pl.DataFrame]


def repeated_elsewhere(
    code: str, content: bytes, others: Sequence[tuple[str, bytes]], standing: str = Sentence("已审核")
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
    found = repeated(definition, rows, lambda names: holders_of(names, others), standing)
    return in_cell_order(definition, rows, found)


def repeated(
    definition: Definition, rows: Rows, holders: Holders, standing: str = Sentence("已审核")
) -> Iterator[Finding]:
    """Rows whose key others have; ``holders`` tells who has which, by the names of the key's columns."""
    import polars as pl

    from checks.keys import key_said
    from checks.rows import ROW, SHEET

    names = tuple(name for name in definition.key if name in rows.frame.columns)
    if not names:
        return
    keyed = rows.frame.select(SHEET, ROW, _key(names), value=pl.col(names[0])).drop_nulls("value")
    departments: dict[str, list[str]] = {}
    for key, department in (
        holders(names).join(keyed, on="key", how="semi", maintain_order="left").iter_rows()
    ):
        departments.setdefault(key, []).append(department)
    for sheet, row, key, value in keyed.filter(pl.col("key").is_in(list(departments))).iter_rows():
        yield Finding(
            rule="duplicate-across",
            severity=WARNING,
            message=Sentence(
                "%(key)s 在%(departments)s%(standing)s的数据里也有。",
                key=key_said(names, key),
                departments="、".join(departments[key]),
                standing=standing,
            ),
            remedy=Sentence(
                "请与对方核对：同一条数据全院只报一次的，由一方删除；确属两方各自的，写明情况即可。"
            ),
            sheet=sheet,
            cell=rows.address(sheet, row, names[0]),
            row=row,
            column=names[0],
            value=value,
        )


def holders_of(names: Sequence[str], parts: Iterable[tuple[str, bytes]]) -> pl.DataFrame:
    """The keys of these columns (``key``) with each department that has them, in the order of the parts."""
    import polars as pl

    from checks.rows import from_parquet

    found = [pl.DataFrame(schema={"key": pl.String, "department": pl.String})]
    for department, part in parts:
        frame = from_parquet(part).frame
        if set(names) <= set(frame.columns):
            keys = frame.select(_key(names)).unique(maintain_order=True)
            found.append(keys.with_columns(department=pl.lit(department)))
    return pl.concat(found)


def held_twice(holders: pl.DataFrame) -> pl.DataFrame:
    """Those keys that several departments have."""
    import polars as pl

    return holders.filter(pl.len().over("key") > 1)


def _key(names: Sequence[str]) -> pl.Expr:
    import polars as pl

    from checks.keys import key_text

    return key_text(pl.col(name) for name in names).alias("key")
