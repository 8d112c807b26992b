"""Definitions: the shipped ones, the generic one, and what an editor of a file is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from checks.definition import EQUAL, RELATIONS, RowSum, load_definition
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
    ("title: 试验表\n", "", "missing-key", 1, "title"),
    ("- name: 人数", "- name: 人 数", "bad-value", 8, "不含空格"),
    ("- name: 人数", "- name: _row", "bad-value", 8, "列名"),
    ("primaryKey: [号]", "primaryKey: [人]", "unknown-field", 3, "人"),
    ("primaryKey: [号]", "primaryKey: [人数量]", "unknown-field", 3, "是不是想写 人数"),
    ("primaryKey: [号]", "primaryKey: [号]\nmatch: [编]", "unknown-field", 4, "照列名原样写"),
    ("primaryKey: [号]", "primaryKey: [号]\nrecords: some", "bad-value", 4, "many"),
    ("primaryKey: [号]", "primaryKey: [号]\nchange: 0", "bad-value", 4, "0.3"),
    ("primaryKey: [号]", "primaryKey: [号]\nchange: 三成", "bad-value", 4, "0.3"),
    ("    type: integer", "    type: integer\n    change: -1", "bad-value", 10, "0.3"),
    ("    type: integer", "    type: integer\n    identity: true", "bad-value", 10, "string"),
    ("    type: integer", "    type: integer\n    rule: destination", "bad-value", 10, "string"),
    ("    type: integer", "    type: integer\n    rule: cohort", "bad-value", 10, "year"),
    ("    type: integer", "    type: integer\n    window: in-period", "bad-value", 10, "date"),
    ("    type: integer", "    type: integer\n    window: soon", "bad-value", 10, "until-end"),
    ("    type: integer", "    type: integer\n    constraints: {enum: [1]}", "bad-value", 10, "string"),
    ("    type: integer", "    type: integer\n    constraints: {pattern: a}", "bad-value", 10, "string"),
    ("required: true", "minimum: 1", "bad-value", 7, "数字列"),
    (
        "    type: integer",
        "    type: integer\n    constraints: {minimum: 2, maximum: 1}",
        "bad-value",
        10,
        "还小",
    ),
    ("    type: integer", "    type: integer\n    provenance: heard", "bad-value", 10, "found"),
    *(
        (
            "    type: integer",
            f"    type: integer\n    constraints: {{maximum: {endless}}}",
            "bad-value",
            10,
            "不是数字",
        )
        for endless in ("inf", ".inf", "nan", "1e400")
    ),
]

SUMS = [
    ("total: 人数", "total: 人", "unknown-field", "数字列"),
    ("total: 人数", "total: 号", "unknown-field", "号 不是 fields 里的数字列"),
    ("total: 人数", "sum: 人数", "unknown-key", "sum"),
    ("parts: [男, 女]", "parts: [男, 女生]", "unknown-field", "是不是想写 女"),
    ("parts: [男, 女]", "parts: [男, 人数]", "bad-value", "合计以外"),
    ("parts: [男, 女]", "parts: []", "bad-value", "至少一列"),
    ("relation: equal", "relation: less", "bad-value", "sum-at-most"),
    ("severity: error", "severity: info", "bad-value", "warning"),
]
ADDING = """
  - {name: 男, type: integer}
  - {name: 女, type: integer}
sums:
  - total: 人数
    parts: [男, 女]
    relation: equal
    severity: error
"""

SHEETS = [
    ("columns: [号, 人数]", "columns: [号, 人]", "unknown-field", 11, "人 不是 fields 里的列名"),
    ("columns: [号, 人数]", "columns: [号]", "unknown-field", 10, "人数 没有放进任何一张工作表"),
    ("name: 乙表", "name: 甲表", "duplicate-field", 10, "工作表 甲表"),
    ("name: 乙表, ", "", "missing-key", 12, "name"),
    ("title: 乙", "titel: 乙", "unknown-key", 12, "title"),
]
ON_SHEETS = """sheets:
  - {name: 甲表, title: 甲, columns: [号, 人数]}
  - {name: 乙表, title: 乙, columns: [号]}
