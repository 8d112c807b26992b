"""Parts that must make up, or stay within, their total in the same row."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checks.definition import EACH_AT_MOST, EQUAL, Definition, Field, RowSum
from checks.finding import Finding
from checks.numbers import plain
from checks.rows import ROW, SHEET, Rows, typed
from plans.sentence import Sentence

# Money has two decimals, so each part may be half a cent off.
ROUNDING = 0.005
EXACT = 1e-12
SHOWN = 8
TEXT = "text of "
REMEDY = Sentence("请核对合计与各部分，改正填错的一项。")


def row_sums(definition: Definition, rows: Rows) -> Iterator[Finding]:
    """Totals that their parts don't make up.

    Columns that a sheet lacks, and cells that are no numbers, have been told by other rules: such a row, or a
    sum without its total, is left out.
    """
    known = {field.name: field for field in definition.fields}
    for sheet in definition.sheets:
        found = rows.columns.get(sheet.name, ())
        frame = rows.frame.filter(pl.col(SHEET) == sheet.name)
        for wanted in definition.sums:
            parts = [name for name in wanted.parts if name in found]
            whole = len(parts) == len(wanted.parts) or (bool(parts) and wanted.relation != EQUAL)
            if wanted.total in found and whole and not frame.is_empty():
                yield from _broken(wanted, parts, known, frame, rows)


def _broken(
    wanted: RowSum, parts: list[str], known: dict[str, Field], frame: pl.DataFrame, rows: Rows
) -> Iterator[Finding]:
    names = [wanted.total, *parts]
    numbers = [typed(known[name]).cast(pl.Float64) for name in names]
    readable = pl.all_horizontal(
        pl.col(name).is_null() | number.is_not_null() for name, number in zip(names, numbers, strict=True)
    )
    filled = pl.any_horizontal(pl.col(name).is_not_null() for name in names)
    texts = [pl.col(name).fill_null("").alias(TEXT + name) for name in names]
    chosen = frame.filter(readable & filled).select(SHEET, ROW, *numbers, *texts)
    if wanted.relation == EACH_AT_MOST:
        yield from _each(wanted, parts, chosen, rows)
    else:
        yield from _together(wanted, parts, chosen, rows)


def _together(wanted: RowSum, parts: list[str], frame: pl.DataFrame, rows: Rows) -> Iterator[Finding]:
    """The sum of the parts against the total; the finding stands at the total."""
    over = pl.sum_horizontal(parts) - pl.col(wanted.total).fill_null(0)
    apart = over.abs() if wanted.relation == EQUAL else over
    slack = ROUNDING * len(parts) + EXACT * pl.sum_horizontal(pl.col(parts).abs())
    word = Sentence("应等于") if wanted.relation == EQUAL else Sentence("不应小于")
    wrong = frame.filter(apart > slack).select(SHEET, ROW, TEXT + wanted.total, wanted.total, *parts)
    for sheet, row, text, total, *values in wrong.iter_rows():
        whole = plain(sum(value or 0 for value in values))
        message = Sentence(
            "“%(total)s”%(shown)s，%(word)s各部分之和 %(whole)s（%(parts)s）。",
            total=wanted.total,
            shown=_shown(total),
            word=word,
            whole=whole,
            parts=_listed(parts, values),
        )
        yield _finding(wanted, rows, sheet, row, wanted.total, text, message)


def _each(wanted: RowSum, parts: list[str], frame: pl.DataFrame, rows: Rows) -> Iterator[Finding]:
    """Each part against the total; the finding stands at the part."""
    for name in parts:
        over = pl.col(name) - pl.col(wanted.total).fill_null(0)
        wrong = frame.filter(over > ROUNDING + EXACT * pl.col(name).abs())
        shown = wrong.select(SHEET, ROW, TEXT + name, name, wanted.total)
        for sheet, row, text, part, total in shown.iter_rows():
            message = Sentence(
                "“%(name)s”是 %(part)s，不应大于“%(total)s”（%(shown)s）。",
                name=name,
                part=plain(part),
                total=wanted.total,
                shown=_shown(total),
            )
            yield _finding(wanted, rows, sheet, row, name, text, message)


def _shown(value: float | None) -> str:
    return Sentence("是空白") if value is None else Sentence("是 %(value)s", value=plain(value))


def _listed(parts: list[str], values: list[float | None]) -> str:
    """The parts that count, by name."""
    filled = [(name, value) for name, value in zip(parts, values, strict=True) if value is not None]
    if not filled:
        return Sentence("都是空白")
    listed = " + ".join(f"{name} {plain(value)}" for name, value in filled[:SHOWN])
    return listed + (" + ……" if len(filled) > SHOWN else "")


def _finding(
    wanted: RowSum, rows: Rows, sheet: str, row: int, column: str, value: str, message: str
) -> Finding:
    return Finding(
        rule="row-sum",
        severity=wanted.severity,
        message=message,
        remedy=REMEDY,
        sheet=sheet,
        cell=rows.address(sheet, row, column),
        row=row,
        column=column,
        value=value,
    )
