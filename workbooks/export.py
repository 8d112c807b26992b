"""A table's approved rows as a workbook of the summary: the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

from checks.definition import Definition, Field, Sheet

if TYPE_CHECKING:
    import polars as pl

DEPARTMENT = "采集部门"
CREATED = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def write_rows(definition: Definition, rows: Mapping[str, bytes], out: Path | BytesIO) -> int:
    """Write the rows (Parquet by department) and return how many there are.

    Departments in the order of their names, rows in the order they were handed in, the department as the last
    column.  Text stays text: nothing in it becomes a formula or a link.
    """
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    frames = {department: _frame(definition, rows[department]) for department in sorted(rows)}
    with xlsxwriter.Workbook(out if isinstance(out, BytesIO) else str(out), options) as book:
        book.set_properties({"title": definition.label, "created": CREATED})
        return sum(_write_sheet(book, sheet, frames) for sheet in definition.sheets)


def schemas(definition: Definition, rows: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """The Table Schema of each sheet that `write_rows` writes of these rows."""
    frames = {department: _frame(definition, rows[department]) for department in sorted(rows)}
    return {sheet.name: {"fields": _fields(sheet, frames)} for sheet in definition.sheets}


def _fields(sheet: Sheet, frames: Mapping[str, pl.DataFrame]) -> list[dict[str, Any]]:
    from checks.rows import SHEET

    parts = {name: frame.filter(frame[SHEET] == sheet.name) for name, frame in frames.items()}
    known = {field.name: field for field in sheet.fields}
    found = [
        _described(name, known.get(name), [part for part in parts.values() if name in part.columns])
        for name in _columns(sheet, parts)
    ]
    return [*found, {"name": DEPARTMENT, "type": "string"}]


def _described(name: str, field: Field | None, parts: list[pl.DataFrame]) -> dict[str, Any]:
    """A column in which the office let a value pass that is not of its type holds anything."""
    import polars as pl

    if field is None or field.type == "string":
        return {"name": name, "type": "string"}
    if any(part[name].dtype == pl.String for part in parts):
        return {"name": name, "type": "any"}
    return {"name": name, "type": field.type} | ({"format": field.format} if field.format else {})


def _frame(definition: Definition, content: bytes) -> pl.DataFrame:
    """The rows in their columns' types; a column that holds anything else stays as it is, nothing is lost."""
    from checks.rows import from_parquet, typed

    rows = from_parquet(content).frame
    known = [field for field in definition.fields if field.name in rows.columns]
    exact = rows.with_columns(typed(field) for field in known)
    names = [field.name for field in known if exact[field.name].null_count() == rows[field.name].null_count()]
    return rows.with_columns(exact[name] for name in names)


def _write_sheet(book: xlsxwriter.Workbook, sheet: Sheet, frames: Mapping[str, pl.DataFrame]) -> int:
    from checks.rows import SHEET

    page: Any = book.add_worksheet(sheet.name)
    parts = {name: frame.filter(frame[SHEET] == sheet.name) for name, frame in frames.items()}
    columns = _columns(sheet, parts)
    for position, name in enumerate((*columns, DEPARTMENT)):
        page.write_string(0, position, name)
    page.freeze_panes(1, 0)
    formats = {field.name: field for field in sheet.fields}
    line = 0
    for department, frame in parts.items():
        kept = [name for name in columns if name in frame.columns]
        for row in frame.select(kept).iter_rows(named=True):
            line += 1
            _write_row(page, line, columns, row, formats)
            page.write_string(line, len(columns), department)
    return line


def _columns(sheet: Sheet, parts: Mapping[str, pl.DataFrame]) -> list[str]:
    """The sheet's own columns, then those that collectors added and filled."""
    from checks.rows import ROW, SHEET

    own = [field.name for field in sheet.fields]
    known = {*own, SHEET, ROW}
    added = [
        name
        for frame in parts.values()
        for name in frame.columns
        if name not in known and frame[name].null_count() < frame.height
    ]
    return own + list(dict.fromkeys(added))


def _write_row(
    page: Any, line: int, columns: list[str], row: Mapping[str, Any], formats: Mapping[str, Field]
) -> None:
    for position, name in enumerate(columns):
        value = row.get(name)
        if isinstance(value, date):
            value = value.strftime(formats[name].format)
        if isinstance(value, int | float):
            page.write_number(line, position, value)
        elif value:
            page.write_string(line, position, value)