"""


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


@pytest.mark.parametrize(("old", "new", "problem", "hint"), SUMS)
def test_a_wrong_row_sum_is_told_at_its_line(old: str, new: str, problem: str, hint: str) -> None:
    right = FILE.rstrip("\n") + ADDING
    line = next(number for number, text in enumerate(right.splitlines(), 1) if old in text)
    with pytest.raises(PlanError) as caught:
        read_definition(right.replace(old, new), "9.9")
    told = [found for found in caught.value.problems if found.id == problem]
    assert [found.line for found in told] == [line]
    assert hint in told[0].sentence()


@pytest.mark.parametrize(("old", "new", "problem", "line", "hint"), SHEETS)
def test_a_wrong_sheet_is_told_at_its_line(old: str, new: str, problem: str, line: int, hint: str) -> None:
    with pytest.raises(PlanError) as caught:
        read_definition((FILE + ON_SHEETS).replace(old, new, 1), "9.9")
    told = [found for found in caught.value.problems if found.id == problem and found.line == line]
    assert told, caught.value.problems
    assert hint in told[0].sentence()


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    wrong = FILE.replace("period: school-year", "period: year").replace("type: integer", "typ: integer")
    with pytest.raises(PlanError) as caught:
        read_definition(wrong, "9.9")
    assert [(found.id, found.line) for found in caught.value.problems] == [
        ("bad-value", 2),
        ("unknown-key", 9),
    ]


def test_what_a_table_says_of_its_rows() -> None:
    definition = read_definition(
        FILE.replace(
            "primaryKey: [号]", "primaryKey: [号]\nrecords: one\nchange: 0.3\nsource: 某处\nmatch: [人数]"
        )
        .replace("    type: integer", "    type: integer\n    change: 1.5")
        .rstrip("\n")
        + ADDING,
        "9.9",
    )
    assert (definition.records, definition.change, definition.source) == ("one", 0.3, "某处")
    assert (definition.key, definition.match) == (("号",), ("人数",))
    assert definition.fields[1].change == 1.5
    assert definition.sums == (RowSum("人数", ("男", "女"), EQUAL, "error"),)


def test_what_a_table_doesnt_say_is_the_usual() -> None:
    definition = read_definition(FILE, "9.9")
    assert (definition.records, definition.change, definition.source, definition.sums) == (
        "many",
        None,
        "",
        (),
    )
    assert definition.match == definition.key == ("号",)


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_row_sum_has_one_of_three_relations(relation: str) -> None:
    text = FILE.rstrip("\n") + ADDING.replace("equal", relation).replace("error", "warning")
    assert read_definition(text, "9.9").sums == (RowSum("人数", ("男", "女"), relation, "warning"),)


def test_sheets_share_columns() -> None:
    definition = read_definition(FILE + ON_SHEETS, "9.9")
    assert [(sheet.name, sheet.title, len(sheet.fields)) for sheet in definition.sheets] == [
        ("甲表", "甲", 2),
        ("乙表", "乙", 1),
    ]
    assert [field.name for field in definition.fields] == ["号", "人数"]


def test_a_right_file_is_read() -> None:
    definition = read_definition(FILE, "9.9")
    assert definition.label == "9.9 试验表"
    assert [field.name for field in definition.fields] == ["号", "人数"]
    assert definition.sheet("9.9").fields[0].required
    with pytest.raises(KeyError):
        definition.sheet("1.1")


def test_a_table_without_a_file_has_the_generic_columns_under_its_own_name() -> None:
    definition = load_definition("13.1", "学院自加的表")
    assert definition.generic
    assert definition.label == "13.1 学院自加的表"
    assert [sheet.name for sheet in definition.sheets] == ["13.1"]
    assert definition.fields[0].required


def test_a_table_is_called_as_the_plan_calls_it() -> None:
    assert load_definition("1.3").title == "招生计划"
    assert load_definition("1.3", "2021年招生计划").label == "1.3 2021年招生计划"


def test_a_file_that_is_not_utf_8_says_how_to_save_it(tmp_path: Path) -> None:
    (tmp_path / "9.9.yaml").write_text(FILE, encoding="gbk")
    with pytest.raises(PlanError, match="UTF-8"):
        load_definition("9.9", folder=tmp_path)


def test_a_file_saved_with_a_mark_of_order_is_read(tmp_path: Path) -> None:
    (tmp_path / "9.9.yaml").write_text(FILE, encoding="utf-8-sig")
    assert load_definition("9.9", folder=tmp_path).title == "试验表"


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
