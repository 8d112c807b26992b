"""What goes wrong in sample workbooks: a first try with wrong cells, and a cell mended after a return."""

from __future__ import annotations

import random
from collections.abc import Callable

from checks.definition import Definition, Field
from commands.sample_words import Row, RowsBySheet

FAULTS: tuple[tuple[Callable[[Field], bool], str | None], ...] = (
    (lambda field: field.type in ("integer", "number"), "约20"),
    (lambda field: bool(field.enum) and field.sure, "不详"),
    (lambda field: field.type == "date", "去年九月"),
    (lambda field: field.required and field.type == "string" and not field.enum, None),
)
"""Which columns people get wrong, and what they write there."""


def spoil(definition: Definition, rows: RowsBySheet, chance: random.Random) -> RowsBySheet:
    """The same rows with a wrong cell of each usual kind that the table has room for."""
    sheet = definition.sheets[0]
    spoilt = [dict(row) for row in rows[sheet.name]]
    for wrong, written in FAULTS:
        fields = [field.name for field in sheet.fields if wrong(field) and field.name not in definition.key]
        if fields:
            spoilt[chance.randrange(len(spoilt))][fields[0]] = written
    return rows | {sheet.name: spoilt}


def mend(definition: Definition, rows: RowsBySheet) -> RowsBySheet:
    """The same rows with one more count in the last row, or without that row where nothing is counted."""
    sheet = definition.sheets[0]
    *others, last = rows[sheet.name]
    counted = [field for field in sheet.fields if _countable(field, last)]
    if not counted:
        return rows | {sheet.name: others or [last]}
    name = counted[-1].name
    return rows | {sheet.name: [*others, last | {name: str(int(last[name] or 0) + 1)}]}


def _countable(field: Field, row: Row) -> bool:
    """A number that may grow by one: the count of a thing, or what a generic row says."""
    value = row.get(field.name) or ""
    if field.type != "integer" and field.name != "内容":
        return False
    return value.isdigit() and (field.maximum is None or int(value) + 1 < field.maximum)
