"""Paste dirt: what becomes of it, and that every altered cell is listed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.definition import load_definition
from checks.normalise import normalise
from tests.checks.frames import define, rows_of

TEXT = "  - {name: 列}"
NUMBER = "  - {name: 列, type: number}"
INTEGER = "  - {name: 列, type: integer}"
MONTH = "  - {name: 列, type: date, format: '%Y%m'}"
DAY = "  - {name: 列, type: date, format: '%Y%m%d'}"
IDENTITY = "  - {name: 列, identity: true}"
CHOICE = "  - {name: 列, constraints: {enum: [硕士, 无]}}"
YEAR = "  - {name: 列, type: year}"

LISTED = [
    (TEXT, " 张三\u3000", "张三"),
    (TEXT, "无", None),
    (TEXT, "/", None),
    (TEXT, "  ", None),
    (IDENTITY, "２０１８０１", "201801"),
    (IDENTITY, "32010020000101001Ｘ", "32010020000101001X"),
    (IDENTITY, "\u200b001 ", "001"),
    (INTEGER, "１２", "12"),
    (INTEGER, "1,234", "1234"),
    (INTEGER, "12.0", "12"),
    (NUMBER, "1,234,567.5", "1234567.5"),
    (MONTH, "2020.9", "202009"),
    (MONTH, "2020年9月", "202009"),
    (MONTH, "２０２０．１２", "202012"),
    (MONTH, "2020/09", "202009"),
    (MONTH, "2020-09-15 00:00:00", "202009"),
    (DAY, "2020年9月1日", "20200901"),
    (DAY, "2020.9.1", "20200901"),
    (YEAR, "2018级", "2018"),
    (CHOICE, "/", None),
]
UNTOUCHED = [
    (TEXT, "１号楼"),
    (TEXT, "无线电"),
    (IDENTITY, "00123"),
    (MONTH, "202009"),
    (MONTH, "2020.1"),
    (MONTH, "明年"),
    (NUMBER, "-1.5"),
    (INTEGER, "12,34"),
    (CHOICE, "无"),
]


def _normalised(field: str, value: str) -> tuple[str | None, list[tuple[str, str]]]:
    rows, found = normalise(define(field), rows_of(["列"], [[value]]))
    return rows.frame["列"][0], [(finding.cell, finding.value) for finding in found]


@pytest.mark.parametrize(("field", "value", "after"), LISTED)
def test_dirt_is_taken_out_and_listed(field: str, value: str, after: str | None) -> None:
    assert _normalised(field, value) == (after, [("A2", value)])


@pytest.mark.parametrize(("field", "value"), UNTOUCHED)
def test_what_is_right_or_doubtful_stays(field: str, value: str) -> None:
    assert _normalised(field, value) == (value, [])


@pytest.mark.parametrize(
    ("field", "after"), [(DAY, "20200901"), (MONTH, "202009")], ids=["day column", "month column"]
)
def test_a_true_date_cell_is_no_dirt(field: str, after: str) -> None:
    assert _normalised(field, "2020-09-01 00:00:00") == (after, [])


def test_a_listed_cell_says_what_it_became() -> None:
    _, found = normalise(define(MONTH), rows_of(["列"], [["2020.9"]]))
    assert found[0].message == "“2020.9”已改读为“202009”。"
    assert (found[0].rule, found[0].severity) == ("normalised", "info")


def test_one_click_writes_back_what_stood_there() -> None:
    _, found = normalise(define(INTEGER), rows_of(["列"], [["1,234"]]))
    assert (found[0].value, found[0].proposal) == ("1,234", "1,234")


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), max_size=8))
def test_each_altered_cell_is_listed_and_no_other(cells: Sequence[Sequence[str]]) -> None:
    definition = load_definition("10.1.1")
    names = ["学号", "年级", "姓名"]
    rows = rows_of(names, cells, "10.1.1")
    clean, found = normalise(definition, rows)
    altered = {
        (name, line + 2)
        for name in names
        for line in range(rows.frame.height)
        if rows.frame[name][line] != clean.frame[name][line]
    }
    assert {(finding.column, finding.row) for finding in found} == altered
    assert len(found) == len(altered)


@given(st.lists(st.text(max_size=12), max_size=8))
def test_normalising_twice_changes_nothing_more(values: Sequence[str]) -> None:
    definition = define(MONTH)
    once, _ = normalise(definition, rows_of(["列"], [[value] for value in values]))
    assert normalise(definition, once)[1] == []
