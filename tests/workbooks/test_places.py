"""Cells by their address, and found again by their row's key in another state of the table."""

from __future__ import annotations

import pytest

from checks.definition import load_definition
from tests.workbooks import stored as store
from workbooks.places import Place, place_of, places_again

CLUBS = load_definition("10.3")
ROWS: list[dict[str, str | None]] = [
    {"社团代码": "001", "社团名称(全称)": "书画社", "现有成员": "20"},
    {"社团代码": "002", "社团名称(全称)": "合唱团", "现有成员": "35"},
]


def column(name: str) -> str:
    at = [field.name for field in CLUBS.fields].index(name)
    return "ABCDEFGHIJKLMNOP"[at]


def stored(rows: list[dict[str, str | None]]) -> bytes:
    return store.stored("10.3", rows)


def test_an_address_names_a_cell_with_its_key_and_value() -> None:
    letter = column("现有成员")
    expected = Place("10.3", f"{letter}3", 3, "现有成员", "002", "35")
    assert place_of(stored(ROWS), CLUBS.key, "10.3", f"{letter}3") == expected
    assert place_of(stored(ROWS), CLUBS.key, "", f" {letter.lower()}3 ") == expected


@pytest.mark.parametrize("cell", ["", "3", "F", "F1", "F4", "ZZ2", "A0", "A99999999", "F3!", "=A2", "Ａ2"])
def test_no_data_stands_at(cell: str) -> None:
    assert place_of(stored(ROWS), CLUBS.key, "10.3", cell) is None
    assert place_of(stored(ROWS), CLUBS.key, "10.4", "A2") is None


def test_a_blank_cell_of_a_row_is_a_place() -> None:
    found = place_of(stored([{"社团代码": "001"}]), CLUBS.key, "10.3", f"{column('现有成员')}2")
    assert found is not None
    assert (found.key, found.value) == ("001", "")


def test_a_cell_is_found_again_by_its_rows_key() -> None:
    wanted = [
        ("10.3", "002", "现有成员"),
        ("10.3", "009", "现有成员"),
        ("10.3", "", "现有成员"),
        ("x", "002", "现有成员"),
    ]
    moved = stored([{"社团代码": "000"}, *reversed(ROWS)])
    letter = column("现有成员")
    assert places_again(moved, CLUBS.key, wanted) == {
        ("10.3", "002", "现有成员"): Place("10.3", f"{letter}3", 3, "现有成员", "002", "35")
    }
    assert places_again(moved, (), wanted) == {}
    assert places_again(moved, CLUBS.key, []) == {}
