"""Two states of a table: which rows are the same, which cells differ, and what a third state says of them."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from checks.rows import ROW, SHEET, Rows
from workbooks.comparison import ADDED, CHANGED, KINDS, NOTHING, REMOVED, Change, beside, compare, found_again

KEY = ("id",)


def rows(*cells: tuple[str | None, ...], sheet: str = "s", names: tuple[str, ...] = ("id", "a", "b")) -> Rows:
    """Rows from number 2 on."""
    found = [
        {SHEET: sheet, ROW: number, **dict(zip(names, row, strict=True))}
        for number, row in enumerate(cells, 2)
    ]
    schema = {SHEET: pl.String, ROW: pl.Int64} | dict.fromkeys(names, pl.String)
    return Rows(pl.DataFrame(found, schema=schema), {sheet: names})


def test_a_row_is_found_by_its_key_wherever_it_stands() -> None:
    old = rows(("1", "x", "y"), ("2", "p", "q"), ("3", "m", "n"))
    new = rows(("3", "m", "n"), ("1", "x", "Y"), ("4", "new", None))
    found = compare(old, new, KEY)
    assert (found.rows_added, found.rows_removed, found.rows_changed, found.cells_changed) == (1, 1, 1, 1)
    assert found.changes() == [
        Change(CHANGED, "s", 3, 2, "1", "b", "y", "Y"),
        Change(REMOVED, "s", 3, 3, "2", "", "2 · p · q", ""),
        Change(ADDED, "s", 4, None, "4", "", "", "4 · new"),
    ]


def test_the_same_rows_differ_in_nothing() -> None:
    same = rows(("1", "x", None), ("2", None, None))
    found = compare(same, same, KEY)
    assert (found.count(), found.rows_changed, found.changes()) == (0, 0, [])


def test_of_one_kind_and_page_by_page() -> None:
    old = rows(*((str(number), "x", "y") for number in range(30)))
    new = rows(*((str(number), "X", "y") for number in range(1, 31)))
    found = compare(old, new, KEY)
    assert (found.rows_added, found.rows_removed, found.cells_changed, found.count()) == (1, 1, 29, 31)
    assert [each.key for each in found.changes(kind=CHANGED, offset=20, limit=5)] == [
        "21",
        "22",
        "23",
        "24",
        "25",
    ]
    assert [each.key for each in found.changes(kind=ADDED)] == ["30"]
    assert [each.key for each in found.changes(kind=REMOVED)] == ["0"]


def test_blank_and_missing_cells_are_one_and_a_new_column_counts() -> None:
    old = rows(("1", None), names=("id", "a"))
    assert compare(old, rows(("1", ""), names=("id", "a")), KEY).count() == 0
    wider = compare(old, rows(("1", None, "new"), names=("id", "a", "c")), KEY)
    assert wider.changes() == [Change(CHANGED, "s", 2, 2, "1", "c", "", "new")]
    narrower = compare(rows(("1", None, "old"), names=("id", "a", "c")), old, KEY)
    assert narrower.changes() == [Change(CHANGED, "s", 2, 2, "1", "c", "old", "")]


def test_of_rows_with_one_key_the_first_stands_against_the_first() -> None:
    old = rows(("1", "x", "y"), ("1", "p", "q"))
    new = rows(("1", "x", "y"), ("1", "p", "Q"), ("1", "third", None))
    assert compare(old, new, KEY).changes() == [
        Change(CHANGED, "s", 3, 3, "1", "b", "q", "Q"),
        Change(ADDED, "s", 4, None, "1", "", "", "1 · third"),
    ]


def test_a_mended_key_is_a_changed_cell() -> None:
    old = rows(("1", "x", "y"), ("20", "p", "q"))
    moved = rows(("2", "p", "q"), ("1", "x", "y"))
    assert compare(old, moved, KEY).changes() == [Change(CHANGED, "s", 2, 3, "2", "id", "20", "2")]
    in_place = rows(("1", "x", "y"), ("2", "p", "Q"))
    assert compare(old, in_place, KEY).changes() == [
        Change(CHANGED, "s", 3, 3, "2", "id", "20", "2"),
        Change(CHANGED, "s", 3, 3, "2", "b", "q", "Q"),
    ]
    other = rows(("1", "x", "y"), ("2", "P", "Q"))
    assert [each.kind for each in compare(old, other, KEY).changes()] == [ADDED, REMOVED]


def test_without_a_key_equal_rows_are_the_same_wherever_they_stand() -> None:
    old = rows(("1", "x", "y"), ("2", "p", "q"), ("3", "m", "n"))
    new = rows(("2", "p", "q"), ("3", "m", "N"), ("3", "m", "n"))
    assert compare(old, new, ()).changes() == [
        Change(REMOVED, "s", 2, 2, "", "", "1 · x · y", ""),
        Change(ADDED, "s", 3, None, "", "", "", "3 · m · N"),
    ]


def test_the_only_row_of_a_sheet_is_always_the_same() -> None:
    found = compare(rows(("1", "x", "y")), rows(("2", "p", "q")), ())
    assert [(each.column, each.old, each.new) for each in found.changes()] == [
        ("id", "1", "2"),
        ("a", "x", "p"),
        ("b", "y", "q"),
    ]


def test_sheets_are_apart_and_in_order() -> None:
    first, second = rows(("1", "x", "y")), rows(("1", "p", "q"), ("2", "m", "n"), sheet="t")
    both = Rows(pl.concat([first.frame, second.frame]), {**first.columns, **second.columns})
    found = compare(rows(), both, KEY)
    assert [(each.sheet, each.row, each.kind) for each in found.changes()] == [
        ("s", 2, ADDED),
        ("t", 2, ADDED),
        ("t", 3, ADDED),
    ]


def test_rows_found_again_tell_their_former_numbers() -> None:
    old = rows(("1", "x", "y"), ("2", "p", "q"), ("3", "m", "n"))
    new = rows(("3", "m", "n"), ("9", "u", "v"), ("1", "x", "z"))
    assert found_again(old, new, ["id"]) == {("s", 2): 4, ("s", 4): 2}
    assert found_again(NOTHING, new, ["id"]) == {}


def test_last_years_value_stands_beside() -> None:
    former, now = (
        rows(("1", "x", "y"), ("2", "p", "q")),
        rows(("1", "X", "y"), ("2", "P", "q"), ("3", "n", None)),
    )
    last_year = rows(("2", "before", "q"))
    found = beside(compare(former, now, KEY).changes(), now, last_year, KEY)
    assert [(each.key, each.column, each.beside) for each in found] == [
        ("1", "a", None),
        ("2", "a", "before"),
        ("3", "", None),
    ]


cell = st.sampled_from([None, "", "a", "b"])
row = st.tuples(st.sampled_from(["1", "2", "3", None]), cell, cell)


@given(st.lists(row, max_size=6), st.lists(row, max_size=6), st.sampled_from([KEY, ()]))
def test_counts_balance_and_backwards_is_the_mirror(
    before: list[tuple[str | None, ...]], after: list[tuple[str | None, ...]], key: tuple[str, ...]
) -> None:
    old, new = rows(*before), rows(*after)
    there, back = compare(old, new, key), compare(new, old, key)
    assert len(before) + there.rows_added - there.rows_removed == len(after)
    assert (there.rows_added, there.rows_removed) == (back.rows_removed, back.rows_added)
    assert there.count() == there.cells_changed + there.rows_added + there.rows_removed
    assert [there.count(kind) for kind in KINDS] == [len(there.changes(kind=kind)) for kind in KINDS]
    assert compare(old, old, key).count() == 0


def test_against_nothing_every_row_is_added_or_removed() -> None:
    some = rows(("1", "x", "y"), ("2", "p", "q"))
    assert (compare(NOTHING, some, KEY).rows_added, compare(some, NOTHING, KEY).rows_removed) == (2, 2)
    assert compare(NOTHING, NOTHING, KEY).count() == 0
