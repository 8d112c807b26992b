"""Of very many findings the first of each kind are listed, and all are counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from checks.finding import ERROR, INFO, WARNING, Finding
from checks.listed import MOST, count_of, listed

FAULT = Finding("required", ERROR, "“学号”是必填项。", "请填写。", "10.1.1", "A2", 2, "学号", "", "")


def faults(count: int, of: Finding = FAULT) -> list[Finding]:
    return [replace(of, row=row, cell=f"A{row}", key=str(row)) for row in range(2, count + 2)]


def test_few_are_all_listed() -> None:
    found = faults(MOST)
    assert listed(found) == found


def test_one_more_is_listed_as_well() -> None:
    found = faults(MOST + 1)
    assert listed(found) == found


def test_of_many_the_first_are_listed_and_one_tells_of_the_others() -> None:
    found = faults(MOST + 7)
    *first, last = listed(found)
    assert first == found[:MOST]
    assert (last.message, last.remedy) == (
        "另有 7 处同类问题未逐一列出。",
        "请填写。改正后重新检查，会列出其余各处。",
    )
    assert (last.rule, last.severity, last.column, last.cell, last.row, last.key, last.count) == (
        ("required", ERROR, "学号", "", None, "", 7)
    )
    assert count_of([*first, last], ERROR) == MOST + 7


def test_each_kind_has_its_own_and_keeps_its_place() -> None:
    other = replace(FAULT, rule="pattern", value="坏", severity=WARNING, column="姓名")
    passed = replace(FAULT, severity=INFO, released="已核对")
    pairs = zip(faults(5), faults(5, other), faults(5, passed), strict=True)
    found = [each for pair in pairs for each in pair]
    kept = listed(found, 3)
    assert kept[:9] == found[:9]
    assert [(each.rule, each.severity, each.value, each.released) for each in kept[9:]] == [
        ("pattern", WARNING, "…", ""),
        ("required", ERROR, "", ""),
        ("required", INFO, "", "已核对"),
    ]


def test_excel_errors_are_told_apart_from_wrong_values_of_their_column() -> None:
    read = faults(4, replace(FAULT, rule="type"))
    wrong = faults(4, replace(FAULT, rule="type", value="坏"))
    kept = listed([*read, *wrong], 2)
    assert [(each.value, each.count) for each in kept[4:]] == [("", 2), ("…", 2)]


kinds = st.tuples(st.sampled_from(["required", "type"]), st.sampled_from(["", "坏"]), st.integers(1, 5))


@given(st.lists(kinds, max_size=40), st.integers(1, 4))
def test_nothing_is_lost_and_what_was_listed_once_stays_so(
    given: list[tuple[str, str, int]], most: int
) -> None:
    found = list(_numbered(given))
    kept = listed(found, most)
    assert count_of(kept, ERROR) == sum(count for *_, count in given)
    assert listed(kept, most) == kept


def _numbered(given: list[tuple[str, str, int]]) -> Iterator[Finding]:
    """Findings; those that stand for several are of a sheet."""
    for row, (rule, value, count) in enumerate(given, 2):
        place = {"row": row, "cell": f"A{row}"} if count == 1 else {"row": None, "cell": ""}
        yield Finding(rule, ERROR, "错", "请改。", "10.1.1", value=value, column="学号", count=count, **place)
