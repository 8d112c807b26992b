"""The shipped definitions: accepted by frictionless, complete, and true to the plan."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from frictionless import Schema

from checks.definition import TABLES, Definition, load_definition
from plans.load import load_files

ROOT = Path(__file__).parent.parent.parent
FILES = sorted(path.stem for path in TABLES.glob("*.yaml"))
SOURCES = ("1.6", "6.1", "7.1.1", "7.2", "10.1.1")


@pytest.mark.parametrize("code", FILES)
def test_frictionless_accepts_the_file(code: str) -> None:
    schema = Schema.from_descriptor(str(TABLES / f"{code}.yaml"))
    assert schema.field_names == [field["name"] for field in _document(code)["fields"]]


@pytest.mark.parametrize("code", FILES)
def test_every_field_says_where_it_is_known_from(code: str) -> None:
    assert {field["provenance"] for field in _document(code)["fields"]} <= {"found", "general-knowledge"}


def _document(code: str) -> dict[str, list[dict[str, str]]]:
    document: dict[str, list[dict[str, str]]] = yaml.safe_load((TABLES / f"{code}.yaml").read_text("utf-8"))
    return document


@pytest.mark.parametrize("code", SOURCES)
def test_each_source_table_has_a_definition_of_its_own(code: str) -> None:
    definition = load_definition(code)
    assert not definition.generic
    assert definition.code == code
    assert definition.key
    assert any(field.required for field in definition.fields)


def test_teachers_stand_on_four_sheets() -> None:
    sheets = load_definition("6.1").sheets
    assert [sheet.name for sheet in sheets] == ["6.1.1", "6.1.2", "6.1.3", "6.1.4"]
    assert all(sheet.fields[0].name == "教工号" for sheet in sheets)


@pytest.mark.parametrize("code", SOURCES)
def test_references_lead_to_columns_that_exist(code: str) -> None:
    for field in load_definition(code).fields:
        if field.reference:
            names = {target.name for target in load_definition(field.reference.table).fields}
            assert set(field.reference.fields) <= names


@pytest.mark.parametrize("code", SOURCES)
def test_numbers_that_name_something_are_text_and_keys_are_columns(code: str) -> None:
    definition = load_definition(code)
    assert all(field.type == "string" for field in definition.fields if field.identity)
    assert set(definition.key) <= {field.name for field in definition.fields}
    assert any(field.identity for field in definition.fields)


def test_personal_data_is_marked() -> None:
    sensitive = {field.name for field in load_definition("10.1.1").fields if field.sensitive}
    assert {"姓名", "身份证号", "出生日期"} <= sensitive


def test_every_table_of_the_plan_has_a_definition_named_like_it() -> None:
    plan = load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")
    loaded: list[Definition] = [load_definition(table.code, table.name) for table in plan.tables]
    assert [definition.code for definition in loaded] == [table.code for table in plan.tables]
    assert all(definition.title for definition in loaded)
    assert sorted(d.code for d in loaded if not d.generic) == sorted([*SOURCES, "6.2"])
