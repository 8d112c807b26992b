"""Faults put into the sample are found in their cells and nowhere else; what is only left out is no error."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import astuple

import pytest

from checks.finding import ERROR, WARNING
from commands.sample_college import College
from commands.sample_faults import SEEDS, TYPICAL, in_wrong_unit, left_out, spoil
from commands.sample_prior import GROWN, LAST_YEAR, UNTOUCHED, last_year
from commands.sample_rows import as_parquet
from plans.load import load_files
from settings import ROOT
from tests.checks.parts import checked
from tests.commands.campus import Campus


@pytest.fixture(scope="module")
def campus() -> Campus:
    plan = load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")
    return Campus(plan, College(plan.schedule, 1))


def test_every_fault_is_found_in_its_cell_and_no_other(campus: Campus) -> None:
    seeded = Counter[str]()
    for definition, rows in campus.once_each():
        chance = random.Random(definition.code)
        spoilt, faults = spoil(definition, rows, campus.plan.schedule, chance)
        found = {
            (each.rule, each.sheet, each.row, each.column)
            for each in campus.check_rows(definition.code, spoilt)
            if each.severity == ERROR
        }
        assert found == {astuple(fault) for fault in faults}, definition.code
        seeded.update(fault.rule for fault in faults)
    assert set(seeded) == {*SEEDS, "row-sum", "unique-key"}
    assert seeded.total() > 200


def test_a_first_try_has_a_few_typical_faults(campus: Campus) -> None:
    """Whatever the table, there is at least one: a first try that passes would be none."""
    for definition, rows in campus.once_each():
        _, faults = spoil(definition, rows, campus.plan.schedule, random.Random(1), TYPICAL)
        assert len(faults) <= len(TYPICAL)
        assert {fault.rule for fault in faults} <= set(TYPICAL)


def test_what_is_spoilt_leaves_the_rows_themselves_alone(campus: Campus) -> None:
    definition, rows = campus.definition("10.1.1"), campus.of("10.1.1")
    before = {sheet: [dict(row) for row in part] for sheet, part in rows.items()}
    spoil(definition, rows, campus.plan.schedule, random.Random(1))
    left_out(definition, rows)
    assert rows == before


def test_a_cell_left_out_is_no_error_and_one_difference(campus: Campus) -> None:
    same = []
    for definition, rows in campus.once_each():
        left = left_out(definition, rows)
        assert {each.rule for each in campus.check_rows(definition.code, left)} <= {"cohort"}, definition.code
        differences = sum(
            one[name] != other[name]
            for sheet, part in rows.items()
            for one, other in zip(part, left[sheet], strict=False)
            for name in one
        ) + sum(len(part) - len(left[sheet]) for sheet, part in rows.items())
        assert differences <= 1, definition.code
        same += [definition.code] * (differences == 0)
    assert same == ["1.4", "3.5", "11.3"]


def findings_beside_last_year(campus: Campus, code: str, unit: str) -> list[tuple[str, str, str]]:
    definition = campus.definition(code)
    before = last_year(campus.college, definition, unit)
    assert before is not None
    found = checked(
        code,
        campus.stored[code, unit],
        campus.plan.schedule,
        campus.sources,
        prior=as_parquet(definition, before),
    )
    return [(each.rule, each.severity, each.column) for each in found]


def test_last_year_differs_a_little_but_for_what_was_planted(campus: Campus) -> None:
    table, place = UNTOUCHED
    planted = {
        (GROWN[0], "教务部"): [("prior-year-change", WARNING, GROWN[1])],
        (table, campus.college.units[place]): [("untouched-prefill", WARNING, "")],
    }
    for code, unit in campus.rows:
        if code in LAST_YEAR:
            assert findings_beside_last_year(campus, code, unit) == planted.get((code, unit), []), (
                code,
                unit,
            )


def test_last_year_was_right_by_its_own_sums(campus: Campus) -> None:
    for definition, _ in campus.once_each():
        before = last_year(
            campus.college,
            definition,
            campus.plan.schedule.units(campus.plan.table(definition.code).collect[0])[0],
        )
        if definition.code in LAST_YEAR:
            assert before is not None
            wrong = [each for each in campus.check_rows(definition.code, before) if each.severity == ERROR]
            assert wrong == [], definition.code
        else:
            assert before is None


def test_yuan_for_ten_thousand_yuan_is_suspected_with_the_right_amount(campus: Campus) -> None:
    definition, rows = campus.definition("3.5"), campus.of("3.5")
    wrong = in_wrong_unit(definition, rows, "全校总值")
    right = rows["3.5"][0]["全校总值"]
    assert float(wrong["3.5"][0]["全校总值"] or 0) == pytest.approx(float(right or 0) * 10_000)
    before = last_year(campus.college, definition, "财务处")
    assert before is not None
    found = checked(
        "3.5",
        as_parquet(definition, wrong),
        campus.plan.schedule,
        {},
        prior=as_parquet(definition, before),
    )
    assert [(each.rule, each.column, each.proposal) for each in found] == [
        ("unit-suspect", "全校总值", right)
    ]
