"""Totals, spread and counts of columns, last year's beside."""

from __future__ import annotations

import polars as pl

from checks.rows import ROW, SHEET, Rows
from tests.checks.frames import define
from workbooks.column_facts import Bar, ColumnFacts, Spread, column_facts, plain

TABLE = define("""
  - {name: 编号, type: string, identity: true}
  - {name: 人数, type: integer, unit: 人}
  - {name: 性质, type: string, constraints: {enum: [公办, 民办]}}
  - {name: 说明, type: string}
""")


def rows(*cells: tuple[str | None, ...]) -> Rows:
    names = ("编号", "人数", "性质", "说明")
    schema = {SHEET: pl.String, ROW: pl.Int64} | dict.fromkeys(names, pl.String)
    found = [{SHEET: "s", ROW: at, **dict(zip(names, row, strict=True))} for at, row in enumerate(cells, 2)]
    return Rows(pl.DataFrame(found, schema=schema), {"s": names})


def test_numbers_add_up_and_choices_are_counted() -> None:
    now = rows(
        ("1", "10", "公办", "a"), ("2", "20", "公办", "b"), ("3", None, "民办", "c"), ("4", "60", None, "d")
    )
    numbers, choices = column_facts(TABLE, now)
    assert (numbers.name, numbers.unit, numbers.filled, numbers.blank) == ("人数", "人", 3, 1)
    assert numbers.spread == Spread(3, 90, 10, 20, 60)
    assert [bar.now for bar in numbers.bars] == [1, 0, 1, 0, 0, 0, 0, 0, 0, 1]
    assert [bar.label for bar in numbers.bars][:3] == ["10", "15", "20"]
    assert choices == ColumnFacts("性质", "", 3, 1, (Bar("公办", 2, 0), Bar("民办", 1, 0)))


def test_last_year_stands_beside_in_the_same_bins() -> None:
    now, before = rows(("1", "0", "公办", None), ("2", "10", "公办", None)), rows(("1", "100", "民办", None))
    numbers, choices = column_facts(TABLE, now, before)
    assert numbers.prior_spread == Spread(1, 100, 100, 100, 100)
    assert [(bar.now, bar.prior) for bar in numbers.bars] == [(1, 0), (1, 0), *[(0, 0)] * 7, (0, 1)]
    assert choices.bars == (Bar("公办", 2, 0), Bar("民办", 0, 1))


def test_one_value_is_one_bar_and_rubbish_is_left_out() -> None:
    (numbers,) = column_facts(
        TABLE, rows(("1", "7", None, None), ("2", "7", None, None), ("3", "很多", None, None))
    )
    assert numbers.spread == Spread(2, 14, 7, 7, 7)
    assert numbers.bars == (Bar("7", 2, 0),)
    (rubbish,) = column_facts(TABLE, rows(("1", "很多", None, None)))
    assert (rubbish.spread, rubbish.bars, rubbish.filled) == (None, (), 1)
    assert column_facts(TABLE, rows()) == []


def test_many_values_are_told_together() -> None:
    many = define("  - {name: 年份, type: year}")
    schema = {SHEET: pl.String, ROW: pl.Int64, "年份": pl.String}
    frame = pl.DataFrame(
        [{SHEET: "s", ROW: n, "年份": str(2000 + n % 15)} for n in range(150)], schema=schema
    )
    (found,) = column_facts(many, Rows(frame, {"s": ("年份",)}))
    assert [bar.now for bar in found.bars] == [10] * 8 + [70]
    assert (found.bars[0].label, found.bars[-1].label) == ("2000", "")


def test_numbers_are_written_as_people_write_them() -> None:
    assert [plain(n) for n in (0, -0.001, 1234567.5, 1e9, 0.126)] == [
        "0",
        "0",
        "1,234,567.5",
        "1,000,000,000",
        "0.13",
    ]
