"""Believable rows for a rehearsal: made from a table's definition, so that its check passes."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta

from checks.definition import Definition, Field, Sheet
from commands.sample_words import MAKINGS, Row, RowsBySheet, agree, generic
from plans.plan import Period, Schedule

SIZES = {"1.6": 18, "6.1": 24, "7.1.1": 16, "7.2": 40, "10.1.1": 240}
FEW = 6
PAST_YEARS = 15
PROGRAMME_YEARS = 3


def as_parquet(definition: Definition, rows: RowsBySheet) -> bytes:
    """The rows as reading a workbook would have stored them."""
    import polars as pl

    from checks.rows import ROW, SHEET, Rows, empty_rows, to_parquet

    empty = empty_rows(definition)
    placed = [
        {SHEET: sheet, ROW: number, **row}
        for sheet, part in rows.items()
        for number, row in enumerate(part, start=2)
    ]
    frame = pl.DataFrame(placed, schema=empty.frame.schema)
    return to_parquet(definition, Rows(frame, empty.columns))


class SampleRows:
    """Makes the rows of one table after another; source tables come first, for the others to refer to."""

    def __init__(self, schedule: Schedule, seed: int) -> None:
        self._schedule = schedule
        self._random = random.Random(seed)
        self._sources: dict[str, list[Row]] = {}

    def make(self, definition: Definition) -> RowsBySheet:
        """The rows by sheet; those of a table made before are the same again."""
        rows = {sheet.name: self._sheet(definition, sheet) for sheet in definition.sheets}
        self._sources[definition.code] = [row for part in rows.values() for row in part]
        return rows

    def _sheet(self, definition: Definition, sheet: Sheet) -> list[Row]:
        size = SIZES.get(definition.code, FEW) // len(definition.sheets) or 1
        offset = definition.sheets.index(sheet) * size
        return [self._row(definition, sheet, offset + number) for number in range(1, size + 1)]

    def _row(self, definition: Definition, sheet: Sheet, number: int) -> Row:
        row = {field.name: self._value(definition, field, number) for field in sheet.fields}
        return agree(row, number, self._random)

    def _value(self, definition: Definition, field: Field, number: int) -> str | None:
        if definition.generic:
            return generic(field.name, number, self._random)
        if field.reference and field.reference.table in self._sources:
            return self._referred(field, number)
        if not field.required and field.name not in definition.key and field.identity:
            return None
        return self._usual(field, number) or self._plain(definition, field, number)

    def _usual(self, field: Field, number: int) -> str | None:
        """What a column of this name holds in any college, where the definition allows it."""
        making = MAKINGS.get(field.name)
        value = making(number, self._random) if making else None
        if value is None or (field.enum and value not in field.enum):
            return None
        return value if not field.pattern or re.fullmatch(field.pattern, value) else None

    def _referred(self, field: Field, number: int) -> str | None:
        reference, usual = field.reference, self._usual(field, number)
        if reference is None:
            return None
        name = reference.fields[0]
        values = [row[name] for row in self._sources[reference.table] if row.get(name)]
        if usual in values:
            return usual
        return self._random.choice(values) if values else None

    def _plain(self, definition: Definition, field: Field, number: int) -> str | None:
        for make in (self._listed, self._dated, self._counted):
            value = make(definition, field)
            if value is not None:
                return value
        if field.pattern:
            return _matching(field.pattern, number)
        if field.required or field.name in definition.key:
            return f"{field.name}{number}"
        return None

    def _listed(self, definition: Definition, field: Field) -> str | None:
        if field.enum:
            return self._random.choice(field.enum)
        if field.rule == "student-status":
            return self._random.choices(
                self._schedule.enrolled_statuses, (9, *[1] * 9)[: len(self._schedule.enrolled_statuses)]
            )[0]
        if field.rule == "destination":
            return self._random.choice(self._schedule.employed)
        if field.rule == "cohort":
            return str(self._schedule.period.start.year - self._random.randint(0, PROGRAMME_YEARS - 1))
        return None

    def _dated(self, definition: Definition, field: Field) -> str | None:
        if field.type == "year":
            return str(self._schedule.period.start.year - self._random.randint(0, 4))
        if field.type != "date":
            return None
        period = self._schedule.period
        if field.window == "until-end":
            period = Period(period.start - timedelta(days=365 * PAST_YEARS), period.start)
        return _day(period, self._random).strftime(field.format)

    def _counted(self, definition: Definition, field: Field) -> str | None:
        if field.type not in ("integer", "number"):
            return None
        if field.name == "学制":
            return str(PROGRAMME_YEARS)
        low = max(field.minimum or 0, 0)
        high = min(field.maximum if field.maximum is not None else low + 200, low + 200)
        return str(self._random.randint(int(low), int(high)))


def _day(period: Period, chance: random.Random) -> date:
    return period.start + timedelta(days=chance.randint(0, (period.end - period.start).days))


def _matching(pattern: str, number: int) -> str | None:
    """A value of the definition's pattern: the first of the usual shapes of numbers that fits it."""
    shapes = (
        f"{number:06d}",
        f"{510000 + number}",
        f"A{number:04d}",
        f"{number:018d}",
        f"s{number}@sample.example",
    )
    return next((shape for shape in shapes if re.fullmatch(pattern, shape)), None)
