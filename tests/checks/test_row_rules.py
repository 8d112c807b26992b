"""Rules beyond one cell: keys, cohorts, references, headings, order."""

from __future__ import annotations

import polars as pl
import pytest

from checks.definition import load_definition
from checks.engine import check
from tests.checks.frames import context, define, marks, one_column, rows_of

COHORT = """
  - {name: 年级, type: year, rule: cohort}
  - {name: 学制, type: integer}
"""


def test_a_repeated_key_is_found_where_it_repeats_and_names_the_first_row() -> None:
    definition = define("  - {name: 甲}\n  - {name: 乙}", key="[甲, 乙]")
    rows = rows_of(["甲", "乙"], [["1", "x"], ["1", "y"], ["1", "x"], [None, "x"], [None, "x"], ["1", None]])
    (finding,) = check(definition, rows, context())
    assert (finding.rule, finding.cell, finding.key) == ("unique-key", "A4", "1/x")
    assert "第 2 行" in finding.message


def test_a_table_of_one_record_has_one_row() -> None:
    one = define("  - {name: 甲}\n  - {name: 乙}\nrecords: one")
    assert check(one, rows_of(["甲", "乙"], [["1", "x"]]), context()) == []
    (finding,) = check(one, rows_of(["甲", "乙"], [["1", "x"], ["2", "y"], [None, "z"]]), context())
    assert (finding.rule, finding.severity, finding.cell, finding.value) == ("one-row", "error", "A3", "2")
    assert finding.message == "本表只填一行，这里有 3 行（第 2 行之后还有数据）。"
    assert finding.remedy == "请把数据合并到一行，删除其余各行。"


def test_a_table_of_many_records_may_have_more() -> None:
    many = define("  - {name: 甲}")
    assert check(many, rows_of(["甲"], [["1"], ["2"]]), context()) == []


def test_a_key_holds_over_all_sheets_of_a_table() -> None:
    definition = load_definition("6.1")
    names = ["教工号", "姓名", "性别", "出生日期"]
    first = rows_of(names, [["T1", "甲", "男", "19800101"]], "6.1.1")
    second = rows_of(names, [["T1", "甲", "男", "19800101"]], "6.1.3")
    both = type(first)(pl.concat([first.frame, second.frame]), {**first.columns, **second.columns})
    repeated = [finding for finding in check(definition, both, context()) if finding.rule == "unique-key"]
    assert [(finding.sheet, finding.cell) for finding in repeated] == [("6.1.3", "A2")]
    assert "6.1.1" in repeated[0].message


@pytest.mark.parametrize(
    ("entry", "years", "severity"),
    [
        ("2018", "3", None),
        ("2017", "3", None),
        ("2016", "3", "warning"),
        ("2019", "3", "warning"),
        ("2015", "3", "error"),
        ("2020", "3", "error"),
        ("2015", "5", None),
        ("2013", "5", "error"),
    ],
)
def test_a_cohort_is_fine_by_both_warned_by_one_wrong_by_none(
    entry: str, years: str, severity: str | None
) -> None:
    found = check(
        define(COHORT, code="10.1.1"), rows_of(["年级", "学制"], [[entry, years]], "10.1.1"), context()
    )
    assert [finding.severity for finding in found] == ([severity] if severity else [])


def test_a_doubtful_cohort_names_what_both_say() -> None:
    (finding,) = check(define(COHORT), rows_of(["年级", "学制"], [["2019", "3"]]), context())
    assert "新生" in finding.message
    assert "一年级" in finding.message


def test_tables_of_new_students_want_the_newcomers() -> None:
    definition = define("  - {name: 年级, type: year, rule: cohort}", code="11.6")
    found = check(definition, rows_of(["年级"], [["2020"], ["2019"], ["2018"]], "11.6"), context())
    assert marks(found) == [
        ("cohort", "warning", "A2"),
        ("cohort", "warning", "A3"),
        ("cohort", "error", "A4"),
    ]


REFERENCE = "  - {name: 专业, reference: {table: '7.1.1', fields: [专业代码, 专业方向代码]}}"


def test_a_reference_must_stand_in_the_approved_source_table() -> None:
    majors = pl.DataFrame({"专业代码": ["610101", None], "专业方向代码": [None, "02"]})
    found = one_column(REFERENCE, ["610101", "02", "999999", None], t7_1_1=majors)
    assert marks(found) == [("reference", "error", "B4")]
    assert "7.1.1 开设专业" in found[0].message
    assert "补录" in found[0].remedy


def test_nothing_is_referred_to_before_the_source_is_approved() -> None:
    assert one_column(REFERENCE, ["999999"]) == []


def test_headings_that_are_missing_strange_or_twice() -> None:
    definition = define("  - {name: 甲, constraints: {required: true}}\n  - {name: 乙}\n  - {name: 丁}")
    rows = rows_of(["丙", "丁"], [["x", "y"]])
    twice = type(rows)(rows.frame, {"9.9": ("丙", "", "丙", "丁")})
    found = check(definition, twice, context())
    assert [(f.rule, f.severity, f.cell, f.column) for f in found] == [
        ("unknown-column", "warning", "A1", "丙"),
        ("unknown-column", "error", "C1", "丙"),
        ("missing-column", "error", "", "甲"),
        ("missing-column", "warning", "", "乙"),
    ]


def test_a_sheet_without_any_title_is_one_finding() -> None:
    definition = load_definition("10.1.1")
    found = check(definition, rows_of(["2020 年学生名单"], [["学号"], ["2018001"]], "10.1.1"), context())
    assert [(finding.rule, finding.severity) for finding in found] == [("missing-column", "error")]
    assert "学号" in found[0].message
    assert "标题行" in found[0].remedy


def test_a_generic_table_takes_any_column_without_a_warning() -> None:
    rows = rows_of(["项目", "备用"], [["占地面积", "x"]], "13.1")
    found = check(load_definition("13.1", "学院自加的表"), rows, context())
    assert ("unknown-column", "info", "B1") in marks(found)
    assert not [finding for finding in found if finding.severity == "error"]


def test_an_empty_table_asks_for_the_nil_return() -> None:
    found = check(define("  - {name: 甲}"), rows_of(["甲"], []), context())
    assert [finding.rule for finding in found] == ["no-rows"]
    assert "无数据申报" in found[0].remedy


def test_findings_stand_in_cell_order_with_their_rows_key() -> None:
    definition = define(
        "  - {name: 号}\n  - {name: 数, type: integer}\n  - {name: 年, type: year}", key="[号]"
    )
    rows = rows_of(["年", "号", "数"], [["x", "a", "y"], ["z", "b", "1"], ["2000", "a", "w"]])
    found = check(definition, rows, context())
    assert [(f.cell, f.key) for f in found] == [
        ("A2", "a"),
        ("C2", "a"),
        ("A3", "b"),
        ("B4", "a"),
        ("C4", "a"),
    ]


def test_a_key_may_hold_any_character() -> None:
    """Also the one that holds a key's parts apart."""
    definition = define("  - {name: 甲}\n  - {name: 乙}", key="[甲, 乙]")
    rows = rows_of(["甲", "乙"], [["\x1f", None], ["\x1f", None]])
    assert [found.cell for found in check(definition, rows, context())] == ["A3"]
