"""The rules of `tables/rules.yaml` run over complete tables; a rule that fails is told, never raised."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from checks.cross_rules import NAME, CrossRule, template_of
from checks.definition import Definition
from checks.finding import INFO, Finding
from checks.numbers import plain
from checks.rows import ROW, SHEET, Rows, typed
from plans.plan import Schedule
from plans.sentence import Sentence

DEPARTMENT = "_department"
PLACE = (DEPARTMENT, SHEET, ROW)

Violations = pl.DataFrame | BaseException
# A Rust panic is no Exception.
FAILURES = (Exception, pl.exceptions.PanicException)


@dataclass(frozen=True)
class Own:
    """The rows that are being checked: their table, their departments' names (more than one: same rows)."""

    definition: Definition
    rows: Rows
    departments: Collection[str]


def cross_findings(
    rules: Sequence[CrossRule], own: Own, tables: Mapping[str, pl.LazyFrame], schedule: Schedule
) -> Iterator[Finding]:
    """What the rules find in the own rows; a rule that uses a table not given is not asked.

    ``tables``: the complete tables by code, as `table_frame` makes them.
    """
    asked = [rule for rule in rules if set(rule.uses) <= tables.keys()]
    yield from findings_of(asked, own, violations_of(asked, tables, schedule))


def violations_of(
    rules: Sequence[CrossRule], tables: Mapping[str, pl.LazyFrame], schedule: Schedule
) -> dict[str, Violations]:
    """By rule, what it finds in all departments' rows, or why it failed."""
    found: dict[str, Violations] = {}
    for rule in rules:
        try:
            found[rule.id] = run(rule, tables, schedule)
        except FAILURES as error:
            found[rule.id] = error
    return found


def findings_of(
    rules: Sequence[CrossRule], own: Own, violations: Mapping[str, Violations]
) -> Iterator[Finding]:
    """What of the rules' violations lies in the own rows; a rule without any was not asked."""
    for rule in rules:
        found = violations.get(rule.id)
        if isinstance(found, BaseException):
            yield _failed(rule, own, found)
        elif found is not None:
            try:
                yield from [_finding(rule, own, violation) for violation in _here(own, found)]
            except FAILURES as error:
                yield _failed(rule, own, error)


def run(rule: CrossRule, tables: Mapping[str, pl.LazyFrame], schedule: Schedule) -> pl.DataFrame:
    """The violations; whatever Polars raises where the statement cannot be run."""
    frames = {code: tables[code] for code in rule.uses} | _lists(schedule)
    with pl.SQLContext(frames, register_globals=False, eager=True) as context:
        return context.execute(rule.sql)


def _lists(schedule: Schedule) -> dict[str, pl.LazyFrame]:
    """The campaign's closed lists: which statuses are enrolled, which destinations employed."""
    statuses = [(name, True) for name in schedule.enrolled_statuses]
    statuses += [(name, False) for name in schedule.other_statuses]
    destinations = [(name, True) for name in schedule.employed]
    destinations += [(name, False) for name in schedule.unemployed]
    return {
        "statuses": _list(statuses, "enrolled"),
        "destinations": _list(destinations, "employed"),
    }


def _list(rows: list[tuple[str, bool]], flag: str) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema={"name": pl.String, flag: pl.Boolean}, orient="row")


def table_frame(definition: Definition, parts: Sequence[tuple[str, pl.DataFrame]]) -> pl.LazyFrame:
    """A table of several departments' parts (text columns), typed as its definition says."""
    schema: dict[str, Any] = {DEPARTMENT: pl.String, SHEET: pl.String, ROW: pl.Int64}
    schema |= {field.name: pl.String for field in definition.fields}
    frames = [frame.lazy().with_columns(pl.lit(name).alias(DEPARTMENT)) for name, frame in parts]
    whole = pl.concat([pl.LazyFrame(schema=schema), *frames], how="diagonal")
    return whole.select(*PLACE, *(typed(field).alias(field.name) for field in definition.fields))


def _here(own: Own, violations: pl.DataFrame) -> list[dict[str, Any]]:
    """Violations at other departments' rows are theirs."""
    if DEPARTMENT in violations.columns:
        violations = violations.filter(pl.col(DEPARTMENT).is_in(list(own.departments)))
    return violations.to_dicts()


def _finding(rule: CrossRule, own: Own, violation: Mapping[str, Any]) -> Finding:
    sheet, row = _place(own, violation)
    column = rule.column if row else ""
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=filled(rule.message, violation),
        remedy=Sentence(rule.remedy),
        sheet=sheet,
        cell=own.rows.address(sheet, row, column) if row and column else "",
        row=row,
        column=column,
        value=_text(own.rows, sheet, row, column) if row and column else "",
    )


def _place(own: Own, violation: Mapping[str, Any]) -> tuple[str, int | None]:
    """The row that the rule names, or the only row there is; else the sheet alone."""
    if violation.get(ROW) is not None:
        return str(violation.get(SHEET) or own.definition.sheets[0].name), int(violation[ROW])
    if own.rows.frame.height == 1:
        sheet, row = own.rows.frame.select(SHEET, ROW).row(0)
        return sheet, row
    return own.definition.sheets[0].name, None


def _text(rows: Rows, sheet: str, row: int, column: str) -> str:
    if column not in rows.frame.columns:
        return ""
    found = rows.frame.filter((pl.col(SHEET) == sheet) & (pl.col(ROW) == row))[column]
    return str(found[0] or "") if len(found) else ""


def filled(message: str, violation: Mapping[str, Any]) -> Sentence:
    """The sentence with the violation's values; KeyError where it has no such column."""
    facts = {name: _shown(violation[name]) for name in NAME.findall(message)}
    return Sentence(template_of(message), **facts)


def _shown(value: object) -> str:
    if value is None:
        return Sentence("空白")
    if isinstance(value, bool):
        return Sentence("是") if value else Sentence("否")
    return plain(value) if isinstance(value, int | float | Decimal) else str(value)


def _failed(rule: CrossRule, own: Own, error: BaseException) -> Finding:
    reason = str(error).strip().splitlines()
    return Finding(
        rule="rule-broken",
        severity=INFO,
        message=Sentence(
            "规则“%(title)s”（%(id)s）没有能够执行，这一项没有检测：%(reason)s",
            title=Sentence(rule.title),
            id=rule.id,
            reason=(reason or ["?"])[0][:200],
        ),
        remedy=Sentence(
            "填报人无需处理；请质量部核对 tables/rules.yaml 第 %(line)s 行的查询。", line=rule.line
        ),
        sheet=own.definition.sheets[0].name,
        value=rule.id,
    )
