"""Every shipped definition: generated rows are clean, and each broken rule is found in exactly its cell."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from frictionless import Resource, Schema

from checks.definition import TABLES, Field, load_definition
from checks.engine import check
from checks.normalise import normalise
from checks.rows import ROW, to_parquet
from checks.system import system_check
from tests.checks.frames import context, rows_of, shipped_schedule
from tests.checks.generated import clean_rows, faults, with_cell

TABLE_CODES = ("1.6", "6.1", "7.1.1", "7.2", "10.1.1", "3.2")
SHEETS = [(code, place) for code in TABLE_CODES for place in range(len(load_definition(code).sheets))]
BROKEN = [
    (code, place, field, rule, value)
    for code, place in SHEETS
    for field in load_definition(code).sheets[place].fields
    for rule, value in faults(field)
]


@pytest.mark.parametrize(("code", "sheet"), SHEETS)
def test_generated_rows_are_clean_and_not_altered(code: str, sheet: int) -> None:
    definition = load_definition(code)
    rows = clean_rows(definition, 12, sheet)
    plain, altered = normalise(definition, rows)
    assert altered == []
    assert plain.frame.equals(rows.frame)
    assert check(definition, rows, context()) == []


@pytest.mark.parametrize(
    ("code", "sheet", "field", "rule", "value"),
    BROKEN,
    ids=[f"{code} {field.name} {rule} {value}" for code, _, field, rule, value in BROKEN],
)
def test_a_broken_rule_is_found_in_exactly_its_cell(
    code: str, sheet: int, field: Field, rule: str, value: str | None
) -> None:
    definition = load_definition(code)
    rows = with_cell(clean_rows(definition, 9, sheet), field.name, 6, value)
    found = check(definition, rows, context())
    cell = rows.address(definition.sheets[sheet].name, 6, field.name)
    assert rule in {finding.rule for finding in found}
    assert {finding.cell for finding in found} == {cell}
    assert all(finding.message and finding.remedy and finding.row == 6 for finding in found)


def test_the_five_source_tables_refer_to_each_other_cleanly() -> None:
    codes = [code for code in TABLE_CODES if code != "3.2"]
    stored = {code: to_parquet(load_definition(code), clean_rows(load_definition(code), 4)) for code in codes}
    for code in codes:
        sources = {other: content for other, content in stored.items() if other != code}
        assert system_check(code, stored[code], shipped_schedule(), sources) == []


COMPARED = ("required", "type", "enum", "pattern", "range")


@pytest.mark.parametrize("code", ["1.6", "7.1.1", "7.2", "10.1.1"])
def test_frictionless_finds_the_same_cells(code: str, tmp_path: Path) -> None:
    definition = load_definition(code)
    rows = clean_rows(definition, 60)
    line = 2
    for field in definition.fields:
        for rule, value in faults(field):
            if rule in COMPARED and field.name not in definition.key:
                rows = with_cell(rows, field.name, line % 60 + 2, value)
                line += 1
    ours = {
        (finding.row, finding.column)
        for finding in check(definition, rows, context())
        if finding.rule in COMPARED
    }
    rows.frame.select(rows.names()).write_csv(tmp_path / "t.csv")
    schema = Schema.from_descriptor(yaml.safe_load((TABLES / f"{code}.yaml").read_text("utf-8")))
    resource = Resource(path="t.csv", basepath=str(tmp_path), schema=schema, encoding="utf-8")
    report = resource.validate()
    theirs = {(row, name) for row, name in report.flatten(["rowNumber", "fieldName"]) if name}
    assert len(ours) > 5
    assert ours == theirs


def test_with_cell_changes_one_cell() -> None:
    rows = rows_of(["甲", "乙"], [["1", "2"], ["3", "4"]])
    changed = with_cell(rows, "乙", 3, None)
    assert changed.frame["乙"].to_list() == ["2", None]
    assert changed.frame.select("甲", ROW).equals(rows.frame.select("甲", ROW))
