"""Every shipped definition, property-based: clean rows are clean, each broken cell is found and no other."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.context import CheckContext
from checks.definition import EACH_AT_MOST, EQUAL, ONE, Definition, Field, RowSum, load_definition
from checks.definition_set import codes
from checks.engine import check
from checks.finding import ERROR, WARNING, Finding
from checks.normalise import normalise
from checks.rows import ROW, Rows
from tests.checks.generated import clean_rows, college_context, faults, with_cell

ROWS = 8
FEW = settings(derandomize=True, max_examples=10, deadline=None)
SEEDS = st.integers(0, 2**32)
SHEETS = [(code, place) for code in codes() for place in range(len(load_definition(code).sheets))]


def _made(code: str, place: int, seed: int) -> tuple[Definition, CheckContext, Rows, random.Random]:
    definition = load_definition(code)
    return (
        definition,
        college_context(code),
        clean_rows(definition, _count(definition), place, seed=seed),
        random.Random(seed),
    )


def _count(definition: Definition) -> int:
    """How many rows a clean table has here."""
    return 1 if definition.records == ONE else ROWS


@pytest.mark.parametrize(("code", "place"), SHEETS)
def test_generated_rows_are_clean_and_not_altered(code: str, place: int) -> None:
    @FEW
    @given(SEEDS)
    def holds(seed: int) -> None:
        definition, context, rows, _ = _made(code, place, seed)
        plain, altered = normalise(definition, rows)
        assert altered == []
        assert plain.frame.equals(rows.frame)
        assert check(definition, rows, context) == []

    holds()


@pytest.mark.parametrize(("code", "place"), SHEETS)
def test_a_broken_cell_of_every_column_is_found_and_no_other(code: str, place: int) -> None:
    @FEW
    @given(SEEDS)
    def holds(seed: int) -> None:
        definition, context, rows, chance = _made(code, place, seed)
        sheet = definition.sheets[place]
        expected: dict[str, str] = {}
        for field, (rule, value) in _one_fault_each(sheet.fields, chance):
            line = chance.randint(2, rows.frame.height + 1)
            rows = with_cell(rows, field.name, line, value)
            expected[rows.address(sheet.name, line, field.name)] = rule
        found = [finding for finding in check(definition, rows, context) if finding.rule != "row-sum"]
        assert {finding.cell for finding in found} == set(expected)
        told = {(finding.cell, finding.rule) for finding in found}
        assert set(expected.items()) <= told
        assert all(finding.message and finding.remedy for finding in found)

    holds()


def _one_fault_each(
    fields: tuple[Field, ...], chance: random.Random
) -> Iterator[tuple[Field, tuple[str, str | None]]]:
    for field in fields:
        known = list(faults(field))
        if known:
            yield field, chance.choice(known)


@pytest.mark.parametrize(("code", "place"), [pair for pair in SHEETS if load_definition(pair[0]).key])
def test_a_repeated_key_is_found_in_the_later_row(code: str, place: int) -> None:
    @FEW
    @given(SEEDS)
    def holds(seed: int) -> None:
        definition, context, rows, chance = _made(code, place, seed)
        first, again = sorted(chance.sample(range(2, rows.frame.height + 2), 2))
        for name in definition.key:
            rows = with_cell(rows, name, again, rows.frame[name].to_list()[first - 2])
        [finding] = check(definition, rows, context)
        sheet = definition.sheets[place].name
        assert (finding.rule, finding.severity) == ("unique-key", ERROR)
        assert finding.cell == rows.address(sheet, again, definition.key[0])
        assert f"第 {first} 行" in finding.message

    holds()


@pytest.mark.parametrize(
    ("code", "place"),
    [(code, place) for code in codes() for place in range(len(load_definition(code).sums))],
)
def test_a_part_beyond_its_total_is_found_where_the_rule_says(code: str, place: int) -> None:
    @FEW
    @given(SEEDS)
    def holds(seed: int) -> None:
        definition, context, rows, chance = _made(code, 0, seed)
        broken = definition.sums[place]
        part, line = _free_part(definition, broken, chance), chance.randint(2, rows.frame.height + 1)
        total = float(rows.frame[broken.total].to_list()[line - 2] or 0)
        rows = with_cell(rows, part, line, f"{total + 7:g}")
        told = part if broken.relation == EACH_AT_MOST else broken.total
        [finding] = check(definition, rows, context)
        assert (finding.rule, finding.severity, finding.column) == ("row-sum", broken.severity, told)
        assert finding.cell == rows.address(definition.sheets[0].name, line, told)
        assert finding.message
        assert finding.remedy

    holds()


def _free_part(definition: Definition, broken: RowSum, chance: random.Random) -> str:
    """A part that no other rule of the table wants to be an exact sum."""
    exact = {rule.total for rule in definition.sums if rule.relation == EQUAL}
    return chance.choice([part for part in broken.parts if part not in exact])


@pytest.mark.parametrize("code", [code for code in codes() if load_definition(code).records == ONE])
def test_a_second_row_of_one_record_is_found(code: str) -> None:
    definition, context = load_definition(code), college_context(code)
    sheet = definition.sheets[0]
    rows = clean_rows(definition, 3)
    (finding,) = [found for found in check(definition, rows, context) if found.rule == "one-row"]
    told = (finding.severity, finding.sheet, finding.cell, finding.row, finding.column)
    assert told == (ERROR, sheet.name, "A3", 3, sheet.fields[0].name)
    assert "3 行" in finding.message


@pytest.mark.parametrize("code", codes())
def test_choices_not_seen_in_the_platform_only_warn(code: str) -> None:
    definition, context = load_definition(code), college_context(code)
    for place, sheet in enumerate(definition.sheets):
        rows = clean_rows(definition, _count(definition), place)
        listed = [field for field in sheet.fields if field.enum and field.name not in definition.key]
        for field in listed:
            rows = with_cell(rows, field.name, 2, "不在其中")
        found = {finding.column: finding for finding in check(definition, rows, context)}
        assert {name: _severity(finding) for name, finding in found.items()} == {
            field.name: ERROR if field.sure else WARNING for field in listed
        }


def _severity(finding: Finding) -> str:
    assert finding.rule == "enum"
    assert finding.row == 2
    return finding.severity


@pytest.mark.parametrize("code", codes())
def test_without_approved_sources_nothing_is_referred_to(code: str) -> None:
    definition, context, rows, _ = _made(code, 0, 1)
    for field in definition.sheets[0].fields:
        if field.reference and not field.pattern:
            rows = with_cell(rows, field.name, 2, "Z9999")
    bare = CheckContext(context.schedule)
    assert check(definition, rows, bare) == []
    assert rows.frame[ROW].to_list() == list(range(2, _count(definition) + 2))
