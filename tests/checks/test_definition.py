"""Definitions: the shipped ones, the generic one, and what an editor of a file is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from checks.definition import load_definition
from checks.definition_file import read_definition
from plans.problems import PlanError

FILE = """title: 试验表
period: school-year
primaryKey: [号]
fields:
  - name: 号
    type: string
    constraints: {required: true}
  - name: 人数
    type: integer
"""

MISTAKES = [
    ("type: integer", "type: whole", "bad-value", 9, "string"),
    ("primaryKey: [号]", "primaryKey: [学号]", "unknown-field", 3, "学号"),
    ("period: school-year", "period: year", "bad-value", 2, "school-year"),
    ("    type: integer", "    typ: integer", "unknown-key", 9, "type"),
    ("- name: 人数", "- name: 号", "duplicate-field", 4, "号"),
    ("required: true", "required: 也许", "bad-value", 7, "true"),
    ("required: true", "pattern: '['", "bad-value", 7, "正则"),
    ("required: true", "pattern: '(?=x)'", "bad-value", 7, "正则"),
    ("required: true", "minimum: 多", "bad-value", 7, "数字"),
    ("    type: integer", "    type: date", "missing-key", 8, "%Y%m%d"),
    ("    type: integer", "   - x: [", "unreadable-file", None, "缩进"),
    (FILE[FILE.index("fields:") :], "fields: []\n", "missing-key", 4, "至少"),
]


@pytest.mark.parametrize(("old", "new", "problem", "line", "hint"), MISTAKES)
def test_an_edited_file_tells_what_is_wrong_by_line(
    old: str, new: str, problem: str, line: int | None, hint: str
) -> None:
    with pytest.raises(PlanError) as caught:
        read_definition(FILE.replace(old, new, 1), "9.9")
    told = [found for found in caught.value.problems if found.id == problem]
    assert told, caught.value.problems
    assert told[0].file == "tables/9.9.yaml"
    assert line is None or told[0].line == line
    assert hint in told[0].sentence()


def test_a_right_file_is_read() -> None:
    definition = read_definition(FILE, "9.9")
    assert definition.label == "9.9 试验表"
    assert [field.name for field in definition.fields] == ["号", "人数"]
    assert definition.sheet("9.9").fields[0].required
    with pytest.raises(KeyError):
        definition.sheet("1.1")


def test_a_table_without_a_file_has_the_generic_columns_under_its_own_name() -> None:
    definition = load_definition("3.2", "馆藏图书资料")
    assert definition.generic
    assert definition.label == "3.2 馆藏图书资料"
    assert [sheet.name for sheet in definition.sheets] == ["3.2"]
    assert definition.fields[0].required


def test_an_edited_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "9.9.yaml"
    path.write_text(FILE, encoding="utf-8")
    assert load_definition("9.9", folder=tmp_path).title == "试验表"
    path.write_text(FILE.replace("试验表", "改过的试验表"), encoding="utf-8")
    assert load_definition("9.9", folder=tmp_path).title == "改过的试验表"


def test_definitions_load_without_the_heavy_libraries() -> None:
    code = (
        "import sys; import checks.finding, checks.system; from checks.definition import load_definition;"
        "load_definition('6.1'); sys.exit('polars' in sys.modules or 'fastexcel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
