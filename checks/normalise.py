"""Paste dirt made plain before the check: spaces, full-width digits, loose dates, 无 and / for nothing.

Every cell that is altered is listed; what a person could mean in two ways is left for the check to refuse.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checks.definition import Definition, Field
from checks.finding import INFO, Finding
from checks.listed import MOST
from checks.rows import Rows
from plans.notation import quoted
from plans.sentence import Sentence

BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u200e\u200f\ufeff"
NOTHING = ("无", "/", "／", "\\", "-", "－", "—", "——")
FULL = [*(chr(0xFF10 + n) for n in range(10)), *(chr(0xFF21 + n) for n in range(26))]
FULL += [*(chr(0xFF41 + n) for n in range(26)), "．", "－", "，", "／"]
HALF = [*"0123456789", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *"abcdefghijklmnopqrstuvwxyz", ".", "-", ",", "/"]

CELL_DATE = r"^([0-9]{4})-([0-9]{2})-([0-9]{2})(?: 00:00:00)?$"
LOOSE_DAY = r"^([0-9]{4})\s*(?:年|[-./])\s*([0-9]{1,2})\s*(?:月|[-./])\s*([0-9]{1,2})\s*日?$"
LOOSE_MONTH = r"^([0-9]{4})\s*(?:年|[-./])\s*([0-9]{1,2})\s*月?$"
# A cell typed 2020.10 is kept by Excel as 2020.1, so 2020.1 may be January or October.
TWO_MONTHS = r"^[0-9]{4}\.1$"
THOUSANDS = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
UNDO = Sentence("无需处理；如果不是这个意思，请还原或改正。")


def normalise(definition: Definition, rows: Rows) -> tuple[Rows, list[Finding]]:
    """The rows with the dirt gone, and an info `normalised` for each cell that was altered."""
    fields = [field for field in definition.fields if field.name in rows.frame.columns]
    read = rows.frame.with_columns(_cell_dates(field) for field in fields if field.type == "date")
    clean = read.with_columns(_clean(field) for field in fields)
    before = Rows(read, rows.columns)
    found = [
        _finding(before, field.name, cell, said if number <= MOST else str(said))
        for field in fields
        for number, (cell, said) in enumerate(_altered(before, clean, field.name))
    ]
    return Rows(clean, rows.columns), found


def _altered(before: Rows, clean: pl.DataFrame, name: str) -> Iterator[tuple[tuple[str, int, str], Sentence]]:
    """The cells that are read otherwise, and how."""
    mask = before.frame[name].ne_missing(clean[name])
    if mask.any():
        for cell, after in zip(before.cells(name, mask), clean[name].filter(mask), strict=True):
            yield cell, _read(quoted(cell[2]), after or "")


def _finding(rows: Rows, name: str, cell: tuple[str, int, str], message: str) -> Finding:
    sheet, row, value = cell
    return Finding(
        rule="normalised",
        severity=INFO,
        message=message,
        remedy=UNDO,
        sheet=sheet,
        cell=rows.address(sheet, row, name),
        row=row,
        column=name,
        value=value,
        proposal=value,
    )


def _read(value: str, after: str) -> Sentence:
    if after:
        return Sentence("%(value)s已改读为%(after)s。", value=value, after=quoted(after))
    return Sentence("%(value)s已按空白处理。", value=value)


def _cell_dates(field: Field) -> pl.Expr:
    """A true date cell as the column writes dates, unless that would lose its day."""
    text = pl.col(field.name)
    parts = [text.str.extract(CELL_DATE, group) for group in (1, 2, 3)]
    is_date = text.str.contains(CELL_DATE)
    if field.format == "%Y%m":
        return pl.when(is_date & (parts[2] == "01")).then(parts[0] + parts[1]).otherwise(text)
    return pl.when(is_date).then(parts[0] + parts[1] + parts[2]).otherwise(text)


def _clean(field: Field) -> pl.Expr:
    text = pl.col(field.name).str.strip_chars(BLANKS)
    nothing = [word for word in NOTHING if word not in field.enum]
    text = pl.when(text.is_in([*nothing, ""])).then(None).otherwise(text)
    if field.identity or field.type != "string":
        text = text.str.replace_many(FULL, HALF)
    return _by_type(field, text).alias(field.name)


def _by_type(field: Field, text: pl.Expr) -> pl.Expr:
    if field.type == "date":
        return _loose_date(text, field.format)
    if field.type == "year":
        return text.str.replace(r"^([0-9]{4})\s*[年级]$", "${1}")
    if field.type in ("integer", "number"):
        plain = pl.when(text.str.contains(THOUSANDS)).then(text.str.replace_all(",", "")).otherwise(text)
        return plain.str.replace(r"^([+-]?[0-9]+)\.0+$", "${1}")
    return text


def _loose_date(text: pl.Expr, date_format: str) -> pl.Expr:
    text = text.str.replace(r" 00:00:00$", "")
    year, month = (text.str.extract(LOOSE_DAY, group).str.zfill(2) for group in (1, 2))
    if date_format == "%Y%m":
        short = text.str.extract(LOOSE_MONTH, 1) + text.str.extract(LOOSE_MONTH, 2).str.zfill(2)
        clear = text.str.contains(LOOSE_MONTH) & ~text.str.contains(TWO_MONTHS)
        by_day = pl.when(text.str.contains(LOOSE_DAY)).then(year + month).otherwise(text)
        return pl.when(clear).then(short).otherwise(by_day)
    day = text.str.extract(LOOSE_DAY, 3).str.zfill(2)
    return pl.when(text.str.contains(LOOSE_DAY)).then(year + month + day).otherwise(text)
