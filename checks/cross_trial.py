"""Cross-table rules tried out: do their statements run, do their own tests hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from checks.cross_check import DEPARTMENT, FAILURES, PLACE, Own, cross_findings, run, table_frame
from checks.cross_rules import NAME, Case, CrossRule, Expected, rules
from checks.definition import RULES_FILE, TABLES, Definition, load_definition, told_as
from checks.rows import ROW, SHEET, Rows, empty_rows
from plans.plan import Schedule
from plans.problems import PlanError, Problems

OWN = "本系部"


def faults(schedule: Schedule, folder: Path = TABLES) -> Problems:
    """Everything wrong in the rules file, with its line: form, statements that don't run, failed tests."""
    problems = Problems(told_as(folder / f"{RULES_FILE}.yaml"))
    try:
        for rule in rules(folder):
            for line, id, message in _faults(rule, schedule, folder):
                problems.add(id, line, f"{problems.file}: {rule.id}", message)
    except PlanError as error:
        problems.found += error.problems
    return problems


def _faults(rule: CrossRule, schedule: Schedule, folder: Path) -> Iterator[tuple[int, str, str]]:
    definitions = {code: load_definition(code, folder=folder) for code in rule.uses}
    names = {field.name for field in definitions[rule.table].fields}
    if rule.column and rule.column not in names:
        yield rule.line, "unknown-field", f"表 {rule.table} 没有列 {rule.column}，请照列名原样写 column"
    try:
        empty = {code: table_frame(definition, []) for code, definition in definitions.items()}
        columns = run(rule, empty, schedule).columns
    except FAILURES as error:
        reason = str(error).strip().splitlines()
        yield rule.line, "broken-sql", f"查询不能执行，请改正：{(reason or ['?'])[0][:200]}"
        return
    yield from _columns(rule, columns)
    for case in rule.tests:
        yield from _strangers(case, definitions)
        found = trial(rule, case, schedule, definitions)
        if found != list(case.finds):
            yield case.line, "failed-test", f"这个例子查出的是 {_told(found)}，应是 {_told(list(case.finds))}"


def _columns(rule: CrossRule, columns: list[str]) -> Iterator[tuple[int, str, str]]:
    for name in sorted(set(NAME.findall(rule.message)) - set(columns)):
        yield rule.line, "unknown-field", f"message 里的 {{{name}}} 不是查询的结果列（{'、'.join(columns)}）"
    if ROW in columns and not set(PLACE) <= set(columns):
        yield rule.line, "broken-sql", f"查询给出 {ROW} 时，也要给出 {DEPARTMENT} 和 {SHEET}"


def _strangers(case: Case, definitions: Mapping[str, Definition]) -> Iterator[tuple[int, str, str]]:
    for code, given in case.given.items():
        known = {*PLACE, *(field.name for field in definitions[code].fields)}
        for name in sorted({name for row in given for name in row} - known):
            yield case.line, "unknown-field", f"given 里的 {name} 不是表 {code} 的列，请照列名原样写"


def _told(found: list[Expected]) -> str:
    where = [f"第 {one.row} 行“{one.message}”" if one.row else f"“{one.message}”" for one in found]
    return "；".join(where) or "没有问题"


def trial(
    rule: CrossRule, case: Case, schedule: Schedule, definitions: Mapping[str, Definition]
) -> list[Expected]:
    """What the rule finds in a test's rows."""
    tables = {
        code: table_frame(definition, _parts(definition, case.given.get(code, ())))
        for code, definition in definitions.items()
    }
    definition = definitions[rule.table]
    parts = dict(_parts(definition, case.given.get(rule.table, ())))
    empty = empty_rows(definition)
    own = Own(definition, Rows(parts.get(OWN, empty.frame), empty.columns), (OWN,))
    found = cross_findings([rule], own, tables, schedule)
    return [Expected(finding.message, finding.row) for finding in found]


def _parts(
    definition: Definition, given: tuple[Mapping[str, str | None], ...]
) -> list[tuple[str, pl.DataFrame]]:
    """A test's rows by department, numbered from 2 on in each."""
    empty = empty_rows(definition).frame
    parts: dict[str, list[dict[str, object]]] = {}
    for row in given:
        mine = parts.setdefault(row.get(DEPARTMENT) or OWN, [])
        sheet = row.get(SHEET) or definition.sheets[0].name
        known = {name: text for name, text in row.items() if name in empty.columns}
        mine.append(dict.fromkeys(empty.columns) | known | {SHEET: sheet, ROW: len(mine) + 2})
    return [(name, pl.DataFrame(rows, schema=empty.schema)) for name, rows in parts.items()]
