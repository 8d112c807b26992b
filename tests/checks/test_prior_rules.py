"""This year's rows beside last year's: what moved, how many rows, what nobody touched."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.context import context_for
from checks.definition import Definition, load_definition
from checks.engine import check
from checks.finding import Finding
from checks.prior_rules import changes, untouched
from tests.checks.frames import define, marks, rows_of, shipped_schedule

Cells = Sequence[Sequence[str | None]]
NAMES = ["项", "人数", "金额"]
FIELDS = """
  - {name: 项}
  - {name: 人数, type: integer, unit: 人}
  - {name: 金额, type: number, unit: 万元, change: 1}
"""


def _defined(change: str = "change: 0.3", fields: str = FIELDS) -> Definition:
    return define(f"{fields}\n{change}", key="[项]")


def _changes(now: Cells, before: Cells, definition: Definition | None = None) -> list[Finding]:
    known = context_for(shipped_schedule(), prior=rows_of(NAMES, before).frame)
    return list(changes(definition or _defined(), rows_of(NAMES, now), known, ()))


def test_a_number_beyond_the_share_is_told_with_both_values_and_the_percent() -> None:
    (finding,) = _changes([["甲", "120", "5"]], [["甲", "80", "5"]])
    assert (finding.rule, finding.severity, finding.cell) == ("prior-year-change", "warning", "B2")
    assert finding.message == "“120”比去年的 80 增加 50%，超过 30%。"
    assert (finding.remedy, finding.value) == ("请核对；情况属实的，请写明变动的原因。", "120")


def test_less_is_a_change_too_and_a_column_has_its_own_share() -> None:
    found = _changes([["甲", "60", "11"], ["乙", "100", "9"]], [["甲", "100", "5"], ["乙", "100", "5"]])
    assert [(finding.cell, finding.message) for finding in found] == [
        ("B2", "“60”比去年的 100 减少 40%，超过 30%。"),
        ("C2", "“11”比去年的 5 增加 120%，超过 100%。"),
    ]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("130", "100"),
        ("70", "100"),
        ("3", "1"),
        ("50", "0"),
        ("50", None),
        (None, "50"),
        ("x", "5"),
        ("5", "x"),
    ],
)
def test_no_change_worth_telling(now: str | None, before: str | None) -> None:
    assert _changes([["甲", now, None]], [["甲", before, None]]) == []


def test_exactly_the_share_is_not_beyond_it() -> None:
    definition = _defined("change: 0.1", FIELDS.replace("change: 1", "change: 0.1"))
    assert _changes([["甲", "110", "1.1"]], [["甲", "100", "1"]], definition) == []
    assert len(_changes([["甲", "111", "1.11"]], [["甲", "100", "1"]], definition)) == 2


def test_without_a_share_nothing_is_compared_and_serial_numbers_never_are() -> None:
    off = _defined("description: 无", FIELDS.replace(", change: 1", ""))
    assert _changes([["甲", "900", "900"]], [["甲", "1", "1"]], off) == []
    serial = _defined(fields="\n  - {name: 项}\n  - {name: 人数, type: integer}\n  - {name: 金额}\n")
    assert _changes([["甲", "9", "1"]], [["甲", "1", "1"]], serial) == []


def test_rows_are_matched_by_their_columns_wherever_they_stand() -> None:
    found = _changes(
        [["丙", "10", None], ["乙", "40", None], ["丁", "999", None]],
        [["甲", "1", None], ["乙", "10", None], ["丙", "10", None]],
    )
    assert [(finding.cell, finding.value) for finding in found] == [("B3", "40")]


def test_a_suspected_unit_is_told_once() -> None:
    known = context_for(shipped_schedule(), prior=rows_of(NAMES, [["甲", "80", "5"]]).frame)
    found = check(_defined(), rows_of(NAMES, [["甲", "200", "50000"]]), known)
    assert marks(found) == [("prior-year-change", "warning", "B2"), ("unit-suspect", "warning", "C2")]


def test_a_table_of_one_row_needs_no_match() -> None:
    definition = define(f"{FIELDS}\nrecords: one\nchange: 0.3")
    assert [f.cell for f in _changes([["甲", "9", None]], [["乙", "99", None]], definition)] == ["B2"]
    twice: Cells = [["乙", "99", None], ["丙", "99", None]]
    assert _changes([["甲", "9", None]], twice, definition) == []


def test_many_more_or_fewer_rows_are_told_once_without_a_cell() -> None:
    rows: list[list[str | None]] = [[str(n), None, None] for n in range(10)]
    (finding,) = _changes(rows[:4], rows)
    assert (finding.rule, finding.severity, finding.sheet, finding.cell) == (
        "prior-year-change",
        "warning",
        "9.9",
        "",
    )
    assert finding.message == "本表今年 4 行，去年 10 行，减少 60%，超过 30%。"
    assert _changes(rows[:7], rows) == []
    assert _changes(rows[:1], rows[:3]) == []
    (more,) = _changes(rows, rows[:5])
    assert more.message == "本表今年 10 行，去年 5 行，增加 100%，超过 30%。"


def test_row_counts_of_several_sheets_are_compared_sheet_by_sheet() -> None:
    definition = define(
        "  - {name: 项}\nchange: 0.3\nsheets:\n  - {name: A, columns: [项]}\n  - {name: B, columns: [项]}"
    )
    first, second = rows_of(["项"], [["x"]] * 8, "A"), rows_of(["项"], [["x"]] * 2, "B")
    known = context_for(shipped_schedule(), prior=first.frame.vstack(second.frame))
    found = list(changes(definition, rows_of(["项"], [["x"]] * 8, "B"), known, ()))
    assert [(finding.sheet, finding.value) for finding in found] == [("A", "0"), ("B", "8")]


def _untouched(now: Cells, before: Cells | None, definition: Definition | None = None) -> list[Finding]:
    prior = rows_of(NAMES, before).frame if before is not None else None
    known = context_for(shipped_schedule(), prior=prior)
    return list(untouched(definition or _defined(), rows_of(NAMES, now), known))


def test_rows_as_last_year_want_a_word() -> None:
    same: Cells = [["甲", "1", "2"], ["乙", None, "3"]]
    (finding,) = _untouched(same, same)
    assert (finding.rule, finding.severity, finding.sheet, finding.cell) == (
        "untouched-prefill",
        "warning",
        "9.9",
        "",
    )
    assert finding.message == "2 行中有 2 行（100%）与去年完全相同。"
    assert finding.remedy == "请逐行核对并更新；确实没有变化的，请写明“确认未变”。"


def test_the_share_counts_in_any_order() -> None:
    before: list[list[str]] = [[str(n), str(n), "1"] for n in range(20)]
    now = [*before[:1:-1], ["0", "5", "1"], ["1", "6", "1"]]
    (finding,) = _untouched(now, before)
    assert finding.message == "20 行中有 18 行（90%）与去年完全相同。"
    assert _untouched([*now[1:], ["x", "1", "1"]], before) == []


def test_nothing_to_compare_is_not_untouched() -> None:
    same: Cells = [["甲", "1", "2"]]
    assert _untouched(same, None) == []
    assert _untouched(same, []) == []
    assert _untouched([], same) == []


def test_a_column_that_only_one_year_has_counts_as_blank_in_the_other() -> None:
    prior = rows_of(["项", "人数"], [["甲", "1"]], "当年").frame
    known = context_for(shipped_schedule(), prior=prior)
    assert len(list(untouched(_defined(), rows_of(NAMES, [["甲", "1", None]]), known))) == 1
    assert list(untouched(_defined(), rows_of(NAMES, [["甲", "1", "5"]]), known)) == []


def test_a_schools_own_name_of_last_year_is_asked_about() -> None:
    definition = load_definition("1.1")
    names = [field.name for field in definition.fields]
    rows = rows_of(names, [[f"值{n}" for n in range(len(names))]], "1.1")
    known = context_for(shipped_schedule(), prior=rows.frame)
    assert "untouched-prefill" in {finding.rule for finding in check(definition, rows, known)}


TEXTS = st.lists(st.lists(st.none() | st.text(max_size=6), min_size=3, max_size=3), max_size=6)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_rubbish_raises_nothing(now: list[list[str | None]], before: list[list[str | None]]) -> None:
    definition, rows = _defined(), rows_of(NAMES, now)
    for prior in (rows_of(NAMES, before).frame, rows_of(["别的"], [["1"]]).frame, pl.DataFrame()):
        known = context_for(shipped_schedule(), prior=prior)
        assert all(finding.message for finding in check(definition, rows, known))
