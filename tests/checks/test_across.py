"""Keys that several departments report: told on the part that is checked, by whom else they are reported."""

from __future__ import annotations

from checks.across import repeated_elsewhere
from checks.definition import load_definition
from checks.rows import to_parquet
from tests.checks.frames import marks, rows_of

CODE = "10.2.1"


def part(*students: str | None, column: str = "学号") -> bytes:
    return to_parquet(load_definition(CODE), rows_of([column], [[each] for each in students], CODE))


def test_a_key_of_another_department_is_told_on_its_cell() -> None:
    found = repeated_elsewhere(CODE, part("1", "2", "3"), [("一系", part("3")), ("二系", part("2", "3"))])
    assert marks(found) == [("duplicate-across", "warning", "A3"), ("duplicate-across", "warning", "A4")]
    assert [each.message for each in found] == [
        "学号 2 在二系已审核的数据里也有。",
        "学号 3 在一系、二系已审核的数据里也有。",
    ]
    assert [(each.key, each.value) for each in found] == [("2", "2"), ("3", "3")]


def test_a_key_may_hold_the_mark_between_a_key_s_parts() -> None:
    [found] = repeated_elsewhere(CODE, part("1\x1f2"), [("一系", part("1\x1f2"))])
    assert found.message == "学号 1 2 在一系已审核的数据里也有。"


def test_nothing_is_told_without_others_or_without_repetition() -> None:
    assert repeated_elsewhere(CODE, part("1"), []) == []
    assert repeated_elsewhere(CODE, part("1"), [("一系", part("2")), ("二系", part(None))]) == []


def test_blank_keys_and_missing_columns_repeat_nothing() -> None:
    assert repeated_elsewhere(CODE, part(None, None), [("一系", part(None))]) == []
    assert repeated_elsewhere(CODE, part("甲", column="姓名"), [("一系", part("甲"))]) == []
    assert repeated_elsewhere(CODE, part("甲"), [("一系", part("甲", column="姓名"))]) == []


def test_a_table_without_a_key_has_nothing_to_compare() -> None:
    assert load_definition("99.9").key == ()
    assert repeated_elsewhere("99.9", part("1"), [("一系", part("1"))]) == []
