"""Rows made from a definition alone, for tables that the sample college doesn't tell; rows as stored."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from datetime import date, timedelta

from checks.definition import EACH_AT_MOST, EQUAL, Definition, Field
from checks.numbers import plain
from commands.sample_words import Row, RowsBySheet
from plans.plan import Period, Schedule

PAST_YEARS = 15
PROGRAMME_YEARS = 3
COUNTED = (
    ("项目总数", "项", 30),
    ("经费投入", "万元", 120),
    ("参与教师", "人", 60),
    ("参与学生", "人", 800),
    ("设备总值", "万元", 500),
    ("建筑面积", "平方米", 9000),
)


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


def made_up(
    definition: Definition, fields: Iterable[Field], schedule: Schedule, number: int, chance: random.Random
) -> Row:
    """A row that the definition allows: choices, dates in the period, numbers in range, sums that agree.

    References stay blank: what they lead to is not the definition's to know.
    """
    if definition.generic:
        what, unit, most = COUNTED[(number - 1) % len(COUNTED)]
        return {"项目": what, "内容": str(chance.randint(1, most)), "单位": unit}
    row = {field.name: _value(definition, field, schedule, number, chance) for field in fields}
    return settled(definition, row)


def settled(definition: Definition, row: Row) -> Row:
    """The row with its totals made the sums of their parts, and no total below what is a part of it.

    Where a total has parts by two countings, the second one's first part takes the difference.
    """
    settled, counted = dict(row), set[str]()
    exact = {name for rule in definition.sums if rule.relation == EQUAL for name in (rule.total, *rule.parts)}
    # Inner totals stand after the outer ones that they are parts of, and are raised first.
    inner_first = definition.sums[::-1]
    for rule in sorted(inner_first, key=lambda rule: rule.relation != EQUAL):
        parts = [name for name in rule.parts if settled.get(name)]
        if not parts or rule.total not in settled:
            continue
        if rule.relation == EQUAL and rule.total not in counted:
            settled[rule.total] = plain(_sum(settled, parts))
            counted.add(rule.total)
        elif rule.relation == EQUAL:
            _absorb(settled, parts, float(settled[rule.total] or 0))
        elif rule.total in exact:
            _cap(settled, parts, float(settled[rule.total] or 0), each=rule.relation == EACH_AT_MOST)
        else:
            least = [float(settled[name] or 0) for name in parts]
            needed = max(least) if rule.relation == EACH_AT_MOST else sum(least)
            settled[rule.total] = plain(max(float(settled[rule.total] or 0), needed))
    return settled


def _cap(row: Row, parts: list[str], room: float, *, each: bool) -> None:
    for name in parts:
        row[name] = plain(min(float(row[name] or 0), room))
        room -= 0 if each else float(row[name] or 0)


def _absorb(row: Row, parts: list[str], total: float) -> None:
    first = float(row[parts[0]] or 0) + total - _sum(row, parts)
    if first < 0:
        row.update(dict.fromkeys(parts, "0"))
        first = total
    row[parts[0]] = plain(first)


def _sum(row: Row, parts: list[str]) -> float:
    return sum(float(row[name] or 0) for name in parts)


def _value(
    definition: Definition, field: Field, schedule: Schedule, number: int, chance: random.Random
) -> str | None:
    needed = field.required or field.name in definition.key
    if field.reference or (field.identity and not needed):
        return None
    for value in (_listed(field, schedule, chance), _dated(field, schedule, chance), _counted(field, chance)):
        if value is not None:
            return value
    if field.pattern:
        return _matching(field.pattern, number)
    return f"{field.name}{number}" if needed else None


def _listed(field: Field, schedule: Schedule, chance: random.Random) -> str | None:
    if field.rule == "cohort":
        return str(schedule.period.start.year - chance.randint(0, PROGRAMME_YEARS - 1))
    lists = {"student-status": schedule.enrolled_statuses, "destination": schedule.employed}
    choices = lists.get(field.rule) or field.enum
    return chance.choice(choices) if choices else None


def _dated(field: Field, schedule: Schedule, chance: random.Random) -> str | None:
    if field.type == "year":
        return str(schedule.period.start.year - chance.randint(0, 4))
    if field.type != "date":
        return None
    period = schedule.period
    if field.window == "until-end":
        period = Period(period.start - timedelta(days=365 * PAST_YEARS), period.start)
    return _day(period, chance).strftime(field.format)


def _counted(field: Field, chance: random.Random) -> str | None:
    if field.type not in ("integer", "number"):
        return None
    low = max(field.minimum or 0, 0)
    high = min(field.maximum if field.maximum is not None else low + 200, low + 200)
    return str(chance.randint(int(low), int(high)))


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
