"""Rules over several tables run: whose finding, on which cell, and what happens to a broken one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest

from checks.cross_check import Own, cross_findings, filled, table_frame
from checks.cross_rules import CrossRule
from checks.definition import Definition
from checks.finding import Finding
from checks.rows import Rows
from tests.checks.frames import define, marks, rows_of, shipped_schedule

TOTALS = define("  - {name: 合计, type: integer}", code="1.1")
STUDENTS = define(
    "  - {name: 学号}\n  - {name: 专业}\n  - {name: 状态}\n  - {name: 学费, type: number}",
    code="2.2",
    key="[学号]",
)
NAMES = ["学号", "专业", "状态", "学费"]
RULE = CrossRule(
    id="enough-students",
    title="学生够数",
    table="1.1",
    uses=("1.1", "2.2"),
    severity="error",
    sql='SELECT t."合计" AS here, COUNT(s."学号") AS there FROM "1.1" AS t CROSS JOIN "2.2" AS s '
    'GROUP BY t."合计" HAVING COUNT(s."学号") <> t."合计"',
    message="{here} 不是 {there}。",
    remedy="请核对。",
    column="合计",
    line=7,
)
BY_ROW = replace(
    RULE,
    table="2.2",
    uses=("2.2",),
    column="状态",
    sql='SELECT s._department, s._sheet, s._row, s."状态" AS status FROM "2.2" AS s '
    'LEFT JOIN statuses AS l ON s."状态" = l.name '
    "WHERE l.enrolled IS NULL OR NOT l.enrolled ORDER BY s._row",
    message="“{status}”不算在校。",
)


def _own(definition: Definition, rows: Rows, department: str = "一系") -> Own:
    return Own(definition, rows, [department])


def _total(*values: str) -> Rows:
    return rows_of(["合计"], [[value] for value in values], "1.1")


def _students(*states: str | None) -> Rows:
    return rows_of(NAMES, [[str(n), "软件", state, "1.5"] for n, state in enumerate(states)], "2.2")


def _frames(own: Rows, *students: tuple[str, Rows]) -> dict[str, pl.LazyFrame]:
    return {
        "1.1": table_frame(TOTALS, [("一系", own.frame)]),
        "2.2": table_frame(STUDENTS, [(name, rows.frame) for name, rows in students]),
    }


def _found(rule: CrossRule, own: Own, tables: dict[str, pl.LazyFrame]) -> list[Finding]:
    return list(cross_findings([rule], own, tables, shipped_schedule()))


def test_a_violation_lands_on_the_only_row() -> None:
    own = _total("3")
    (finding,) = _found(RULE, _own(TOTALS, own), _frames(own, ("一系", _students("在读", "在读"))))
    assert finding == Finding(
        rule="enough-students",
        severity="error",
        message="3 不是 2。",
        remedy="请核对。",
        sheet="1.1",
        cell="A2",
        row=2,
        column="合计",
        value="3",
    )


def test_all_parts_of_a_table_count_together() -> None:
    own = _total("3")
    parts = [("一系", _students("在读", "在读")), ("二系", _students("在读"))]
    assert _found(RULE, _own(TOTALS, own), _frames(own, *parts)) == []


def test_a_rule_waits_until_every_table_it_uses_is_complete() -> None:
    own = _total("3")
    tables = _frames(own, ("一系", _students()))
    assert _found(RULE, _own(TOTALS, own), {"1.1": tables["1.1"]}) == []
    assert _found(RULE, _own(TOTALS, own), {"2.2": tables["2.2"]}) == []


def test_a_complete_table_may_have_no_rows() -> None:
    rule = replace(RULE, sql='SELECT COUNT(*) AS here, 1 AS there FROM "2.2"')
    own = _total("3")
    assert [finding.message for finding in _found(rule, _own(TOTALS, own), _frames(own))] == ["0 不是 1。"]


def test_among_several_rows_a_violation_without_a_place_stands_at_the_sheet() -> None:
    own = _total("3", "4")
    rule = replace(RULE, sql='SELECT 1 AS here, 2 AS there FROM "1.1" LIMIT 1')
    (finding,) = _found(rule, _own(TOTALS, own), _frames(own, ("一系", _students())))
    assert (finding.sheet, finding.cell, finding.row, finding.column) == ("1.1", "", None, "")


def test_a_row_is_told_to_the_department_that_it_belongs_to() -> None:
    mine, theirs = _students("在读", "休学", None), _students("肄业")
    tables = _frames(_total("1"), ("一系", mine), ("二系", theirs))
    found = _found(BY_ROW, _own(STUDENTS, mine), tables)
    assert [(f.cell, f.value, f.message) for f in found] == [
        ("C3", "休学", "“休学”不算在校。"),
        ("C4", "", "“空白”不算在校。"),
    ]
    assert [f.cell for f in _found(BY_ROW, _own(STUDENTS, theirs, "二系"), tables)] == ["C2"]


def test_the_campaigns_lists_are_tables() -> None:
    names = "SELECT l.name AS here, l.{flag} AS there FROM {table} AS l ORDER BY l.name LIMIT 2"
    own = _total("1")

    def told(table: str, flag: str) -> list[str]:
        rule = replace(RULE, uses=("1.1",), sql=names.format(flag=flag, table=table))
        return sorted(f.message for f in _found(rule, _own(TOTALS, own), _frames(own)))

    lists = replace(
        shipped_schedule(),
        enrolled_statuses=("在校",),
        other_statuses=("离校",),
        employed=("上班",),
        unemployed=("待业",),
    )
    rule = replace(RULE, uses=("1.1",), sql=names.format(flag="employed", table="destinations"))
    found = cross_findings([rule], _own(TOTALS, own), _frames(own), lists)
    assert sorted(f.message for f in found) == ["上班 不是 是。", "待业 不是 否。"]
    assert len(told("statuses", "enrolled")) == 2


def test_columns_are_typed_and_a_value_not_of_its_type_is_blank() -> None:
    rows = rows_of(["学号", "学费"], [["001", "1,5"], ["002", "2.50"]], "2.2")
    frame = table_frame(STUDENTS, [("一系", rows.frame)]).collect()
    assert frame.columns == ["_department", "_sheet", "_row", *NAMES]
    assert frame.rows() == [
        ("一系", "2.2", 2, "001", None, None, None),
        ("一系", "2.2", 3, "002", None, None, 2.5),
    ]


@pytest.mark.parametrize(
    ("sql", "message", "reason"),
    [
        ('SELECT nope FROM "1.1"', "坏了", "unable to find column"),
        ("SELEC", "坏了", "sql parser error"),
        ('SELECT * FROM "3.3"', "坏了", "relation '3.3' was not found"),
        ('SELECT 1 AS here FROM "1.1"', "{nobody}", "nobody"),
        ("SELECT 'x' AS _row FROM \"1.1\"", "坏了", "invalid literal for int()"),
    ],
)
def test_a_rule_that_cannot_run_is_one_info_and_the_others_go_on(sql: str, message: str, reason: str) -> None:
    own = _total("3")
    good = replace(RULE, id="another-rule", sql='SELECT 1 AS here, 2 AS there FROM "1.1"')
    broken = replace(RULE, sql=sql, message=message)
    tables = _frames(own, ("一系", _students("在读")))
    found = list(cross_findings([broken, good], _own(TOTALS, own), tables, shipped_schedule()))
    assert marks(found) == [("rule-broken", "info", ""), ("another-rule", "error", "A2")]
    assert found[0].message.startswith("规则“学生够数”（enough-students）没有能够执行，这一项没有检测：")
    assert reason in found[0].message
    assert found[0].remedy == "填报人无需处理；请质量部核对 tables/rules.yaml 第 7 行的查询。"


def test_files_cannot_be_reached_by_their_names() -> None:
    own = _total("3")
    rule = replace(RULE, sql="SELECT * FROM 'tests/checks/frames.py'")
    assert marks(_found(rule, _own(TOTALS, own), _frames(own, ("一系", own)))) == [
        ("rule-broken", "info", "")
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "空白"), (True, "是"), (3, "3"), (3.0, "3"), (0.125, "0.125"), (1e6, "1000000"), ("甲", "甲")],
)
def test_values_are_shown_as_people_write_them(value: object, shown: str) -> None:
    assert filled("值{x}，{x}", {"x": value}) == f"值{shown}，{shown}"


def test_violations_in_bulk() -> None:
    rows = _students(*["肄业"] * 500)
    found = _found(BY_ROW, _own(STUDENTS, rows), _frames(_total("1"), ("一系", rows)))
    lines: Sequence[int | None] = [finding.row for finding in found]
    assert lines == list(range(2, 502))
