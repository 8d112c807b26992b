"""The generator that other tests lean on, and frictionless on the same broken rows."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from frictionless import Resource, Schema

from checks.context import CheckContext
from checks.definition import TABLES, load_definition
from checks.definition_set import codes
from checks.engine import check
from checks.rows import ROW, to_parquet
from tests.checks.frames import define, rows_of, shipped_schedule
from tests.checks.generated import SOURCES, clean_rows, college, downwards, faults, table_rows, with_cell
from tests.checks.parts import checked

COMPARED = ("required", "type", "enum", "pattern", "range")
ONE_SHEET = [code for code in codes() if len(load_definition(code).sheets) == 1]


def test_the_five_source_tables_refer_to_each_other_cleanly() -> None:
    stored = {code: to_parquet(load_definition(code), rows) for code, rows in college().items()}
    assert sorted(stored) == sorted(SOURCES)
    for code in SOURCES:
        sources = {other: [content] for other, content in stored.items() if other != code}
        assert checked(code, stored[code], shipped_schedule(), sources) == []


@pytest.mark.parametrize("code", ONE_SHEET)
def test_frictionless_finds_the_same_cells(code: str, tmp_path: Path) -> None:
    definition = load_definition(code)
    rows = clean_rows(definition, 20)
    broken = [
        (field.name, rule, value)
        for field in definition.fields
        for rule, value in faults(field)
        if rule in COMPARED
    ]
    for place, (name, _, value) in enumerate(broken):
        rows = with_cell(rows, name, place % 20 + 2, value)
    ours = {
        (finding.row, finding.column)
        for finding in check(definition, rows, CheckContext(shipped_schedule()))
        if finding.rule in COMPARED
    }
    rows.frame.select(rows.names()).write_csv(tmp_path / "t.csv")
    schema = Schema.from_descriptor(yaml.safe_load((TABLES / f"{code}.yaml").read_text("utf-8")))
    report = Resource(path="t.csv", basepath=str(tmp_path), schema=schema, encoding="utf-8").validate()
    theirs = {(row, name) for row, name in report.flatten(["rowNumber", "fieldName"]) if name}
    assert len(ours) >= min(len(broken), 20) > 0
    assert ours == theirs


def test_another_seed_gives_other_rows_and_the_same_seed_the_same() -> None:
    definition = load_definition("7.6.1")
    first, again, other = (clean_rows(definition, 5, seed=seed).frame for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_rows_add_up_from_the_whole_downwards() -> None:
    definition = load_definition("5.2.3")
    for row in clean_rows(definition, 9, seed=4).frame.iter_rows(named=True):
        cost = {name: float(value or 0) for name, value in row.items() if name not in ("_sheet", ROW)}
        daily = [name for name in cost if name.startswith("日常教学经费/") and not name.endswith("合计")]
        assert cost["日常教学经费/合计"] == sum(cost[name] for name in daily)
        assert cost["设备采购/教学科研仪器设备"] <= cost["设备采购/合计"]


def test_sums_in_a_circle_cannot_be_made() -> None:
    fields = "".join(f"  - {{name: {name}, type: integer}}\n" for name in "甲乙")
    sums = "sums:\n  - {total: 甲, parts: [乙]}\n  - {total: 乙, parts: [甲]}\n"
    with pytest.raises(AssertionError, match="circle"):
        list(downwards(define(fields + sums).sums))


def test_every_sheet_of_a_table_is_made() -> None:
    rows = table_rows(load_definition("6.1"), 3)
    assert rows.frame["_sheet"].to_list() == [name for name in rows.columns for _ in range(3)]
    assert rows.frame["教工号"].n_unique() == 12


def test_with_cell_changes_one_cell() -> None:
    rows = rows_of(["甲", "乙"], [["1", "2"], ["3", "4"]])
    changed = with_cell(rows, "乙", 3, None)
    assert changed.frame["乙"].to_list() == ["2", None]
    assert changed.frame.select("甲", ROW).equals(rows.frame.select("甲", ROW))
