"""What a draft refuses, each time with a sentence: stale pages, other people, too much, what is no row."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from actions.draft_rules import LONGEST, MOST_ROWS
from tests.web.conftest import Installation
from tests.web.typing_people import CLUB, REVIEWER, Desk, colleague, returned

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE, DEPARTMENT = "10.3", "学务部"


@pytest.fixture
def desk(site: Installation) -> Desk:
    found = Desk.at(site, TABLE, DEPARTMENT)
    found.open()
    return found


def row(**more: Any) -> dict[str, Any]:
    return {"temp": "t", "sheet": TABLE, "place": 2, "cells": CLUB, **more}


DEEP: Any = CLUB
for _ in range(60):
    DEEP = {"a": DEEP}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"rows": [row(sheet="别的表")]}, "没有“别的表”这个工作表"),
        ({"rows": [row(cells={"没有的列": "1"})]}, "没有“没有的列”这一列"),
        ({"rows": [row(cells={"社团代码": "1\x00"})]}, "控制字符"),
        ({"rows": [row(cells={"社团代码": "一" * (LONGEST + 1)})]}, f"超过了 {LONGEST} 个字"),
        ({"rows": [row(), row()]}, "重复"),
        ({"rows": [row(cells={"社团代码": 1})]}, "社团代码"),
        ({"rows": [row(cells={"社团代码": None})]}, "社团代码"),
        ({"rows": [row(cells=["001"])]}, "cells"),
        ({"rows": [row(cells=DEEP)]}, "a"),
        ({"rows": [row(place=-1)]}, "place"),
        ({"rows": [row(place=2**70)]}, "place"),
        ({"rows": [row(id=0)]}, "id"),
        ({"rows": "all"}, "rows"),
        ({"removed": ["x"]}, "0"),
        ([], "body"),
        ("no", "body"),
    ],
)
def test_what_is_no_row_is_refused_with_a_sentence(desk: Desk, body: Any, sentence: str) -> None:
    answer = desk.patch(body)
    assert (answer.status_code, sentence in answer.json()["error"]) == (422, True), answer.text
    assert desk.read()["rows"] == []


def test_half_a_character_is_refused(desk: Desk) -> None:
    body = json.dumps({"rows": [row(cells={"社团代码": "\ud800"})]}).encode()
    headers = {"If-Match": "1", "content-type": "application/json"}
    answer = desk.browser.patch(desk.path, content=body, headers=headers)
    assert (answer.status_code, "控制字符" in answer.text) == (422, True)


@pytest.mark.parametrize("content", [b"{", b"[" * 200_000, b"\xff\xfe", b""])
def test_what_is_no_json_is_refused_with_a_sentence(desk: Desk, content: bytes) -> None:
    headers = {"If-Match": "1", "content-type": "application/json"}
    answer = desk.browser.patch(desk.path, content=content, headers=headers)
    assert (answer.status_code in (400, 422), bool(answer.json()["error"])) == (True, True)


def test_a_page_says_what_it_has_seen(desk: Desk) -> None:
    for rev in ("", "*", "x", '"-1"', "9" * 30):
        answer = desk.browser.patch(desk.path, json={"rows": []}, headers={"If-Match": rev})
        assert (answer.status_code, "请刷新页面" in answer.text) == (422, True)
    assert desk.browser.patch(desk.path, json={"rows": []}).status_code == 422


def test_more_rows_than_a_page_holds_are_for_a_workbook(desk: Desk) -> None:
    rows = [row(temp=str(number)) for number in range(MOST_ROWS)]
    assert desk.patch({"rows": rows}).status_code == 200
    answer = desk.patch({"rows": [row()]})
    assert (answer.status_code, "5001 行" in answer.text, "Excel 模板" in answer.text) == (422, True, True)
    answer = desk.patch({"rows": [*rows, row(temp="one more")]})
    assert (answer.status_code, bool(answer.json()["error"])) == (422, True)
    assert len(desk.read()["rows"]) == MOST_ROWS


def test_only_the_collectors_type(site: Installation, desk: Desk) -> None:
    office = Desk.at(site, TABLE, DEPARTMENT, "S000")
    reviewer = Desk.at(site, TABLE, DEPARTMENT, REVIEWER)
    stranger = Desk.at(site, TABLE, DEPARTMENT, "S041")
    for other, status in ((office, 403), (reviewer, 403), (stranger, 404)):
        assert other.browser.get(other.path).status_code == status
        assert other.browser.post(other.path).status_code == status
        assert other.patch({"rows": [row()]}, desk.rev).status_code == status
        for verb in ("check", "submit", "discard", "keep"):
            assert other.act(verb, desk.rev, version=1).status_code == status, verb
        assert other.browser.get(f"/assignments/{desk.key}/fill").status_code == status


def test_without_a_draft_there_is_nothing_to_save_into(site: Installation) -> None:
    desk = Desk.at(site, TABLE, DEPARTMENT)
    answer = desk.patch({"rows": [row()]}, 1)
    assert (answer.status_code, "还没有草稿" in answer.text) == (409, True)


def test_an_exempt_table_is_not_typed(site: Installation, desk: Desk) -> None:
    office = site.program("S000")
    told = {"exempt": True, "reason": "没有社团"}
    assert office.post(f"/api/v1/assignments/{desk.key}/exempt", json=told).status_code == 200
    answer = desk.patch({"rows": [row()]})
    assert (answer.status_code, "不需要填报" in answer.text) == (409, True)


def uploaded(site: Installation, desk: Desk) -> None:
    """The colleague uploads a workbook: version 1, without errors."""
    other = colleague(site, TABLE, DEPARTMENT)
    book = load_workbook(BytesIO(other.browser.get(f"/assignments/{desk.key}/template").content))
    titles = [cell.value for cell in book[TABLE][1]]
    for name, text in {**CLUB, "现有成员": "99"}.items():
        book[TABLE].cell(2, titles.index(name) + 1).value = text
    out = BytesIO()
    book.save(out)
    answer = other.browser.form(
        f"/assignments/{desk.key}/upload", files={"file": ("w.xlsx", out.getvalue(), XLSX)}
    )
    assert "第 1 版可以提交" in answer.text


def test_a_newer_version_stops_handing_in_until_one_side_is_chosen(site: Installation, desk: Desk) -> None:
    desk.add(CLUB)
    uploaded(site, desk)
    answer = desk.act("submit")
    assert (answer.status_code, answer.json()["base"], answer.json()["newest"]) == (409, 0, 1)
    body = desk.open()
    assert (body["stale"], body["base"], body["newest"]) == (True, 0, 1)
    assert [each["cells"] for each in body["rows"]] == [CLUB]
    assert desk.act("keep", version=9).status_code == 409
    kept = desk.act("keep", version=1).json()
    assert (kept["stale"], kept["base"]) == (False, 1)
    desk.rev = kept["rev"]
    assert desk.act("submit").json()["version"] == 2


def test_giving_up_begins_from_the_newest_version(site: Installation, desk: Desk) -> None:
    desk.add(CLUB)
    uploaded(site, desk)
    body = desk.act("discard").json()
    assert (body["stale"], body["base"], body["rows"][0]["cells"]["现有成员"]) == (False, 1, "99")


def test_an_untouched_draft_follows_the_newest_version(site: Installation, desk: Desk) -> None:
    uploaded(site, desk)
    body = desk.open()
    assert (body["base"], [each["cells"]["现有成员"] for each in body["rows"]]) == (1, ["99"])


def test_a_return_may_open_single_cells(site: Installation, desk: Desk) -> None:
    first, second = desk.add(CLUB, {"社团代码": "002", "社团名称(全称)": "合唱团"})
    assert desk.act("submit").json()["stage"] == "collected"
    returned(site, desk.key, "请核对人数", (2, "现有成员"), only=True)
    body = desk.open()
    assert (body["cells_only"], body["remarks"]) == (
        True,
        [{"row_id": first, "column": "现有成员", "text": "请核对"}],
    )
    shut = desk.type(second, 现有成员="3")
    assert (shut.status_code, "第 3 行的“现有成员”没有放开" in shut.text) == (403, True)
    removed = desk.patch({"removed": [second]})
    assert (removed.status_code, "不能删除" in removed.text) == (403, True)
    assert desk.type(first, 现有成员="22").status_code == 200
    (added,) = desk.add({"社团代码": "003", "社团名称(全称)": "棋社"}, place=3000)
    assert desk.type(added, 现有成员="5").status_code == 200
    assert desk.act("submit").json()["stage"] == "collected"


def test_what_was_typed_before_such_a_return_counts_too(site: Installation, desk: Desk) -> None:
    (only,) = desk.add(CLUB)
    desk.act("submit")
    desk.open()
    desk.type(only, 注册单位="团委")
    returned(site, desk.key, "请核对人数", (2, "现有成员"), only=True)
    answer = desk.act("submit").json()
    assert (answer["stage"], answer["version"], "“注册单位”" in answer["error"]) == ("returned", 2, True)


def test_a_row_added_to_such_a_return_stays_open_after_a_vain_try(site: Installation, desk: Desk) -> None:
    desk.add(CLUB)
    desk.act("submit")
    returned(site, desk.key, "少了一个社团", (2, "现有成员"), only=True)
    desk.open()
    (added,) = desk.add({"社团代码": "009", "社团名称(全称)": "棋社", "现有成员": "五"}, place=1)
    answer = desk.act("submit").json()
    assert (answer["stage"], answer["errors"]) == ("returned", 1)
    assert [each["id"] for each in desk.open()["rows"]][-1] == added
    assert desk.type(added, 现有成员="5").status_code == 200
    assert desk.act("submit").json()["stage"] == "collected"


def test_of_very_many_findings_the_gravest_are_told_and_all_are_counted(desk: Desk) -> None:
    wrong = [{"社团代码": "坏 码", "社团名称(全称)": "社", "社团类别": "别的"} for _ in range(1500)]
    desk.patch({"rows": [row(temp=str(number), cells=cells) for number, cells in enumerate(wrong)]})
    body = desk.act("check").json()
    assert (body["errors"] >= 1500, body["warnings"] >= 1500) == (True, True)
    assert len(body["findings"]) == 2000
    assert [found["severity"] for found in body["findings"][:1500]] == ["error"] * 1500
