"""Every table's template, filled with rows and read again: nothing found, nothing altered."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from checks.definition import Definition, load_definition
from checks.definition_set import codes
from checks.engine import check
from checks.finding import Finding
from checks.normalise import normalise
from checks.rows import Rows, to_parquet
from tests.checks.frames import shipped_schedule
from tests.checks.generated import college_context, table_rows
from workbooks.limits import Limits
from workbooks.package import Package
from workbooks.stamp import TemplateStamp
from workbooks.table import read_table
from workbooks.template import write_template

WITH_NUMBERS = [code for code in codes() if any(field.identity for field in load_definition(code).fields)]


def _template(definition: Definition, rows: Rows, path: Path) -> Path:
    stamp = TemplateStamp("2020 年采集", 17, definition.code, "学务部", 3)
    prior = to_parquet(definition, rows)
    write_template(definition, path, stamp=stamp, schedule=shipped_schedule(), prior=prior)
    return path


def _read(definition: Definition, path: Path) -> tuple[Rows, list[Finding]]:
    """What reading the workbook says, as the reader's process would put it together."""
    reading = read_table(path, Package(path, Limits().unpacked), definition)
    rows, altered = normalise(definition, reading.rows)
    found = check(definition, rows, college_context(definition.code))
    return rows, [*reading.findings, *altered, *found]


@pytest.mark.parametrize("code", codes())
def test_a_filled_template_comes_back_clean(code: str, tmp_path: Path) -> None:
    definition = load_definition(code)
    sent = table_rows(definition, 1 if definition.records == "one" else 5, seed=7)
    rows, found = _read(definition, _template(definition, sent, tmp_path / "t.xlsx"))
    assert found == []
    assert rows.columns == sent.columns
    assert rows.frame.equals(sent.frame)


@pytest.mark.parametrize("code", codes())
def test_an_empty_template_says_that_it_has_no_rows(code: str, tmp_path: Path) -> None:
    definition = load_definition(code)
    empty = table_rows(definition, 0)
    _, found = _read(definition, _template(definition, empty, tmp_path / "t.xlsx"))
    assert [finding.rule for finding in found] == ["no-rows"]


@pytest.mark.parametrize("code", WITH_NUMBERS)
def test_a_number_typed_where_a_name_belongs_is_found(code: str, tmp_path: Path) -> None:
    definition = load_definition(code)
    rows = 1 if definition.records == "one" else 3
    path = _template(definition, table_rows(definition, rows, seed=5), tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = definition.sheets[0]
    named = [place for place, field in enumerate(sheet.fields, 1) if field.identity]
    for line, place in enumerate(named, 2):
        book[sheet.name].cell(2 + line % rows, place, 610000 + line)
    wanted = {book[sheet.name].cell(2 + line % rows, place).coordinate for line, place in enumerate(named, 2)}
    book.save(path)
    _, found = _read(definition, path)
    assert {finding.cell for finding in found if finding.rule == "numeric-identity"} == wanted
    assert {finding.cell for finding in found} == wanted
