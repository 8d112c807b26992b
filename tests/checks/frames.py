"""Rows and definitions for tests of the check: a table in, findings out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import polars as pl

from checks.context import CheckContext, context_for
from checks.definition import Definition
from checks.definition_file import read_definition
from checks.engine import check
from checks.finding import Finding
from checks.rows import ROW, SHEET, Rows
from plans.plan import Schedule
from plans.schedule_file import load_schedule

ROOT = Path(__file__).parent.parent.parent


@cache
def shipped_schedule() -> Schedule:
    """The 2020 campaign's schedule."""
    return load_schedule((ROOT / "schedule.yaml").read_text(encoding="utf-8"))


def define(fields: str, *, key: str = "[]", code: str = "9.9", period: str = "school-year") -> Definition:
    """A definition of one sheet from its fields in YAML."""
    return read_definition(f"title: 试验表\nperiod: {period}\nprimaryKey: {key}\nfields:\n{fields}", code)


def rows_of(columns: Sequence[str], cells: Sequence[Sequence[str | None]], sheet: str = "9.9") -> Rows:
    """Rows 2, 3, … of a sheet whose columns start at A."""
    data = [[sheet, number, *row] for number, row in enumerate(cells, 2)]
    schema = {SHEET: pl.String, ROW: pl.Int64, **dict.fromkeys(columns, pl.String)}
    return Rows(pl.DataFrame(data, schema=schema, orient="row"), {sheet: tuple(columns)})


def context(**sources: pl.DataFrame) -> CheckContext:
    """The shipped campaign's context; sources as `t7_1_1=frame`."""
    frames = {name.removeprefix("t").replace("_", "."): frame for name, frame in sources.items()}
    return context_for(shipped_schedule(), frames)


def one_column(field: str, values: Sequence[str | None], **sources: pl.DataFrame) -> list[Finding]:
    """The findings of one column's values, beside a column that is always filled."""
    definition = define(f"  - name: 序\n{field}")
    name = definition.fields[1].name
    rows = rows_of(["序", name], [[str(number), value] for number, value in enumerate(values)])
    return check(definition, rows, context(**sources))


def marks(findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    """Rule, severity and cell of each finding, in their order."""
    return [(finding.rule, finding.severity, finding.cell) for finding in findings]
