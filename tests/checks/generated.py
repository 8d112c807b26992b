"""Clean rows made from a definition, and for each rule of a column a value that breaks it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checks.definition import Definition, Field
from checks.rows import ROW, Rows
from tests.checks.frames import rows_of

# What a pattern of the shipped definitions wants, by a part of it.
WRITTEN = {r"\d{17}": "32010020000101{:04d}", r"\d{6}": "61{:04d}", "@": "s{:04d}@example.cn"}
RULED = {"student-status": "在读", "cohort": "2018"}


def clean_value(field: Field, number: int) -> str:
    """A right value, another one for another number where the column names something."""
    if field.enum:
        return field.enum[number % len(field.enum)]
    if field.rule in RULED:
        return RULED[field.rule]
    return _text(field, number) if field.type == "string" else _by_type(field)


def _by_type(field: Field) -> str:
    if field.type == "date":
        return "20180901" if field.format == "%Y%m%d" else "201809"
    return "2018" if field.type == "year" else f"{max(field.minimum or 0, 3):g}"


def _text(field: Field, number: int) -> str:
    source = field.reference.table if field.reference else ""
    if source == "1.6":
        return "第1项"
    written = next((written for part, written in WRITTEN.items() if part in field.pattern), "")
    if source:
        return (written or "610000").format(0)
    plain = "C{:04d}" if field.identity or field.pattern else "第{}项"
    return (written or plain).format(number)


def clean_rows(definition: Definition, count: int, sheet: int = 0) -> Rows:
    """Rows of one sheet that break no rule."""
    chosen = definition.sheets[sheet]
    first = sheet * 1000
    cells = [[clean_value(field, first + number) for field in chosen.fields] for number in range(count)]
    return rows_of([field.name for field in chosen.fields], cells, chosen.name)


def with_cell(rows: Rows, column: str, row: int, value: str | None) -> Rows:
    """The rows with one cell changed."""
    cells = rows.frame[column].to_list()
    cells[rows.frame[ROW].to_list().index(row)] = value
    return Rows(rows.frame.with_columns(pl.Series(column, cells, dtype=pl.String)), rows.columns)


def faults(field: Field) -> Iterator[tuple[str, str | None]]:
    """A rule and a value that breaks it and, as far as that can be, nothing else."""
    if field.required:
        yield "required", None
    if field.enum:
        yield "enum", "不在其中"
    if field.rule == "student-status":
        yield "student-status", "休学"
    if field.rule == "cohort":
        yield "cohort", "2001"
    if field.type != "string":
        yield "type", "不是"
    if field.minimum is not None and field.rule != "cohort":
        yield "range", f"{field.minimum - 1:g}"
    if field.maximum is not None and field.rule != "cohort":
        yield "range", f"{field.maximum + 1:g}"
    if field.pattern:
        yield "pattern", "不符 合"
    if field.window:
        yield "period", "20210101" if field.format == "%Y%m%d" else "202101"
