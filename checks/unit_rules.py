"""Numbers that look as if they were typed in another unit (S9)."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

import polars as pl

from checks.context import CheckContext
from checks.definition import Definition, Field
from checks.finding import WARNING, Finding
from checks.last_year import beside
from checks.numbers import plain
from checks.rows import ROW, SHEET, Rows, typed
from checks.units import Mistake, mended, mistakes
from plans.notation import quoted
from plans.sentence import Sentence

# In the right unit the value must be within this of last year's.
LEAST, MOST = 0.4, 2.5
# Fewer other rows say nothing about a column's usual size.
SIBLINGS = 8
# Mistakes are few, and far from the other rows: in spreads of their sizes, in shares of the factor (logs).
MINORITY = 1 / 3
SPREADS = 5.0
FAR, GAP = 0.6, 0.65
STRETCH = 1.5
NARROWEST = 0.25


def unit_suspects(definition: Definition, rows: Rows, context: CheckContext) -> list[Finding]:
    """Cells that fit last year's row, or else the other rows, only in another unit; each with a proposal."""
    asked = [
        (field, mistakes(field))
        for field in definition.fields
        if field.name in rows.frame.columns and mistakes(field)
    ]
    if not asked or rows.frame.is_empty():
        return []
    last = beside(definition, rows, context.prior, [field.name for field, _ in asked])
    return [finding for field, ways in asked for finding in _of_field(field, ways, rows, last)]


def _of_field(field: Field, ways: tuple[Mistake, ...], rows: Rows, last: pl.DataFrame) -> Iterator[Finding]:
    here = rows.frame.select(SHEET, ROW, text=field.name, value=_positive(field))
    frame = here.with_columns(old_text=last[field.name], old=last.select(_positive(field)).to_series())
    for mistake in ways:
        yield from _unlike_last_year(field, mistake, frame, rows)
        yield from _unlike_siblings(field, mistake, frame, rows)


def _positive(field: Field) -> pl.Expr:
    value = typed(field).cast(pl.Float64)
    return pl.when((value > 0) & value.is_finite()).then(value)


def _unlike_last_year(field: Field, mistake: Mistake, frame: pl.DataFrame, rows: Rows) -> Iterator[Finding]:
    right = pl.col("value") * float(mistake.factor) / pl.col("old")
    for sheet, row, text, value, old_text, old in frame.filter(right.is_between(LEAST, MOST)).iter_rows():
        times = plain(round(max(value / old, old / value)))
        why = Sentence("去年是 %(old_text)s，相差约 %(times)s 倍", old_text=old_text, times=times)
        yield _finding(field, mistake, rows, (sheet, row, text), why)


def _unlike_siblings(field: Field, mistake: Mistake, frame: pl.DataFrame, rows: Rows) -> Iterator[Finding]:
    """Judged by the column's usual size, where last year doesn't know the row."""
    if frame["value"].count() <= SIBLINGS:
        return
    logs = frame["value"].log()
    away = _strays(logs - _number(logs.median()), log(float(mistake.factor)))
    usual = plain(_number(frame["value"].filter(~away).median()))
    for sheet, row, text, _, _, old in frame.filter(away).iter_rows():
        if old is None:
            yield _finding(
                field,
                mistake,
                rows,
                (sheet, row, text),
                Sentence("本列其他行一般在 %(usual)s 左右", usual=usual),
            )


def _strays(apart: pl.Series, factor: float) -> pl.Series:
    """Which distances (logs) from the middle are a mistake by ``factor`` (log), not just a long tail.

    Multiplied by the factor they come back among the others, and nothing lies in a wide gap between.
    """
    spread = max(1.4826 * _number(apart.abs().median()), NARROWEST)
    outward = apart * (-1 if factor > 0 else 1)
    back = (apart + factor).abs() <= max(log(MOST), 2 * spread)
    away = (back & (outward >= max(FAR * abs(factor), SPREADS * spread))).fill_null(False)
    if not away.any() or away.sum() > MINORITY * apart.count():
        return pl.repeat(False, len(apart), eager=True)
    reach = max(_number(outward.filter(~away).max()), 0)
    gap = _number(outward.filter(away).min()) - reach
    enough = gap >= max(GAP * abs(factor), STRETCH * reach)
    return away if enough else pl.repeat(False, len(apart), eager=True)


def _number(value: object) -> float:
    """What an aggregate of floats gives; 0 of none."""
    return value if isinstance(value, float) else 0.0


def _finding(field: Field, mistake: Mistake, rows: Rows, cell: tuple[str, int, str], why: str) -> Finding:
    sheet, row, text = cell
    proposal = mended(text, mistake, field)
    return Finding(
        rule="unit-suspect",
        severity=WARNING,
        message=Sentence(
            "%(text)s可能把“%(unit)s”填成了“%(mistaken)s”：%(why)s。",
            text=quoted(text),
            unit=field.unit,
            mistaken=mistake.unit,
            why=why,
        ),
        remedy=Sentence(
            "“%(name)s”的单位是%(unit)s，请改为 %(proposal)s；确实是这个数的，请写明原因。",
            name=field.name,
            unit=field.unit,
            proposal=proposal,
        ),
        sheet=sheet,
        cell=rows.address(sheet, row, field.name),
        row=row,
        column=field.name,
        value=text,
        proposal=proposal,
    )
