"""A column's bars as shapes in a fixed frame; the template draws them as SVG without script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from models.blobs import Blobs

if TYPE_CHECKING:
    from checks.definition import Definition
    from workbooks.column_facts import Bar, ColumnFacts, SingleValue

WIDTH, HEIGHT, GAP = 220.0, 56.0, 2.0
LINE = 22.0
LABEL, LENGTH = 84.0, 100.0


@dataclass(frozen=True)
class Shape:
    """A bar's rectangle now and last year, beside its label and numbers."""

    bar: Bar
    x: float
    y: float
    width: float
    height: float
    prior_y: float
    prior_width: float
    prior_height: float


@dataclass(frozen=True)
class ColumnChart:
    """A column's facts with its shapes; ``upright``: a histogram, else one line a value."""

    facts: ColumnFacts
    upright: bool
    width: float
    height: float
    shapes: Sequence[Shape]


@dataclass(frozen=True)
class Columns:
    """What the columns hold: charts, or the values of the only row, of which no chart says more."""

    charts: Sequence[ColumnChart] = ()
    values: Sequence[SingleValue] = ()


def chart_of(facts: ColumnFacts) -> ColumnChart:
    """Numbers stand upright side by side, values lie under each other; last year's on the same scale."""
    most = max([1, *(max(bar.now, bar.prior) for bar in facts.bars)])
    if facts.spread is None and facts.prior_spread is None:
        shapes = [_lying(bar, at, most) for at, bar in enumerate(facts.bars)]
        return ColumnChart(facts, False, WIDTH, round(LINE * len(shapes), 1), shapes)
    step = WIDTH / max(len(facts.bars), 1)
    shapes = [_standing(bar, at, step, most) for at, bar in enumerate(facts.bars)]
    return ColumnChart(facts, True, WIDTH, HEIGHT, shapes)


def _standing(bar: Bar, at: int, step: float, most: int) -> Shape:
    now, prior = HEIGHT * bar.now / most, HEIGHT * bar.prior / most
    width = min(step, WIDTH / 4) - GAP
    place = [at * step, HEIGHT - now, width, now, HEIGHT - prior, width, prior]
    return Shape(bar, *(round(each, 1) for each in place))


def _lying(bar: Bar, at: int, most: int) -> Shape:
    now, prior = LENGTH * bar.now / most, LENGTH * bar.prior / most
    top = at * LINE
    place = [LABEL, top + 4, now, 9.0, top + 14, prior, 3.0]
    return Shape(bar, *(round(each, 1) for each in place))


@lru_cache(maxsize=64)
def columns(blobs: Blobs, definition: Definition, rows_blob: str, prior_blob: str | None) -> Columns:
    """The columns of stored rows beside last year's; computed once for the same bytes."""
    from checks.rows import from_parquet
    from workbooks.column_facts import column_facts, single_values

    rows = from_parquet(blobs.get(rows_blob))
    prior = from_parquet(blobs.get(prior_blob)) if prior_blob else None
    if values := single_values(definition, rows, prior):
        return Columns(values=values)
    return Columns([chart_of(each) for each in column_facts(definition, rows, prior)])
