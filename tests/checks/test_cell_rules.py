"""Rules on one cell: values in, exactly the broken cells out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from checks.definition import Definition
from checks.engine import check
from tests.checks.frames import context, define, marks, one_column, rows_of

INTEGER = "  - {name: 数, type: integer}"
CASES: list[tuple[str, str, Sequence[str | None], list[tuple[str, str, str]]]] = [
    ("required", "  - {name: 名, constraints: {required: true}}", ["a", None], [("required", "error", "B3")]),
    ("integer", INTEGER, ["1", "-2", "1.5", "一", None], [("type", "error", "B4"), ("type", "error", "B5")]),
    (
        "number",
        "  - {name: 数, type: number}",
        ["1.25", "1e3", "nan", "inf", "12人"],
        [("type", "error", "B4"), ("type", "error", "B5"), ("type", "error", "B6")],
    ),
    (
        "year",
        "  - {name: 年, type: year}",
        ["2018", "18", "20180"],
        [("type", "error", "B3"), ("type", "error", "B4")],
    ),
    (
        "day",
        "  - {name: 日, type: date, format: '%Y%m%d'}",
        ["20200229", "20190229", "202002", "2020022"],
        [("type", "error", "B3"), ("type", "error", "B4"), ("type", "error", "B5")],
    ),
    (
        "month",
        "  - {name: 月, type: date, format: '%Y%m'}",
        ["202012", "202013", "2020.1"],
        [("type", "error", "B3"), ("type", "error", "B4")],
    ),
    (
        "sure enumeration",
        "  - {name: 性别, constraints: {enum: [男, 女]}}",
        ["男", None, "M"],
        [("enum", "error", "B4")],
    ),
    (
        "unsure enumeration",
        "  - {name: 类, constraints: {enum: [甲]}, enum_source: general-knowledge}",
        ["甲", "乙"],
        [("enum", "warning", "B3")],
    ),
    (
        "pattern",
        r"  - {name: 码, constraints: {pattern: '\d{6}'}}",
        ["610101", "61010", "6101011", None],
        [("pattern", "error", "B3"), ("pattern", "error", "B4")],
    ),
    (
        "range",
        "  - {name: 数, type: integer, constraints: {minimum: 0, maximum: 5}}",
        ["0", "5", "-1", "6", "x"],
        [("range", "error", "B4"), ("range", "error", "B5"), ("type", "error", "B6")],
    ),
    (
        "until the period's end",
        "  - {name: 日, type: date, format: '%Y%m%d', window: until-end}",
        ["19990101", "20200831", "20200901"],
        [("period", "error", "B4")],
    ),
    (
        "in the period",
        "  - {name: 日, type: date, format: '%Y%m%d', window: in-period}",
        ["20190831", "20190901", "20200831", "20200901"],
        [("period", "error", "B2"), ("period", "error", "B5")],
    ),
    (
        "student status",
        "  - {name: 状态, rule: student-status}",
        ["在读", "毕业", "肄业", "辍学", "其他", "休学", None],
        [("student-status", "error", "B7")],
    ),
    (
        "destination",
        "  - {name: 去向, rule: destination}",
        ["就业", "创业", "留学", "专升本", "参军", "正在求职", "其他", "待定"],
        [("destination", "error", "B9")],
    ),
]


@pytest.mark.parametrize(
    ("field", "values", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_exactly_the_broken_cells_are_found(
    field: str, values: Sequence[str | None], expected: list[tuple[str, str, str]]
) -> None:
    assert marks(one_column(field, values)) == expected


def test_a_month_that_excel_may_have_shortened_says_so() -> None:
    (finding,) = one_column("  - {name: 月, type: date, format: '%Y%m'}", ["2020.1"])
    assert "10 月" in finding.message
    assert "202010" in finding.remedy


def test_messages_name_the_value_and_how_to_mend_it() -> None:
    (finding,) = one_column("  - {name: 数, type: integer, unit: 人, constraints: {minimum: 0}}", ["-3"])
    assert finding.message == "“-3”超出范围，应不小于 0（人）。"
    assert finding.value == "-3"
    assert finding.remedy


def test_a_table_of_the_calendar_year_has_its_own_period() -> None:
    field = "  - {name: 日, type: date, format: '%Y%m%d', window: in-period}"
    definition = define(field, period="calendar-year")
    rows = rows_of(["日"], [["20181231"], ["20190101"], ["20191231"], ["20200101"]])
    assert marks(check(definition, rows, context())) == [("period", "error", "A2"), ("period", "error", "A5")]


@pytest.fixture
def wide() -> Definition:
    return define(
        """
  - {name: 号, constraints: {required: true, pattern: '[0-9]+'}, identity: true}
  - {name: 年, type: year, rule: cohort}
  - {name: 日, type: date, format: '%Y%m', window: until-end}
  - {name: 数, type: number, constraints: {minimum: 0}}
""",
        key="[号]",
    )


@pytest.mark.parametrize(
    "value", ["\x00", "=1+1", "９", "99999999999999999999999", "-", "😀", "a" * 40_000, "1e999"]
)
def test_no_value_makes_the_check_raise(wide: Definition, value: str) -> None:
    rows = rows_of(["号", "年", "日", "数"], [[value] * 4])
    assert all(finding.message for finding in check(wide, rows, context()))
