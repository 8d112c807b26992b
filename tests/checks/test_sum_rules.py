"""Parts and totals within a row."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.definition import Definition, load_definition
from checks.engine import check
from checks.finding import Finding
from checks.rows import Rows
from checks.sum_rules import row_sums
from tests.checks.frames import context, define, marks, rows_of

COLUMNS = ["合计", "男", "女"]
NUMBERS = "  - {name: 合计, type: number}\n  - {name: 男, type: number}\n  - {name: 女, type: number}"


def _summed(relation: str = "equal", severity: str = "error") -> Definition:
    sums = f"\nsums:\n  - {{total: 合计, parts: [男, 女], relation: {relation}, severity: {severity}}}"
    return define(NUMBERS + sums)


def _found(cells: list[list[str | None]], relation: str = "equal") -> list[Finding]:
    return list(row_sums(_summed(relation), rows_of(COLUMNS, cells)))


def test_a_total_that_its_parts_make_up_is_fine() -> None:
    assert _found([["5", "2", "3"], ["5", "5", None], ["0", None, None], [None, None, None]]) == []


def test_the_total_is_marked_with_both_numbers_and_its_parts() -> None:
    (finding,) = _found([["5", "2", "3"], ["120", "40", "38.5"]])
    assert (finding.rule, finding.severity, finding.cell, finding.value) == ("row-sum", "error", "A3", "120")
    assert finding.message == "“合计”是 120，应等于各部分之和 78.5（男 40 + 女 38.5）。"
    assert finding.remedy == "请核对合计与各部分，改正填错的一项。"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([None, "2", "3"], "“合计”是空白，应等于各部分之和 5（男 2 + 女 3）。"),
        (["7", None, None], "“合计”是 7，应等于各部分之和 0（都是空白）。"),
        (["7", "8", None], "“合计”是 7，应等于各部分之和 8（男 8）。"),
    ],
)
def test_blanks_count_as_nothing(cells: list[str | None], message: str) -> None:
    assert [finding.message for finding in _found([cells])] == [message]


def test_a_sum_may_be_less_than_its_total_but_not_more() -> None:
    (finding,) = _found([["5", "2", "2"], ["5", "3", "3"]], "sum-at-most")
    assert finding.cell == "A3"
    assert finding.message == "“合计”是 5，不应小于各部分之和 6（男 3 + 女 3）。"


def test_each_part_may_be_the_total_and_is_marked_itself_where_it_is_more() -> None:
    found = _found([["5", "5", "5"], ["5", "6", "7"], [None, "1", None]], "each-at-most")
    assert marks(found) == [
        ("row-sum", "error", "B3"),
        ("row-sum", "error", "B4"),
        ("row-sum", "error", "C3"),
    ]
    assert found[0].message == "“男”是 6，不应大于“合计”（是 5）。"
    assert found[1].message == "“男”是 1，不应大于“合计”（是空白）。"
    assert (found[2].column, found[2].value) == ("女", "7")


def test_the_definition_says_how_grave_it_is() -> None:
    rows = rows_of(COLUMNS, [["5", "2", "2"]])
    assert [finding.severity for finding in row_sums(_summed(severity="warning"), rows)] == ["warning"]


def test_rounded_money_may_be_half_a_cent_off_for_each_part() -> None:
    assert _found([["10.01", "5.005", "5"], ["10.01", "5", "5"]]) == []
    assert [finding.cell for finding in _found([["10.02", "5", "5"]])] == ["A2"]
    assert _found([["123456789.3", "123456789.1", "0.2"]]) == []


def test_a_cell_that_is_no_number_is_told_by_its_type_alone() -> None:
    found = check(_summed(), rows_of(COLUMNS, [["5", "二", "3"]]), context())
    assert marks(found) == [("type", "error", "B2")]


def test_a_column_that_the_sheet_lacks_is_told_by_itself() -> None:
    def missing(columns: list[str], relation: str) -> list[tuple[str, str]]:
        rows = rows_of(columns, [["5"] * len(columns)])
        return [(f.rule, f.column) for f in check(_summed(relation), rows, context())]

    assert missing(["合计", "男"], "equal") == [("missing-column", "女")]
    assert missing(["男", "女"], "equal") == [("missing-column", "合计")]
    assert missing(["合计", "男"], "each-at-most") == [("missing-column", "女")]


def test_many_parts_are_not_all_listed() -> None:
    names = [f"部分{n}" for n in range(10)]
    fields = "\n".join(f"  - {{name: {name}, type: integer}}" for name in ["合计", *names])
    definition = define(f"{fields}\nsums:\n  - {{total: 合计, parts: [{', '.join(names)}]}}")
    (finding,) = row_sums(definition, rows_of(["合计", *names], [["1", *["1"] * 10]]))
    assert finding.message.endswith("部分7 1 + ……）。")


def test_heads_of_a_major_are_its_grades_and_its_origins() -> None:
    definition = load_definition("7.1.1")
    names = [field.name for field in definition.fields]
    row = dict.fromkeys(names) | {
        "在校生数/总人数": "120",
        "在校生数/一年级": "40",
        "在校生数/二年级": "41",
        "在校生数/三年级": "40",
        "生源类型/普通高中起点": "100",
        "生源类型/其他": "10",
    }
    found = list(row_sums(definition, rows_of(names, [list(row.values())], "7.1.1")))
    assert [(finding.column, finding.severity) for finding in found] == [
        ("在校生数/总人数", "error"),
        ("在校生数/总人数", "warning"),
    ]
    assert "121" in found[0].message
    assert "110" in found[1].message


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=20))
def test_cents_always_add_up(pairs: list[tuple[int, int]]) -> None:
    def money(cents: int) -> str:
        return f"{cents // 100}.{cents % 100:02d}"

    cells: list[list[str | None]] = [[money(a + b), money(a), money(b)] for a, b in pairs]
    assert _found(cells) == []
    wrong: list[list[str | None]] = [[money(a + b + 2), money(a), money(b)] for a, b in pairs]
    assert [finding.row for finding in _found(wrong)] == list(range(2, len(pairs) + 2))


@settings(deadline=None)
@given(st.lists(st.lists(st.none() | st.text(max_size=9), min_size=3, max_size=3), max_size=8))
def test_rubbish_raises_nothing(cells: list[list[str | None]]) -> None:
    for relation in ("equal", "sum-at-most", "each-at-most"):
        rows: Rows = rows_of(COLUMNS, cells)
        assert all(finding.message for finding in row_sums(_summed(relation), rows))
