"""`docs/tables.md`: current, complete, and each table as people read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from checks.definition import PERIODS, PROVENANCE, RECORDS, RELATIONS, RULES, TABLES, TYPES, WINDOWS
from checks.definition_page import HEAD, page
from checks.definition_set import codes, load_all
from tests.checks.frames import define

ROOT = Path(__file__).parent.parent.parent


def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / "tables.md").read_text("utf-8") == page(load_all()), "run `caiji tables docs`"


def test_the_page_tells_every_column_of_every_sheet() -> None:
    text = page(load_all())
    assert [code for code in codes() if f"\n## {code} " not in text] == []
    assert "### 6.1.3 校外兼职教师基本情况" in text
    rows = sum(len(sheet.fields) for definition in load_all() for sheet in definition.sheets)
    assert text.count("| 见 |\n") + text.count("| 常 |\n") == rows


def test_the_page_explains_every_key_that_a_file_may_have() -> None:
    guide = HEAD.partition("## 怎样改一张表")[2]
    used = {
        key for code in codes() for key in _keys(yaml.safe_load((TABLES / f"{code}.yaml").read_text("utf-8")))
    }
    assert len(used) > 25
    assert [key for key in sorted(used) if f"`{key}`" not in guide] == []
    for words in (PERIODS, RECORDS, RELATIONS, RULES, WINDOWS, PROVENANCE, TYPES):
        assert [word for word in words if f"`{word}`" not in guide] == []


def _keys(document: dict[str, Any]) -> set[str]:
    nested = [*document["fields"], *document.get("sums", ()), *document.get("sheets", ())]
    nested += [
        field[part] for field in document["fields"] for part in ("constraints", "reference") if part in field
    ]
    return {key for part in (document, *nested) for key in part}


def test_a_table_on_the_page() -> None:
    definition = define(
        "  - {name: 号, identity: true, constraints: {required: true}, note: 四位, provenance: found}\n"
        "  - {name: 甲|乙, constraints: {enum: [是, 否]}, enum_source: general-knowledge}\n"
        "  - {name: 计, type: integer, unit: 人, constraints: {minimum: 1, maximum: 9}, change: 0.5}\n"
        "  - {name: 分, type: integer, sensitive: true, reference: {table: '6.1', fields: [a, b]}}\n"
        "  - {name: 日, type: date, format: '%Y%m', window: in-period}\n"
        "  - {name: 籍, rule: student-status}\n"
        "sums:\n"
        "  - {total: 计, parts: [分], severity: warning}\n"
        "  - {total: 计, parts: [分], relation: each-at-most}\n"
        "  - {total: 计, parts: [分], relation: sum-at-most}\n"
        "match: [籍]\nchange: 0.3\nsource: 某处\n",
        key="[号]",
    )
    assert page([definition]).rpartition("\n## ")[2].splitlines() == [
        "9.9 试验表",
        "",
        "- 期间：学年；多行",
        "- 不能重复：`号`",
        "- 与上年对照：`籍`",
        "- 数字比上年变动超过 30% 时要说明",
        "- 行内关系：`计` = `分`（不符只警告）",
        "- 行内关系：`分` 不大于 `计`",
        "- 行内关系：`分` 不大于 `计`",
        "- 来源：某处",
        "",
        "| 列 | 类型 | 单位 | 可选、范围和对照 | 说明 | 来源 |",
        "|---|---|---|---|---|---|",
        "| **号**（必填） | 编号（文本） |  |  | 四位 | 见 |",
        "| 甲\\|乙 | 文字 |  | 是、否`*` |  | 常 |",
        "| 计 | 整数 | 人 | 不小于 1；不大于 9；变动超过 50% 时要说明 |  | 常 |",
        "| 分 | 整数，个人信息 |  | 在 6.1 的 a 或 b 中 |  | 常 |",
        "| 日 | 年月六位数字 |  | 在采集期内 |  | 常 |",
        "| 籍 | 文字 |  | 学籍状态（见计划） |  | 常 |",
    ]
