"""Parts of the assignment's page that are asked for by themselves: findings, data, changes, columns."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Installation
from tests.web.findings_people import MEMBERS, MONEY, NAME, TABLE, Table, clubs


@pytest.fixture
def table(site: Installation) -> Table:
    return Table(site)


def cells(page: str) -> list[str]:
    return re.findall(r'class="cell-address">(?:10\.3!)?([A-Z]+\d+)<', page)


def counted(page: str) -> str:
    found = re.search(r"<p>(新增 .*?)</p>", page)
    return found[1] if found else ""


def test_findings_are_grouped_by_rule_in_cell_order_and_filtered(table: Table) -> None:
    rows = clubs("x", "y", "5000")
    rows[2][MEMBERS], rows[1]["是否设有学分"] = "-3", "不知道"
    table.keep(rows)
    page = table.page(table.collector, "/findings", version=1)
    assert cells(page) == ["K3", "G4", "J2", "J3"]
    assert re.findall(r"<strong>(.*?)</strong> <span class=\"count\">(\d+)", page) == [
        ("选项", "1"),
        ("范围", "1"),
        ("类型", "2"),
    ]
    assert cells(table.page(table.collector, "/findings", version=1, rule="type")) == ["J2", "J3"]
    assert cells(table.page(table.collector, "/findings", version=1, column=MEMBERS)) == ["G4"]
    assert cells(table.page(table.collector, "/findings", version=1, severity="warning")) == []


def test_more_findings_than_a_page_holds_are_paged(table: Table) -> None:
    table.keep(clubs(*["x"] * 230))
    page = table.page(table.collector)
    assert "第 1–200 条，共 230 条" in page
    assert '>类型</strong> <span class="count">230' in page
    last = table.page(table.collector, "/findings", version=1, offset=200)
    assert "第 201–230 条，共 230 条" in last
    assert (cells(last)[0], len(cells(last))) == ("J202", 30)


def test_changes_are_three_way_and_rows_are_found_by_key(table: Table) -> None:
    table.last_year(clubs("100", "5200", "5300"))
    first = table.keep(clubs("5100", "5200", "5300"))
    table.hand_in(first)
    rows = clubs("5100", "5200", "5300")
    rows[1][NAME] = "二社"
    table.keep([{"社团代码": "000", NAME: "新社", MEMBERS: "9", MONEY: "5"}, *rows[1:]])
    page = table.page(table.collector, "/changes", version=2)
    assert counted(page) == "新增 1 行，减少 1 行，改动 1 行的 1 个单元格。"
    assert (
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).count(
            "10.3!B3 002 社团名称(全称) 第2社 第2社 二社"
        )
        == 1
    )
    prior = table.page(table.collector, "/changes", version=2, against="prior")
    assert counted(prior) == counted(page)
    removed = table.page(table.collector, "/changes", version=2, kind="removed")
    assert ("减少的行</span> <del>001 · 第1社" in removed, "新增的行</span>" in removed) == (True, False)


def test_changes_are_paged_and_nothing_to_compare_is_said(table: Table) -> None:
    table.keep(clubs("5000"))
    assert "没有可以比较的" in table.page(table.collector, "/changes", version=1)
    version = table.keep(clubs(*["5000"] * 150))
    table.hand_in(version)
    table.keep(clubs(*["6000"] * 150))
    first = table.page(table.collector, "/changes", version=3)
    assert ("第 1–20 处，共 150 处" in first, "改动 150 行的 150 个单元格" in first) == (True, True)
    assert "第 21–120 处，共 150 处" in table.page(table.collector, "/changes", version=3, offset=20)
    assert "第 121–150 处，共 150 处" in table.page(table.collector, "/changes", version=3, offset=120)


def test_a_nil_return_after_data_shows_every_row_removed(table: Table) -> None:
    table.hand_in(table.keep(clubs("1", "2")))
    table.collector.form(f"{table.path}/withdraw")
    table.collector.form(f"{table.path}/nil")
    assert counted(table.page(table.reviewer, "/changes", version=2)).startswith("新增 0 行，减少 2 行")


def test_only_changed_rows_of_the_data_with_what_stood_there(table: Table) -> None:
    table.last_year(clubs("5000", "5000"))
    table.hand_in(table.keep(clubs("5000", "5100", "5200")))
    page = table.page(table.reviewer, "/data", version=1, changed="prior")
    assert "第 1–2 行，共 2 行" in page
    assert "<del>5000</del> <ins>5100</ins>" in page
    assert page.count('class="row-added"') == 1
    whole = table.page(table.reviewer, "/data", version=1)
    assert ("第 1–3 行，共 3 行" in whole, "<del>" in whole) == (True, False)
    assert "第 1–3 行" in table.page(table.reviewer, "/data", version=1, changed="former")


def test_columns_are_added_up_beside_last_year(table: Table) -> None:
    table.last_year(clubs("1000", "3000"))
    rows = clubs("2000", "4000", "6000")
    for row, kind in zip(rows, ("其他", "其他", "文化艺术类"), strict=True):
        row["社团类别"] = kind
    table.keep(rows)
    page = table.page(table.collector, "/columns", version=1)
    money = page[page.index(f"<figcaption>{MONEY}") :].split("</figure>")[0]
    assert re.findall(r"<td>([\d,.]+)</td>", money) == [
        "12,000",
        "2,000",
        "4,000",
        "6,000",
        "4,000",
        "1,000",
        "2,000",
        "3,000",
    ]
    kinds = page[page.index("<figcaption>社团类别") :].split("</figure>")[0]
    assert re.findall(r">(\d+ / \d+)</text>", kinds) == ["2 / 0", "1 / 0"]
    assert "社团代码" not in page
    assert "style=" not in page[page.index('id="columns"') :]


def test_of_a_single_row_the_values_stand_beside_last_years(table: Table) -> None:
    table.last_year(clubs("1000"))
    table.keep(clubs("2000"))
    page = table.page(table.collector, "/columns", version=1)
    row = page[page.index(f'<th scope="row">{MONEY}') :].split("</tr>")[0]
    assert re.findall(r'<td class="number([^"]*)">(\d+)</td>', row) == [("", "2000"), (" prior", "1000")]
    assert "<svg" not in page[page.index('id="columns"') :]


def test_without_rows_there_are_no_columns(table: Table) -> None:
    table.collector.form(f"{table.path}/nil")
    assert "没有可以合计或计数的列" in table.page(table.collector, "/columns", version=1)


@pytest.mark.parametrize("part", ["findings", "data", "changes", "columns"])
def test_odd_questions_get_an_answer(table: Table, part: str) -> None:
    table.keep(clubs("x"))
    for query in ({"version": "0"}, {"version": "x"}, {"version": "9"}, {}):
        assert table.collector.get(f"{table.path}/{part}", params=query).status_code in (404, 422)
    odd = {"version": "1", "offset": "-5", "kind": "added", "severity": "<script>", "column": "'"}
    answer = table.collector.get(f"{table.path}/{part}", params=odd)
    assert (answer.status_code, "<script>alert" in answer.text) == (200, False)


def test_a_reviewers_remarks_show_on_the_cell_of_the_same_row(table: Table) -> None:
    version = table.keep(clubs("5000", "6000"))
    table.hand_in(version)
    table.post(table.reviewer, "remarks", version=version.id, cell="J3", said="核对")
    table.post(table.reviewer, "review", version=version.id, decision="return")
    moved = clubs("5000", "6000")
    table.keep([*moved[::-1], {"社团代码": "009", NAME: "新"}])
    page = table.page(table.collector, "/data", version=2)
    assert page.count("意见：核对") == 1
    assert re.search(r"10\.3 2</th>.*?6000<small", page, re.DOTALL) is not None
    assert TABLE in page
