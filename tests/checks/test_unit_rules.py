"""Values typed in another unit than the column's: told with a proposal, and honest spreads left alone."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.context import context_for
from checks.definition import Definition, load_definition
from checks.engine import check
from checks.finding import Finding
from checks.rows import Rows
from checks.unit_rules import unit_suspects
from tests.checks.frames import context, define, rows_of, shipped_schedule

QUIET = settings(deadline=None, derandomize=True)


def _defined(unit: str, kind: str = "number", extra: str = "") -> Definition:
    fields = f"  - {{name: 项}}\n  - {{name: 数, type: {kind}, unit: '{unit}'}}"
    return define(fields + extra, key="[项]")


def _one(unit: str, kind: str = "number") -> Definition:
    return define(f"  - {{name: 数, type: {kind}, unit: '{unit}'}}\nrecords: one")


def _column(values: Sequence[str | None]) -> Rows:
    return rows_of(["项", "数"], [[str(number), value] for number, value in enumerate(values)])


def _suspects(
    definition: Definition, values: Sequence[str | None], before: Sequence[str | None] | None = None
) -> list[Finding]:
    prior = _column(before).frame if before is not None else None
    return unit_suspects(definition, _column(values), context_for(shipped_schedule(), prior=prior))


def _single(unit: str, value: str, before: str, kind: str = "number") -> list[Finding]:
    prior = rows_of(["数"], [[before]]).frame
    return unit_suspects(
        _one(unit, kind), rows_of(["数"], [[value]]), context_for(shipped_schedule(), prior=prior)
    )


@pytest.mark.parametrize(
    ("unit", "value", "before", "proposal"),
    [
        ("万元", "1234567", "120.5", "123.4567"),
        ("万元", "500000.5", "120", "50.00005"),
        ("元", "12.5", "130000", "125000"),
        ("元/生", "0.65", "6500", "6500"),
        ("万册", "356000", "35", "35.6"),
        ("册", "35.6", "350000", "356000"),
        ("平方米", "23.1", "230000", "231000"),
        ("平方米", "346", "230000", "230667.82"),
        ("%", "0.85", "83", "85"),
        ("GB", "12", "12000", "12288"),
        ("GB", "12288", "11", "12"),
        ("TB", "20480", "19", "20"),
        ("Mbps", "2", "1500", "2000"),
    ],
)
def test_a_value_that_fits_last_year_only_in_another_unit(
    unit: str, value: str, before: str, proposal: str
) -> None:
    (finding,) = _single(unit, value, before)
    assert (finding.rule, finding.severity, finding.cell) == ("unit-suspect", "warning", "A2")
    assert (finding.value, finding.proposal) == (value, proposal)


def test_whole_numbers_stay_whole() -> None:
    assert [finding.proposal for finding in _single("人", "3", "25000", "integer")] == ["30000"]
    assert [finding.proposal for finding in _single("GB", "13000", "12", "integer")] == ["13"]


def test_the_sentence_names_both_units_and_last_years_value() -> None:
    (finding,) = _single("万元", "1234567", "120.5")
    assert finding.message == "“1234567”可能把“万元”填成了“元”：去年是 120.5，相差约 10245 倍。"
    assert finding.remedy == "“数”的单位是万元，请改为 123.4567；确实是这个数的，请写明原因。"


@pytest.mark.parametrize(
    ("unit", "value", "before"),
    [
        ("万元", "1205", "120.5"),
        ("万元", "120500", "120.5"),
        ("万元", "0.0121", "12.1"),
        ("元", "120", "0"),
        ("%", "42", "83"),
        ("平方米", "5000", "230000"),
        ("人天", "1", "10000"),
        ("万元", "不是", "120.5"),
        ("万元", "1205000", "不是"),
        ("万元", "-1205000", "120.5"),
    ],
)
def test_what_no_factor_explains_is_not_suspected(unit: str, value: str, before: str) -> None:
    assert _single(unit, value, before) == []


def test_a_row_is_found_again_by_its_match() -> None:
    found = _suspects(_defined("万元"), ["10", "200000", "30"], ["11", "19", "29"])
    assert [(finding.cell, finding.proposal) for finding in found] == [("B3", "20")]


def test_a_whole_column_in_the_wrong_unit_is_told_by_last_year() -> None:
    values = [f"{n}0000" for n in range(10, 30)]
    found = _suspects(_defined("万元"), values, [str(n) for n in range(10, 30)])
    assert [finding.proposal for finding in found] == [str(n) for n in range(10, 30)]


def test_a_match_that_last_year_had_twice_says_nothing() -> None:
    prior = rows_of(["项", "数"], [["甲", "12"], ["甲", "13"]]).frame
    rows = rows_of(["项", "数"], [["甲", "120000"]])
    assert unit_suspects(_defined("万元"), rows, context_for(shipped_schedule(), prior=prior)) == []


HONEST = ["12", "30.5", "18", "45", "22", "9.8", "60", "33", "27"]


def test_one_row_among_others_of_its_column() -> None:
    (finding,) = _suspects(_defined("万元"), [*HONEST, "250000"])
    assert (finding.cell, finding.proposal) == ("B11", "25")
    assert finding.message == "“250000”可能把“万元”填成了“元”：本列其他行一般在 27 左右。"


def test_a_few_rows_among_many_are_all_told() -> None:
    found = _suspects(_defined("元"), [f"{n}0000" for n in range(11, 31)] + ["12.5", "18", "9"])
    assert [finding.proposal for finding in found] == ["125000", "180000", "90000"]


def test_too_few_other_rows_say_nothing() -> None:
    assert len(_suspects(_defined("万元"), [*HONEST[:8], "250000"])) == 1
    assert _suspects(_defined("万元"), [*HONEST[:7], "250000"]) == []


def test_half_the_rows_are_no_mistake_of_a_few() -> None:
    assert _suspects(_defined("万元"), [*HONEST, *[f"{n}0000" for n in range(20, 29)]]) == []


def test_a_value_that_last_year_had_too_is_not_suspected_for_its_neighbours() -> None:
    values = [*HONEST, "250000"]
    assert _suspects(_defined("万元"), values, [*HONEST, "240000"]) == []


def test_blank_and_zero_cells_are_no_neighbours() -> None:
    assert _suspects(_defined("万元"), ["0", None, *HONEST[:7], "250000"]) == []


@QUIET
@given(st.integers(0, 10**6), st.sampled_from([0.1, 0.5, 1.0, 1.5, 2.0]), st.integers(9, 200))
def test_honest_spreads_trigger_nothing(seed: int, sigma: float, count: int) -> None:
    chance = random.Random(seed)
    values = [f"{chance.lognormvariate(3, sigma):.2f}" for _ in range(count)]
    for unit in ("万元", "元", "平方米", "GB"):
        assert _suspects(_defined(unit), values) == []


@QUIET
@given(st.integers(0, 10**6), st.integers(9, 300))
def test_heavy_tails_trigger_nothing(seed: int, count: int) -> None:
    chance = random.Random(seed)
    values = [f"{chance.paretovariate(1.2):.2f}" for _ in range(count)]
    assert _suspects(_defined("万元"), values) == []
    assert _suspects(_defined("元"), [f"{chance.randint(100, 100_000)}" for _ in range(count)]) == []


@QUIET
@given(st.integers(0, 10**6), st.floats(0.05, 20))
def test_honest_changes_trigger_nothing(seed: int, change: float) -> None:
    chance = random.Random(seed)
    before = [round(chance.lognormvariate(3, 1.5) + 0.1, 2) for _ in range(20)]
    after = [f"{value * change:.4f}" for value in before]
    for unit in ("万元", "元", "万册", "%"):
        assert _suspects(_defined(unit), after, [str(value) for value in before]) == []


@QUIET
@given(st.integers(0, 10**6), st.floats(0.5, 2))
def test_the_factor_is_always_found_against_last_year(seed: int, change: float) -> None:
    value = round(random.Random(seed).uniform(1, 5000), 2)
    (finding,) = _single("万元", f"{value * change * 10_000:.2f}", str(value))
    assert float(finding.proposal) == pytest.approx(value * change, rel=1e-3)


@QUIET
@given(st.lists(st.none() | st.text(max_size=9), max_size=12), st.lists(st.text(max_size=9), max_size=12))
def test_rubbish_raises_nothing(values: list[str | None], before: list[str]) -> None:
    assert all(finding.proposal for finding in _suspects(_defined("万元"), values, before))


@pytest.mark.parametrize("value", ["1e308", "9" * 400, "1e400", "0.0000001", "1e-320"])
def test_monstrous_numbers_raise_nothing(value: str) -> None:
    assert len(_suspects(_defined("万元"), [*HONEST, value], [*HONEST, "1"])) <= 1


def test_the_libraries_books_typed_in_volumes() -> None:
    """A table of one row: only last year can tell."""
    definition = load_definition("3.2")
    rows = rows_of(["纸质图书/总册数"], [["356000"]], "3.2")
    prior = rows_of(["纸质图书/总册数"], [["34.8"]], "3.2").frame
    found = check(definition, rows, context_for(shipped_schedule(), prior=prior))
    told = [(f.rule, f.cell, f.proposal) for f in found if f.rule in ("unit-suspect", "prior-year-change")]
    assert told == [("unit-suspect", "A2", "35.6")]
    assert "unit-suspect" not in {finding.rule for finding in check(definition, rows, context())}
