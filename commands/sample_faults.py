"""What goes wrong in sample workbooks: wrong cells of each rule, numbers in another unit, a cell left out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from checks.definition import EQUAL, Definition, Field, Sheet
from checks.finding import ERROR
from checks.units import mistakes
from commands.sample_words import Row, RowsBySheet
from plans.plan import Schedule

TYPICAL = ("type", "enum", "required", "range")
"""What people get wrong first; the other rules are found in tests of the check."""
FIRST_ROW = 2
UNKNOWN = "999999"


@dataclass(frozen=True)
class Fault:
    """One wrong cell: the rule that finds it, and where (``row`` 1-based, as in the workbook)."""

    rule: str
    sheet: str
    row: int
    column: str


@dataclass(frozen=True)
class Seed:
    """How a column breaks a rule: which columns can, and what is written there."""

    fits: Callable[[Definition, Field], bool]
    written: Callable[[Field, Schedule], str | None]


def _free(definition: Definition, field: Field) -> bool:
    """Whether nothing but the cell itself depends on it."""
    summed = {name for rule in definition.sums for name in (rule.total, *rule.parts)}
    return field.name not in {*definition.key, *summed} and not field.reference and not field.rule


def _number(definition: Definition, field: Field) -> bool:
    return _free(definition, field) and field.type in ("integer", "number")


SEEDS: Mapping[str, Seed] = {
    "type": Seed(
        lambda d, f: _free(d, f) and f.type in ("integer", "number", "date"),
        lambda f, s: "去年九月" if f.type == "date" else "约20",
    ),
    "enum": Seed(lambda d, f: _free(d, f) and bool(f.enum) and f.sure, lambda f, s: "不详"),
    "required": Seed(lambda d, f: _free(d, f) and f.required, lambda f, s: None),
    "range": Seed(lambda d, f: _number(d, f) and f.minimum == 0, lambda f, s: "-1"),
    "pattern": Seed(lambda d, f: _free(d, f) and bool(f.pattern) and f.type == "string", lambda f, s: "?"),
    "period": Seed(
        lambda d, f: _free(d, f) and bool(f.window),
        lambda f, s: s.period.end.replace(year=s.period.end.year + 2).strftime(f.format),
    ),
    "cohort": Seed(lambda d, f: f.rule == "cohort", lambda f, s: str(s.period.start.year - 20)),
    "student-status": Seed(lambda d, f: f.rule == "student-status", lambda f, s: "休学"),
    "destination": Seed(lambda d, f: f.rule == "destination", lambda f, s: "待定"),
    "reference": Seed(lambda d, f: f.reference is not None, lambda f, s: UNKNOWN),
}


def spoil(
    definition: Definition,
    rows: RowsBySheet,
    schedule: Schedule,
    chance: random.Random,
    rules: tuple[str, ...] = (*SEEDS, "row-sum", "unique-key"),
) -> tuple[RowsBySheet, list[Fault]]:
    """The rows with a wrong cell for each of these rules that the table's first sheet has room for.

    Each stands in a column of its own; the faults tell the cells, and no other cell breaks a rule for it.
    """
    sheet = definition.sheets[0]
    spoilt, faults = [dict(row) for row in rows[sheet.name]], list[Fault]()
    for rule in rules:
        taken = {fault.column for fault in faults}
        if rule == "unique-key":
            found = _repeat(definition, spoilt, taken)
        elif rule == "row-sum":
            found = _miscount(definition, spoilt, chance)
        else:
            found = _write(SEEDS[rule], definition, sheet, spoilt, taken, schedule, chance)
        faults += [Fault(rule, sheet.name, place + FIRST_ROW, column) for place, column in found]
    return rows | {sheet.name: spoilt}, faults


def _write(
    seed: Seed,
    definition: Definition,
    sheet: Sheet,
    rows: list[Row],
    taken: set[str],
    schedule: Schedule,
    chance: random.Random,
) -> Iterator[tuple[int, str]]:
    fields = [field for field in sheet.fields if seed.fits(definition, field) and field.name not in taken]
    filled = [(field, place) for field in fields for place, row in enumerate(rows) if row.get(field.name)]
    if filled:
        field, place = chance.choice(filled)
        rows[place][field.name] = seed.written(field, schedule)
        yield place, field.name


def _miscount(definition: Definition, rows: list[Row], chance: random.Random) -> Iterator[tuple[int, str]]:
    """One too many in a total that is no part of another."""
    parts = {name for rule in definition.sums for name in rule.parts}
    totals = [
        rule.total
        for rule in definition.sums
        if rule.relation == EQUAL and rule.severity == ERROR and rule.total not in parts
    ]
    if totals and rows:
        place = chance.randrange(len(rows))
        rows[place][totals[0]] = str(int(float(rows[place][totals[0]] or 0)) + 1)
        yield place, totals[0]


def _repeat(definition: Definition, rows: list[Row], taken: set[str]) -> Iterator[tuple[int, str]]:
    """The last row under the number of the one before it."""
    if definition.key and len(rows) > 1 and not taken & set(definition.key):
        rows[-1].update({name: rows[-2].get(name) for name in definition.key})
        yield len(rows) - 1, definition.key[0]


def in_wrong_unit(definition: Definition, rows: RowsBySheet, column: str) -> RowsBySheet:
    """The rows with a column typed in the unit that people take for its own, such as 元 for 万元."""
    sheet = definition.sheets[0]
    field = next(field for field in sheet.fields if field.name == column)
    factor = mistakes(field)[0].factor
    return rows | {
        sheet.name: [
            row | {column: f"{int(float(row[column] or 0) / float(factor))}"} for row in rows[sheet.name]
        ]
    }


def with_stranger(definition: Definition, rows: RowsBySheet, column: str, stranger: str) -> RowsBySheet:
    """The rows with the last one's ``column`` naming somebody whom no source table knows."""
    sheet = definition.sheets[0].name
    *others, last = rows[sheet]
    return rows | {sheet: [*others, last | {column: stranger}]}


def left_out(definition: Definition, rows: RowsBySheet) -> RowsBySheet:
    """The rows with a cell of the last one still blank: no error, yet a reason to send them back."""
    sheet = definition.sheets[0]
    *others, last = rows[sheet.name]
    free = [
        field.name
        for field in sheet.fields
        if _free(definition, field) and not field.required and last.get(field.name)
    ]
    if not free:
        return rows | {sheet.name: others or [last]}
    return rows | {sheet.name: [*others, last | {free[-1]: None}]}
