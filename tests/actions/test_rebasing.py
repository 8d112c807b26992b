"""Where a draft's rows stand in a newer version."""

from __future__ import annotations

from actions.rebasing import put
from models import DraftRow
from models.draft import GAP


def rows(*places: int) -> list[DraftRow]:
    return [
        DraftRow(id=number, draft_id=1, sheet="甲", place=place) for number, place in enumerate(places, 1)
    ]


def test_found_rows_take_the_numbers_of_the_version() -> None:
    draft = rows(GAP, 2 * GAP, 3 * GAP)
    put(draft, {1: 4, 2: 2}, added_last=False)
    assert [each.base_row for each in draft] == [4, 2, None]


def test_an_added_row_stays_behind_the_row_that_it_stood_behind() -> None:
    draft = rows(1, GAP, GAP + 5, GAP + 9, 2 * GAP)
    put(draft, {2: 3, 5: 2}, added_last=False)
    assert [each.place for each in draft] == [1, 2 * GAP, 2 * GAP + 1, 2 * GAP + 2, GAP]


def test_more_added_rows_than_a_gap_holds_never_take_a_rows_place() -> None:
    draft = rows(GAP, *range(GAP + 1, GAP + 1 + 2 * GAP), 9 * GAP)
    put(draft, {1: 2, len(draft): 3}, added_last=False)
    added = draft[1:-1]
    assert {each.base_row for each in added} == {None}
    assert all(GAP < each.place < 2 * GAP for each in added)
    assert [each.place for each in added] == sorted(row.place for row in added)


def test_added_rows_stand_behind_the_version_where_its_rows_keep_their_numbers() -> None:
    draft = rows(1, GAP, GAP + 1, 2 * GAP)
    put(draft, {2: 2, 4: 3}, added_last=True)
    assert [each.place for each in draft] == [2 * GAP + 1, GAP, 2 * GAP + 2, 2 * GAP]


def test_very_many_added_rows_at_the_end_pass_over_the_places_of_a_version() -> None:
    draft = rows(GAP, *range(GAP + 1, GAP + 1 + 2 * GAP))
    put(draft, {1: 2}, added_last=True)
    places = [each.place for each in draft[1:]]
    assert {each.base_row for each in draft[1:]} == {None}
    assert len(set(places)) == 2 * GAP


def test_sheets_are_apart() -> None:
    draft = [
        DraftRow(id=1, draft_id=1, sheet="甲", place=GAP),
        DraftRow(id=2, draft_id=1, sheet="乙", place=GAP),
    ]
    put(draft, {1: 7}, added_last=True)
    assert [each.place for each in draft] == [6 * GAP, 1]
