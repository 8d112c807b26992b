"""What changed against last year more than usual, and what did not change at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from checks.context import CheckContext
from checks.definition import Definition, Field, Sheet
from checks.finding import WARNING, Finding
from checks.last_year import beside, of_sheet
from checks.numbers import percent
from checks.rows import ROW, SHEET, Rows, typed
from plans.notation import quoted
from plans.sentence import Sentence

# Whole numbers and row counts that differ by less say nothing: one class more than two is no jump by half.
FEW = 3
# From this share of untouched rows on, somebody has to say that they were looked at.
UNTOUCHED = 0.9
EXPLAIN = Sentence("请核对；情况属实的，请写明变动的原因。")

Cell = tuple[str, int, str]


def changes(
    definition: Definition, rows: Rows, context: CheckContext, suspected: Collection[Cell]
) -> Iterator[Finding]:
    """Numbers and row counts that moved beyond the table's share; not cells that a unit explains."""
    if context.prior is None:
        return
    shares = {field.name: _share(definition, field) for field in definition.fields}
    asked = [field for field in definition.fields if shares[field.name] and field.name in rows.frame.columns]
    yield from _row_counts(definition, rows, context.prior)
    if not asked or rows.frame.is_empty():
        return
    last = beside(definition, rows, context.prior, [field.name for field in asked])
    for field in asked:
        yield from _moved(field, shares[field.name], rows, last, suspected)


def _share(definition: Definition, field: Field) -> float:
    """Beyond which a change is told, 0 for never; a number without a unit (a serial number) is no amount."""
    if field.type not in ("integer", "number"):
        return 0
    return field.change or (definition.change if field.unit else 0) or 0


def _moved(
    field: Field, share: float, rows: Rows, last: pl.DataFrame, suspected: Collection[Cell]
) -> Iterator[Finding]:
    number = typed(field).cast(pl.Float64)
    here = rows.frame.select(SHEET, ROW, text=field.name, new=number)
    frame = here.with_columns(old_text=last[field.name], old=last.select(number).to_series())
    apart = (pl.col("new") - pl.col("old")).abs()
    # A whisker of room, so that exactly the share is not beyond it.
    beyond = (pl.col("old") != 0) & (apart > share * pl.col("old").abs() * (1 + 1e-9))
    least = FEW if field.type == "integer" else 0
    for sheet, row, text, new, old_text, old in frame.filter(beyond & (apart >= least)).iter_rows():
        if (sheet, row, field.name) not in suspected:
            word = Sentence("增加") if new > old else Sentence("减少")
            by = percent(abs(new - old) / abs(old))
            yield Finding(
                rule="prior-year-change",
                severity=WARNING,
                message=Sentence(
                    "%(text)s比去年的 %(old_text)s %(word)s %(by)s，超过 %(share)s。",
                    text=quoted(text),
                    old_text=old_text,
                    word=word,
                    by=by,
                    share=percent(share),
                ),
                remedy=EXPLAIN,
                sheet=sheet,
                cell=rows.address(sheet, row, field.name),
                row=row,
                column=field.name,
                value=text,
            )


def _row_counts(definition: Definition, rows: Rows, prior: pl.DataFrame) -> Iterator[Finding]:
    if definition.records == "one" or definition.change is None:
        return
    for sheet in definition.sheets:
        new, old = (of_sheet(definition, frame, sheet.name).height for frame in (rows.frame, prior))
        if old and abs(new - old) >= FEW and abs(new - old) > definition.change * old:
            word = Sentence("增加") if new > old else Sentence("减少")
            yield Finding(
                rule="prior-year-change",
                severity=WARNING,
                message=Sentence(
                    "本表今年 %(new)s 行，去年 %(old)s 行，%(word)s %(by)s，超过 %(change)s。",
                    new=new,
                    old=old,
                    word=word,
                    by=percent(abs(new - old) / old),
                    change=percent(definition.change),
                ),
                remedy=EXPLAIN,
                sheet=sheet.name,
                value=str(new),
            )


def untouched(definition: Definition, rows: Rows, context: CheckContext) -> Iterator[Finding]:
    """Sheets whose rows are nearly all the same as last year's."""
    if context.prior is None:
        return
    for sheet in definition.sheets:
        here = of_sheet(definition, rows.frame, sheet.name)
        there = of_sheet(definition, context.prior, sheet.name)
        if here.is_empty() or there.is_empty():
            continue
        same = int(_prints(sheet, here).is_in(_prints(sheet, there).implode()).sum())
        if same >= UNTOUCHED * here.height:
            yield Finding(
                rule="untouched-prefill",
                severity=WARNING,
                message=Sentence(
                    "%(count)s 行中有 %(same)s 行（%(share)s）与去年完全相同。",
                    count=here.height,
                    same=same,
                    share=percent(same / here.height),
                ),
                remedy=Sentence("请逐行核对并更新；确实没有变化的，请写明“确认未变”。"),
                sheet=sheet.name,
                value=str(same),
            )


def _prints(sheet: Sheet, frame: pl.DataFrame) -> pl.Series:
    """One number a row over all columns of the definition; an absent column counts as blank."""
    present = [field.name for field in sheet.fields if field.name in frame.columns]
    absent = [
        pl.lit(None, pl.String).alias(field.name) for field in sheet.fields if field.name not in present
    ]
    whole = frame.select(SHEET, *present) if SHEET in frame.columns else frame.select(present)
    return whole.with_columns(absent).select(field.name for field in sheet.fields).hash_rows()
