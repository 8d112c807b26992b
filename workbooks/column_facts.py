"""What a table's columns hold, one after another: totals, spread and counts, last year's beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from checks.definition import Definition, Field
    from checks.rows import Rows

BINS = 10
CHOICES = 8
"""How many values are counted one by one; the rest is told together."""
FEW = 12
"""A text column with more different values than this is no choice."""


@dataclass(frozen=True)
class Spread:
    """Of a number column: how many values, their sum and order statistics."""

    count: int
    total: float
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Bar:
    """How many rows have this value, or a value from ``label`` on, now and last year."""

    label: str
    now: int
    prior: int


@dataclass(frozen=True)
class ColumnFacts:
    """One column; ``spread`` and ``prior_spread`` for numbers only; ``blank``: rows without a value."""

    name: str
    unit: str
    filled: int
    blank: int
    bars: tuple[Bar, ...]
    spread: Spread | None = None
    prior_spread: Spread | None = None


@dataclass(frozen=True)
class SingleValue:
    """One column of a table that has one row, as it was written; empty where there is nothing."""

    name: str
    unit: str
    now: str
    prior: str


def column_facts(definition: Definition, rows: Rows, prior: Rows | None = None) -> list[ColumnFacts]:
    """Every column that can be counted or added up, in the definition's order."""
    found = (
        _facts(field, rows.frame, prior.frame if prior else None)
        for field in definition.fields
        if field.name in rows.frame.columns and not field.identity
    )
    return [each for each in found if each is not None]


def single_values(definition: Definition, rows: Rows, prior: Rows | None = None) -> list[SingleValue]:
    """The values of a table's only row, last year's beside; none where either year has more rows."""
    frames = [rows.frame, *([prior.frame] if prior else [])]
    if any(frame.height > 1 for frame in frames):
        return []
    found = (_single(field, rows.frame, prior.frame if prior else None) for field in definition.fields)
    return [each for each in found if each.now or each.prior]


def _single(field: Field, now: pl.DataFrame, prior: pl.DataFrame | None) -> SingleValue:
    values = ("".join(_column(field.name, frame).cast(pl.String).to_list()) for frame in (now, prior))
    return SingleValue(field.name, field.unit, *values)


def _facts(field: Field, now: pl.DataFrame, prior: pl.DataFrame | None) -> ColumnFacts | None:
    values = now[field.name].drop_nulls()
    before = _column(field.name, prior)
    if values.is_empty() and before.is_empty():
        return None
    numeric = field.type in ("integer", "number")
    if not numeric and not _is_choice(field, values):
        return None
    spread, prior_spread = (_spread(values), _spread(before)) if numeric else (None, None)
    return ColumnFacts(
        name=field.name,
        unit=field.unit,
        filled=values.len(),
        blank=now.height - values.len(),
        bars=_histogram(_numbers(values), _numbers(before)) if numeric else _counts(values, before),
        spread=spread,
        prior_spread=prior_spread,
    )


def _column(name: str, frame: pl.DataFrame | None) -> pl.Series:
    if frame is None or name not in frame.columns:
        return pl.Series(name, [], dtype=pl.String)
    return frame[name].drop_nulls()


def _is_choice(field: Field, values: pl.Series) -> bool:
    if field.enum or field.rule or field.type == "year":
        return True
    return field.type == "string" and not field.sensitive and values.n_unique() <= min(FEW, values.len() // 2)


def _numbers(values: pl.Series) -> pl.Series:
    numbers = values.cast(pl.Float64, strict=False).drop_nulls()
    return numbers.filter(numbers.is_finite())


def _spread(values: pl.Series) -> Spread | None:
    numbers = _numbers(values)
    if numbers.is_empty():
        return None
    low, high, middle = (_float(each) for each in (numbers.min(), numbers.max(), numbers.median()))
    return Spread(numbers.len(), _float(numbers.sum()), low, middle, high)


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _histogram(now: pl.Series, before: pl.Series) -> tuple[Bar, ...]:
    both = pl.concat([now, before])
    if both.is_empty():
        return ()
    low, high = _float(both.min()), _float(both.max())
    step = (high - low) / BINS
    if not step:
        return (Bar(plain(low), now.len(), before.len()),)
    counts = [_binned(series, low, step) for series in (now, before)]
    return tuple(
        Bar(plain(low + number * step), counts[0].get(number, 0), counts[1].get(number, 0))
        for number in range(BINS)
    )


def _binned(series: pl.Series, low: float, step: float) -> dict[int, int]:
    at = ((series - low) / step).floor().clip(0, BINS - 1).cast(pl.Int64).alias("at")
    return dict(at.value_counts().iter_rows())


def _counts(now: pl.Series, before: pl.Series) -> tuple[Bar, ...]:
    counted, former = (
        {str(value): count for value, count in series.value_counts().iter_rows()} for series in (now, before)
    )
    order = sorted(
        {*counted, *former}, key=lambda value: (-counted.get(value, 0), -former.get(value, 0), value)
    )
    bars = [Bar(value, counted.get(value, 0), former.get(value, 0)) for value in order]
    if len(bars) <= CHOICES + 1:
        return tuple(bars)
    rest = bars[CHOICES:]
    return (*bars[:CHOICES], Bar("", sum(bar.now for bar in rest), sum(bar.prior for bar in rest)))


def plain(number: float) -> str:
    """A number as people write it: no exponent, at most two decimals."""
    text = f"{number:,.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
