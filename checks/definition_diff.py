"""What has changed between two definitions of a table, for those who fill it in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from checks.definition import Definition, Field

Described = dict[str, Any]
ADDED, REMOVED = "added", "removed"
OF_THE_TABLE = ("period", "note", "key", "records")
OF_A_COLUMN = (
    "required",
    "type",
    "format",
    "enum",
    "unit",
    "minimum",
    "maximum",
    "pattern",
    "note",
    "reference",
)
"""In the order in which they are told."""


@dataclass(frozen=True)
class Difference:
    """``what`` changed of a ``column`` (empty: of the whole table), before and after."""

    column: str
    what: str
    old: Any = None
    new: Any = None


def described(definition: Definition) -> Described:
    """What people need to know to fill the table in, as JSON holds it; without its name, where it is known
    from and what is only for warnings."""
    return {
        "period": definition.period,
        "note": definition.note,
        "key": list(definition.key),
        "records": definition.records,
        "sums": [[each.total, list(each.parts), each.relation] for each in definition.sums],
        "columns": {field.name: _column(field) for field in definition.fields},
    }


def _column(field: Field) -> Described:
    reference = field.reference
    return {
        "required": field.required,
        "type": field.type,
        "format": field.format,
        "enum": list(field.enum),
        "unit": field.unit,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "pattern": field.pattern,
        "note": field.note,
        "reference": [reference.table, *reference.fields] if reference else [],
        "rules": [field.rule, field.window, field.identity],
    }


def differences(old: Described, new: Described) -> list[Difference]:
    """What is otherwise in ``new``: of the table, then columns that came and went, then of each column."""
    return [*_of_the_table(old, new), *_columns(old["columns"], new["columns"])]


def _of_the_table(old: Described, new: Described) -> Iterator[Difference]:
    for what in OF_THE_TABLE:
        if old[what] != new[what]:
            yield Difference("", what, old[what], new[what])
    if old["sums"] != new["sums"]:
        yield Difference("", "sums")


def _columns(old: Described, new: Described) -> Iterator[Difference]:
    for name in new:
        if name not in old:
            yield Difference(name, ADDED, None, new[name])
    for name in old:
        if name not in new:
            yield Difference(name, REMOVED)
    for name in new:
        if name in old:
            yield from _of_a_column(name, old[name], new[name])


def _of_a_column(name: str, old: Described, new: Described) -> Iterator[Difference]:
    for what in OF_A_COLUMN:
        if old[what] != new[what]:
            yield Difference(name, what, old[what], new[what])
    if old["rules"] != new["rules"]:
        yield Difference(name, "rules")
