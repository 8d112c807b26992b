"""Clean rows of any definition: typed, unique, adding up, referring to a small college's source tables."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import polars as pl

from checks.context import CheckContext, context_for
from checks.definition import EACH_AT_MOST, EQUAL, Definition, Field, RowSum, load_definition
from checks.rows import ROW, SHEET, Rows
from tests.checks.frames import rows_of, shipped_schedule

# What a pattern of the shipped definitions wants.
WRITTEN = {
    r"\d{17}[\dX]|\d{15}": "32010020000101{:04d}",
    r"\d{6}": "61{:04d}",
    r"\d{6}[A-Z]?": "61{:04d}",
    r"[^@\s]+@[^@\s]+\.[^@\s]+": "s{:04d}@example.cn",
}
SOURCES = ("1.6", "7.1.1", "7.2", "6.1", "10.1.1")
ROWS_OF_A_SOURCE = 12
BLANK = 0.2
UNKNOWN = 9999
Row = dict[str, str | None]
Frames = Mapping[str, pl.DataFrame]


@cache
def college() -> Mapping[str, Rows]:
    """The five source tables, each referring to those before it."""
    made: dict[str, Rows] = {}
    for code in SOURCES:
        frames = {source: rows.frame for source, rows in made.items()}
        made[code] = table_rows(load_definition(code), ROWS_OF_A_SOURCE, sources=frames)
    return made


@cache
def college_frames() -> Frames:
    return {code: rows.frame for code, rows in college().items()}


def college_context(code: str) -> CheckContext:
    """The shipped campaign with the college's sources, as a check of table ``code`` gets them."""
    frames = {source: frame for source, frame in college_frames().items() if source != code}
    return context_for(shipped_schedule(), frames)


def table_rows(definition: Definition, count: int, seed: int = 0, sources: Frames | None = None) -> Rows:
    """Rows of every sheet under each other."""
    parts = [
        clean_rows(definition, count, place, seed=seed, sources=sources)
        for place in range(len(definition.sheets))
    ]
    frame = pl.concat([part.frame for part in parts], how="diagonal")
    columns = {name: titles for part in parts for name, titles in part.columns.items()}
    return Rows(frame.select(SHEET, ROW, *(field.name for field in definition.fields)), columns)


def clean_rows(
    definition: Definition, count: int, sheet: int = 0, *, seed: int = 0, sources: Frames | None = None
) -> Rows:
    """Rows of one sheet that break no rule; another ``seed`` gives other rows."""
    chosen = definition.sheets[sheet]
    maker = _Maker(definition, random.Random(seed), college_frames() if sources is None else sources)
    rows = [maker.row(chosen.fields, sheet * 100 + number) for number in range(count)]
    names = [field.name for field in chosen.fields]
    return rows_of(names, [[row[name] for name in names] for row in rows], chosen.name)


class _Maker:
    def __init__(self, definition: Definition, chance: random.Random, sources: Frames) -> None:
        self._definition = definition
        self._chance = chance
        self._sources = sources
        self._added = {name for rule in definition.sums for name in (rule.total, *rule.parts)}

    def row(self, fields: Sequence[Field], number: int) -> Row:
        row = {field.name: self._cell(field, number) for field in fields}
        for rule in downwards(self._definition.sums):
            self._settle(row, rule)
        return row

    def _cell(self, field: Field, number: int) -> str | None:
        keeps = field.required or field.name in {*self._definition.key, *self._added}
        if not keeps and (self._chance.random() < BLANK or self._doubtful(field)):
            return None
        return self._value(
            field, number if field.name in self._definition.key else self._chance.randint(0, 99)
        )

    def _doubtful(self, field: Field) -> bool:
        """No entry year of newcomers is valid both as printed and by the period's arithmetic."""
        return field.rule == "cohort" and self._definition.code in shipped_schedule().new_student_tables

    def _value(self, field: Field, number: int) -> str:
        """A right value; another one for another number where the column names something."""
        link = field.reference
        source = self._sources.get(link.table) if link else None
        if link is not None and source is not None:
            known = source[link.fields[0]].drop_nulls().unique(maintain_order=True).to_list()
            return str(known[number % len(known)])
        if field.enum:
            return field.enum[number % len(field.enum)]
        if field.rule:
            return self._listed(field)
        return self._plain(field, number)

    def _listed(self, field: Field) -> str:
        schedule = shipped_schedule()
        lists = {
            "student-status": schedule.enrolled_statuses + schedule.other_statuses,
            "destination": schedule.employed + schedule.unemployed,
            "cohort": ("2017", "2018"),
        }
        return self._chance.choice(lists[field.rule])

    def _plain(self, field: Field, number: int) -> str:
        if field.type == "date":
            return self._day(field, number)
        if field.type == "string":
            named = "C{:04d}" if field.identity or field.pattern else "第{}项"
            return WRITTEN.get(field.pattern, named).format(number)
        return self._number(field)

    def _day(self, field: Field, number: int) -> str:
        """A day of the period, or of a year before it where the column may look back."""
        start = context_for(shipped_schedule()).period(self._definition.period).start
        back = 0 if field.window == "in-period" else number % 9
        year, month = divmod(start.month - 1 + number % 12, 12)
        day = f"{1 + number % 28:02d}" if field.format == "%Y%m%d" else ""
        return f"{start.year - back + year}{month + 1:02d}{day}"

    def _number(self, field: Field) -> str:
        if field.name in ("学制", "修业年限"):
            return "3"
        low = int(field.minimum or 0)
        high = int(min(low + 300 if field.maximum is None else field.maximum, low + 300))
        whole = self._chance.randint((low + high) // 2, high)
        return f"{whole}.5" if field.type == "number" and whole < high else str(whole)

    def _settle(self, row: Row, rule: RowSum) -> None:
        """Give the parts what the total allows; a part of nothing may be blank."""
        total = round(float(row[rule.total] or 0) * 2)
        step = 1 if "." in (row[rule.total] or "") else 2
        most = total // step
        if rule.relation == EACH_AT_MOST:
            shares = [self._chance.randint(0, most) for _ in rule.parts]
        else:
            shares = self._split(most, len(rule.parts) + (rule.relation != EQUAL))
        needed = {field.name for field in self._definition.fields if field.required}
        for name, share in zip(rule.parts, shares, strict=False):
            blank = share == 0 and name not in needed and self._chance.random() < BLANK
            row[name] = None if blank else f"{share * step / 2:g}"

    def _split(self, whole: int, count: int) -> list[int]:
        cuts = sorted(self._chance.randint(0, whole) for _ in range(count - 1))
        return [high - low for low, high in zip([0, *cuts], [*cuts, whole], strict=True)]


def downwards(sums: Sequence[RowSum]) -> Iterator[RowSum]:
    """Each rule before those of its parts."""
    left = list(sums)
    while left:
        below = {part for rule in left for part in rule.parts}
        free = [rule for rule in left if rule.total not in below]
        assert free, "row sums in a circle"
        yield from free
        left = [rule for rule in left if rule not in free]


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
    if field.rule in ("student-status", "destination"):
        yield field.rule, "休学"
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
    if field.reference:
        yield "reference", WRITTEN.get(field.pattern, "Z{}").format(UNKNOWN)
    yield from _outside_the_period(field)


def _outside_the_period(field: Field) -> Iterator[tuple[str, str]]:
    if field.window:
        yield "period", "20210101" if field.format == "%Y%m%d" else "202101"
    if field.window == "in-period":
        yield "period", "20180101" if field.format == "%Y%m%d" else "201801"
