"""What the sample college reported a year ago, so that tables come filled in, and changes show."""

from __future__ import annotations

import random

from checks.definition import Definition, Field
from checks.numbers import plain
from commands.sample_college import College
from commands.sample_rows import settled
from commands.sample_tables import table_rows
from commands.sample_words import Row, RowsBySheet

LAST_YEAR = (
    *("1.3", "1.5", "3.1", "3.2", "3.3", "3.4.1", "3.5", "4.1", "4.2"),
    *("5.1.5", "5.2.3", "7.5", "8.8", "10.3", "10.4", "11.2"),
)
"""Tables that the college kept last year's rows of."""
UNTOUCHED = ("4.2", 2)
"""Whose rows are handed in as they were last year: the table, and which of its departments."""
GROWN = ("3.3", "计算机数/合计")
"""A number that grew by half, for a reason that its collector gives."""
EXPLAINED = "本学年为各系部更新并增配办公计算机，验收单已存档。"
SAME = "确认未变：实习基地与上学年相同，已逐行核对。"
GROWTH = 1.5
SWAY = (0.02, 0.05)


def last_year(college: College, definition: Definition, unit: str) -> RowsBySheet | None:
    """The department's rows of a year ago: this year's, a little off; None where none are kept."""
    if definition.code not in LAST_YEAR:
        return None
    rows = table_rows(college, definition, unit)
    if is_untouched(college, definition.code, unit):
        return rows
    chance = college.chance("last year", definition.code, unit)
    return {sheet: [_before(definition, row, chance) for row in part] for sheet, part in rows.items()}


def is_untouched(college: College, code: str, unit: str) -> bool:
    """Whether this is the assignment that is handed in as it was last year."""
    table, place = UNTOUCHED
    return code == table and place < len(college.units) and college.units[place] == unit


def _before(definition: Definition, row: Row, chance: random.Random) -> Row:
    """The row a year ago: all of it a little more or less, its sums kept."""
    sway = 1 + chance.choice((-1, 1)) * chance.uniform(*SWAY)
    before = dict(row)
    for field in definition.fields:
        value = row.get(field.name)
        if (
            value
            and field.unit
            and field.type in ("integer", "number")
            and field.name not in definition.match
        ):
            grown = GROWTH if (definition.code, field.name) == GROWN else 1
            before[field.name] = _number(field, float(value) * sway / grown)
    return settled(definition, before)


def _number(field: Field, value: float) -> str:
    return str(round(value)) if field.type == "integer" else plain(round(value, 2))
