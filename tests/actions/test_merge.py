"""Many people's workbooks become one: what is kept, what is dropped, and who wrote which row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from actions.merge import FORMER, Hand, Merged, merged, told_by_file
from checks.definition import Definition, load_definition
from checks.engine import check
from checks.finding import ERROR, INFO, WARNING, Finding
from checks.rows import ROW, SHEET, Rows, empty_rows
from plans.load import load_files
from settings import ROOT

PAPERS = load_definition("6.3.7", "著作论文")
TEACHERS = load_definition("6.1", "教师")
TITLE = "公开出版著作与公开发表论文名称(全称)"


def rows(found: Sequence[dict[str, Any]], definition: Definition = PAPERS, sheet: str = "6.3.7") -> Rows:
    """Rows as reading gives them, numbered from 2 on each sheet unless a cell says where."""
    empty = empty_rows(definition)
    numbered: dict[str, int] = {}
    placed = []
    for row in found:
        where = row.get(SHEET, sheet)
        numbered[where] = row.get(ROW, numbered.get(where, 1) + 1)
        placed.append(row | {SHEET: where, ROW: numbered[where]})
    return Rows(pl.DataFrame(placed, schema=empty.frame.schema), empty.columns)


def paper(staff: str, title: str, **more: str) -> dict[str, Any]:
    return {"教工号": staff, TITLE: title, **more}


def hand(name: str, *found: dict[str, Any], findings: Sequence[Finding] = ()) -> Hand:
    return Hand(f"{name}.xlsx", name, rows(found), findings)


def content(result: Merged) -> list[tuple[int, str, str]]:
    return result.rows.frame.select(ROW, "教工号", TITLE).rows()


def finding(rule: str, severity: str, row: int | None, cell: str = "", **more: str) -> Finding:
    return Finding(rule, severity, "说法。", sheet="6.3.7", row=row, cell=cell, **more)


def test_files_stand_under_each_other_in_the_order_they_came() -> None:
    result = merged(PAPERS, [hand("张", paper("1", "甲"), paper("1", "乙")), hand("李", paper("2", "丙"))])
    assert content(result) == [(2, "1", "甲"), (3, "1", "乙"), (4, "2", "丙")]
    assert result.files == [
        {
            "name": "张.xlsx",
            "person": "张",
            "sheet": "6.3.7",
            "rows": 2,
            "first": 2,
            "last": 3,
            "dropped": 0,
        },
        {
            "name": "李.xlsx",
            "person": "李",
            "sheet": "6.3.7",
            "rows": 1,
            "first": 4,
            "last": 4,
            "dropped": 0,
        },
    ]
    assert (result.former, result.dropped, result.taken) == (0, 0, 3)


def test_rows_equal_in_all_columns_are_kept_once_and_counted() -> None:
    one, other = (
        hand("张", paper("1", "甲"), paper("1", "甲")),
        hand("李", paper("1", "甲"), paper("2", "乙")),
    )
    result = merged(PAPERS, [one, other])
    assert content(result) == [(2, "1", "甲"), (3, "2", "乙")]
    assert [(entry["name"], entry["rows"], entry["dropped"]) for entry in result.files] == [
        ("张.xlsx", 1, 1),
        ("李.xlsx", 1, 1),
    ]
    assert result.dropped == 2


def test_what_is_there_already_comes_first_and_is_not_repeated() -> None:
    former = rows([paper("1", "甲"), paper("9", "旧")])
    result = merged(PAPERS, [hand("张", paper("1", "甲"), paper("1", "新"))], former)
    assert content(result) == [(2, "1", "甲"), (3, "9", "旧"), (4, "1", "新")]
    assert (result.former, result.taken, result.dropped) == (2, 1, 1)
    assert result.places[("6.3.7", 3)] == (FORMER, 3)
    assert result.places[("6.3.7", 4)] == (0, 3)


def test_a_file_whose_rows_are_all_known_is_told_without_rows() -> None:
    result = merged(PAPERS, [hand("张", paper("1", "甲"))], rows([paper("1", "甲")]))
    assert result.files == [
        {
            "name": "张.xlsx",
            "person": "张",
            "sheet": "",
            "rows": 0,
            "first": None,
            "last": None,
            "dropped": 1,
        }
    ]


def test_each_sheet_is_numbered_for_itself() -> None:
    first, second = TEACHERS.sheets[0].name, TEACHERS.sheets[1].name
    one = rows([{SHEET: second, "教工号": "1"}, {SHEET: first, "教工号": "1"}], TEACHERS)
    other = rows([{SHEET: first, "教工号": "2"}, {SHEET: second, "教工号": "2"}], TEACHERS)
    result = merged(TEACHERS, [Hand("a.xlsx", "", one), Hand("b.xlsx", "", other)])
    assert result.rows.frame.select(SHEET, ROW, "教工号").rows() == [
        (first, 2, "1"),
        (first, 3, "2"),
        (second, 2, "1"),
        (second, 3, "2"),
    ]
    assert [(e["name"], e["sheet"], e["first"], e["last"]) for e in result.files] == [
        ("a.xlsx", first, 2, 2),
        ("a.xlsx", second, 2, 2),
        ("b.xlsx", first, 3, 3),
        ("b.xlsx", second, 3, 3),
    ]


def test_a_file_that_lacks_columns_or_has_more_gives_the_table_s_own() -> None:
    short = Rows(rows([paper("1", "甲")]).frame.select(SHEET, ROW, "教工号"), {"6.3.7": ("教工号",)})
    wide = rows([paper("2", "乙")])
    more = Rows(wide.frame.with_columns(pl.lit("x").alias("自加的列")), wide.columns)
    result = merged(PAPERS, [Hand("a.xlsx", "", short), Hand("b.xlsx", "", more)])
    assert result.rows.frame.columns == empty_rows(PAPERS).frame.columns
    assert content(result) == [(2, "1", None), (3, "2", "乙")]


def checked(result: Merged, hands: Sequence[Hand]) -> list[Finding]:
    from checks.context import context_for

    schedule = load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml").schedule
    found = check(PAPERS, result.rows, context_for(schedule, {}))
    return told_by_file(PAPERS, found, result, hands)


def test_the_same_key_with_other_content_is_kept_and_told_with_both_files() -> None:
    hands = [
        hand("张", paper("1", "甲", 作者顺序="1")),
        hand("李", paper("2", "乙"), paper("1", "甲", 作者顺序="2")),
    ]
    result = merged(PAPERS, hands)
    assert result.rows.frame.height == 3
    (twice,) = [found for found in checked(result, hands) if found.rule == "unique-key"]
    assert (twice.severity, twice.row, twice.cell) == (ERROR, 4, "A4")
    assert twice.message.endswith("（来自 李.xlsx 第 3 行；与之重复的来自 张.xlsx 第 2 行）")


def test_a_repetition_of_what_was_there_names_it_so() -> None:
    hands = [hand("张", paper("1", "甲", 作者顺序="2"))]
    result = merged(PAPERS, hands, rows([paper("1", "甲", 作者顺序="1")]))
    (twice,) = [found for found in checked(result, hands) if found.rule == "unique-key"]
    assert twice.message.endswith("（来自 张.xlsx 第 2 行；与之重复的来自 原有数据 第 2 行）")


def test_every_fault_names_the_file_and_row_that_it_came_from() -> None:
    hands = [hand("张", paper("1", "甲")), hand("李", paper("2", "乙", 作者顺序="第一"))]
    (fault,) = [found for found in checked(merged(PAPERS, hands), hands) if found.rule == "type"]
    assert (fault.cell, fault.message.endswith("（来自 李.xlsx 第 2 行）")) == ("F3", True)
    former = merged(PAPERS, hands[:1], rows([paper("3", "丙", 作者顺序="第一")]))
    (old,) = [found for found in checked(former, hands[:1]) if found.rule == "type"]
    assert (old.row, "来自" in old.message) == (2, False)


@pytest.mark.parametrize(
    ("rule", "severity", "value"),
    [
        ("normalised", INFO, "1"),
        ("formula", WARNING, "1"),
        ("numeric-identity", ERROR, "1"),
        ("type", ERROR, ""),
    ],
)
def test_what_only_reading_could_find_moves_with_its_row(rule: str, severity: str, value: str) -> None:
    told = finding(rule, severity, 2, "A2", column="教工号", value=value, proposal="１")
    hands = [hand("张", paper("9", "甲")), hand("李", paper("1", "乙"), findings=[told])]
    found = [each for each in checked(merged(PAPERS, hands), hands) if each.rule == rule]
    assert [(each.cell, each.row, each.message, each.proposal) for each in found] == [
        ("A3", 3, "说法。（来自 李.xlsx 第 2 行）", "１")
    ]


def test_what_was_found_in_a_row_that_was_dropped_is_not_told() -> None:
    told = finding("normalised", INFO, 2, "A2", column="教工号", value="1")
    hands = [hand("张", paper("1", "甲")), hand("李", paper("1", "甲"), findings=[told])]
    assert [each for each in checked(merged(PAPERS, hands), hands) if each.rule == "normalised"] == []


def test_what_the_check_finds_again_is_told_once() -> None:
    told = finding("type", ERROR, 2, "F2", column="作者顺序", value="第一")
    hands = [hand("张", paper("1", "甲", 作者顺序="第一"), findings=[told])]
    assert len([each for each in checked(merged(PAPERS, hands), hands) if each.rule == "type"]) == 1


def test_what_is_wrong_with_a_whole_sheet_names_the_file_and_does_not_block() -> None:
    told = [
        finding("missing-column", ERROR, 1, column="教工号"),
        finding("merged-cells", WARNING, 3, "B3"),
        finding("no-rows", ERROR, None),
    ]
    hands = [hand("张", paper("1", "甲")), hand("李", paper("2", "乙"), findings=told)]
    found = [each for each in checked(merged(PAPERS, hands), hands) if each.row is None]
    assert [(each.rule, each.severity, each.message, each.cell) for each in found] == [
        ("merged-cells", WARNING, "说法。（B3，来自 李.xlsx）", ""),
        ("missing-column", WARNING, "说法。（来自 李.xlsx）", ""),
    ]


def test_nothing_merged_with_nothing_is_an_empty_table() -> None:
    result = merged(PAPERS, [])
    assert (result.rows.frame.height, result.files, result.places) == (0, [], {})
