"""The shipped rules over several tables: each runs and shows what it finds; the promised ones are there."""

from __future__ import annotations

import pytest

from checks.cross_rules import Case, CrossRule, rules
from checks.cross_trial import faults, trial
from checks.definition import load_definition
from checks.definition_set import codes
from checks.system import referred, used_tables
from tests.checks.frames import shipped_schedule

RULES = rules()
PROMISED = {
    ("1.5", ("1.5", "7.1.1"), "error"),
    ("1.5", ("1.5", "10.1.1"), "error"),
    ("7.1.1", ("7.1.1", "10.1.1"), "error"),
    ("1.4", ("1.3", "1.4"), "error"),
    ("1.3", ("1.3", "7.6.1"), "error"),
    ("1.3", ("1.3", "7.1.1"), "warning"),
    ("3.5", ("3.5", "4.1"), "warning"),
    ("5.1.5", ("5.1.5", "5.1"), "error"),
    ("5.1.5", ("5.1.5", "5.1.2"), "error"),
    ("5.1.5", ("5.1.5", "5.1.3"), "error"),
    ("5.1.5", ("5.1.5", "5.1.4"), "error"),
    ("5.2.3", ("5.2.3", "5.2.1"), "error"),
    ("5.2.3", ("5.2.3", "5.2.2"), "error"),
    ("10.1.2", ("10.1.2", "10.1.1"), "error"),
    ("11.6", ("11.6", "7.6.1"), "warning"),
    ("9.6.3", ("9.6.3", "10.3"), "error"),
    ("11.2", ("11.2", "1.5"), "error"),
}
REFERRED = {
    "6.1": ["6.2", *(f"6.3.{n}" for n in range(1, 8)), "7.1.2", "7.1.3", "8.2", "8.3", "8.4", "8.5", "8.6"],
    "7.1.1": ["7.2", "7.3.1", "7.3.2", "7.4", "7.5", "7.6.1", "7.6.3"],
    "7.2": ["6.2"],
    "10.1.1": ["10.1.2", "10.2.1"],
}


def test_no_rule_has_a_fault() -> None:
    assert [problem.sentence() for problem in faults(shipped_schedule()).found] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_each_rule_finds_what_its_examples_say(rule: CrossRule) -> None:
    definitions = {code: load_definition(code) for code in rule.uses}
    for case in rule.tests:
        assert trial(rule, case, shipped_schedule(), definitions) == list(case.finds)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_each_rule_is_quiet_where_there_are_no_rows(rule: CrossRule) -> None:
    definitions = {code: load_definition(code) for code in rule.uses}
    assert trial(rule, Case({}, ()), shipped_schedule(), definitions) == []


def test_the_promised_rules_are_there() -> None:
    assert {(rule.table, rule.uses, rule.severity) for rule in RULES} >= PROMISED


@pytest.mark.parametrize(("source", "code"), [(s, code) for s, users in REFERRED.items() for code in users])
def test_the_promised_references_are_columns_of_the_definitions(source: str, code: str) -> None:
    assert source in referred(load_definition(code))


def test_no_rule_is_named_like_another_rule_of_the_check() -> None:
    own = {"required", "type", "enum", "pattern", "range", "unique-key", "period", "student-status", "cohort"}
    own |= {"destination", "unit-suspect", "prior-year-change", "reference", "row-sum", "numeric-identity"}
    own |= {"formula", "untouched-prefill", "unknown-column", "missing-column", "normalised", "rule-broken"}
    own |= {"one-row"}
    assert own.isdisjoint(rule.id for rule in RULES)


def test_a_tables_check_depends_on_what_its_rules_and_references_use() -> None:
    assert used_tables("1.5") == {"1.5", "7.1.1", "10.1.1"}
    assert used_tables("7.1.1") == {"1.6", "7.1.1", "10.1.1"}
    assert used_tables("6.3.1") == {"6.1"}
    assert used_tables("1.1") == frozenset()
    assert all(used_tables(code) <= set(codes()) for code in codes())
