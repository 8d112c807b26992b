"""Drafts through the API: opened, saved row by row, checked, frozen, handed in; two people at once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from models import DataTable, Version
from models.history import findings
from tests.web.conftest import Installation
from tests.web.typing_people import CLUB, REVIEWER, Desk, colleague, last_year

TABLE, DEPARTMENT = "10.3", "学务部"
OTHER = {"社团代码": "002", "社团名称(全称)": "合唱团"}


@pytest.fixture
def desk(site: Installation) -> Desk:
    found = Desk.at(site, TABLE, DEPARTMENT)
    found.open()
    return found


def flags(desk: Desk) -> list[str]:
    found: list[str] = desk.browser.get(f"/api/v1/assignments/{desk.key}").json()["flags"]
    return found


def test_a_draft_begins_empty_and_looking_is_no_beginning(desk: Desk) -> None:
    assert desk.rev == 1
    assert desk.read()["rows"] == []
    assert "started" not in flags(desk)
    assert desk.open()["rev"] == 1


def test_typing_is_kept_and_the_task_has_begun(desk: Desk) -> None:
    (row,) = desk.add(CLUB)
    assert desk.rev == 2
    assert desk.type(row, 现有成员="21", 注册单位="团委").status_code == 200
    body = desk.read()
    assert body["rows"] == [
        {"id": row, "sheet": TABLE, "place": 2, "cells": {**CLUB, "现有成员": "21", "注册单位": "团委"}}
    ]
    assert (body["rev"], body["saved_by"]) == (3, "学务部采集员（示例）")
    assert "started" in flags(desk)
    assert "已开始" in desk.browser.get("/mine").text
    assert desk.site.stage(desk.key) == "pending"


def test_the_office_sees_what_has_begun(desk: Desk) -> None:
    office = desk.site.browser("S000")
    assert "其中已开始" not in office.get("/dashboard").text
    desk.add(CLUB)
    page = office.get("/dashboard").text
    assert ("其中已开始 1" in page, "待采集（已开始）" in page) == (True, True)


def test_text_stays_text_and_an_emptied_cell_is_gone(desk: Desk) -> None:
    (row,) = desk.add({"社团代码": "000000000000000123", "社团名称(全称)": "书画社", "现有成员": " 20 "})
    desk.type(row, 现有成员="")
    (kept,) = desk.read()["rows"]
    assert kept["cells"] == {"社团代码": "000000000000000123", "社团名称(全称)": "书画社"}


def test_rows_are_removed_and_stand_by_place(desk: Desk) -> None:
    first, second = desk.add(CLUB, OTHER)
    between = desk.add({"社团代码": "003"}, place=3)[0]
    assert [row["id"] for row in desk.read()["rows"]] == [first, between, second]
    assert desk.patch({"removed": [first]}).status_code == 200
    assert [row["id"] for row in desk.read()["rows"]] == [between, second]


def test_a_draft_survives_signing_out(desk: Desk) -> None:
    desk.add(CLUB)
    desk.browser.form("/sign-out")
    again = Desk.at(desk.site, TABLE, DEPARTMENT)
    assert [row["cells"] for row in again.open()["rows"]] == [CLUB]


def test_two_people_at_once_the_later_hears_what_the_other_wrote(site: Installation, desk: Desk) -> None:
    first, second = desk.add(CLUB, OTHER)
    other = colleague(site, TABLE, DEPARTMENT)
    other.open()
    assert other.type(second, 现有成员="40").status_code == 200
    answer = desk.type(first, 现有成员="30")
    told = answer.json()
    assert answer.status_code == 409
    assert (told["error"], told["rev"], told["by"]) == (
        "别人刚刚改动了这份草稿。",
        other.rev,
        "财务处采集员（示例）",
    )
    assert {row["id"]: row["cells"].get("现有成员") for row in told["rows"]} == {first: "20", second: "40"}
    assert desk.patch({"rows": [{"id": first, "cells": {"现有成员": "30"}}]}, told["rev"]).status_code == 200
    assert {row["cells"]["现有成员"] for row in desk.read()["rows"]} == {"30", "40"}


def test_what_another_deleted_is_told(site: Installation, desk: Desk) -> None:
    (row,) = desk.add(CLUB)
    other = colleague(site, TABLE, DEPARTMENT)
    other.open()
    other.patch({"removed": [row]})
    answer = desk.patch({"rows": [{"id": row, "cells": {"现有成员": "9"}}]}, other.rev)
    assert (answer.status_code, answer.json()["missing"], answer.json()["rows"]) == (409, [row], [])


def test_checking_names_the_cells_and_keeps_nothing(desk: Desk) -> None:
    row, blank = desk.add({**CLUB, "现有成员": "二十"}, {})
    body = desk.act("check").json()
    assert (body["errors"], body["rows"]) == (1, 1)
    (found,) = [each for each in body["findings"] if each["severity"] == "error"]
    assert (found["rule"], found["row_id"], found["column"], found["cell"]) == ("type", row, "现有成员", "G2")
    assert blank
    with desk.site.database.reading() as session:
        assert session.exec(select(Version)).all() == []


def test_handing_in_makes_a_version_and_collects(desk: Desk) -> None:
    row, _blank = desk.add({**CLUB, "现有成员": " ２０ "}, {})
    answer = desk.act("submit")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["version"], answer.json()["stage"], answer.json()["errors"]) == (1, "collected", 0)
    with desk.site.database.reading() as session:
        (version,) = session.exec(select(Version)).all()
        assert (version.kind, version.base, version.row_count) == ("form", 0, 1)
        assert [found.rule for found in findings(session, version.id or 0)] == ["normalised"]
    body = desk.open()
    assert (body["base"], body["stale"], body["saved_by"]) == (1, False, None)
    assert body["rows"] == [{"id": row, "sheet": TABLE, "place": 1024, "cells": CLUB}]
    assert "started" not in flags(desk)
    page = desk.browser.get(f"/assignments/{desk.key}").text
    assert ("在线填写" in page, "书画社" in page) == (True, True)


def test_with_errors_it_is_kept_but_not_collected(desk: Desk) -> None:
    (row,) = desk.add({**CLUB, "现有成员": "二十"})
    body = desk.act("submit").json()
    assert (body["version"], body["stage"], body["errors"]) == (1, "pending", 1)
    assert body["error"] == "第 1 版还有 1 处错误，不能提交。"
    told = desk.open()["findings"]
    assert [(found["row_id"], found["column"]) for found in told if found["severity"] == "error"] == [
        (row, "现有成员")
    ]
    desk.type(row, 现有成员="20")
    assert desk.read()["findings"] is None
    body = desk.act("submit").json()
    assert (body["version"], body["stage"]) == (2, "collected")


def test_a_draft_that_changed_meanwhile_is_not_handed_in(site: Installation, desk: Desk) -> None:
    (row,) = desk.add(CLUB)
    other = colleague(site, TABLE, DEPARTMENT)
    other.open()
    other.type(row, 现有成员="5")
    answer = desk.act("submit")
    assert (answer.status_code, answer.json()["rev"]) == (409, other.rev)
    assert site.stage(desk.key) == "pending"


def approved(desk: Desk) -> None:
    desk.add(CLUB)
    desk.act("submit")
    reviewer = desk.site.program(REVIEWER)
    answer = reviewer.post(
        f"/api/v1/assignments/{desk.key}/review", json={"version": 1, "decision": "approve"}
    )
    assert answer.status_code == 200, answer.text


def test_after_approval_it_can_be_read_only(desk: Desk) -> None:
    approved(desk)
    body = desk.read()
    assert (body["editable"], body["rev"]) == (False, 0)
    assert [row["cells"] for row in body["rows"]] == [CLUB]
    assert desk.browser.post(desk.path).status_code == 409
    answer = desk.patch({"rows": []}, 2)
    assert (answer.status_code, "审核通过的数据不能再提交" in answer.text) == (409, True)
    for verb in ("submit", "check", "discard"):
        assert desk.act(verb, 3).status_code == 409, verb


def test_preloaded_tables_begin_with_last_year_others_show_it_beside(site: Installation) -> None:
    desk = Desk.at(site, TABLE, DEPARTMENT)
    last_year(site, desk.key, TABLE, {**CLUB, "现有成员": "18"})
    body = desk.open()
    assert (body["rows"], body["prior"]["match"]) == ([], ["社团代码"])
    assert body["prior"]["rows"] == [{**CLUB, "现有成员": "18"}]
    with site.database.writing() as session:
        for table in session.exec(select(DataTable).where(DataTable.code == TABLE)):
            table.preloaded = True
            session.add(table)
    body: dict[str, Any] = desk.act("discard").json()
    assert [row["cells"]["现有成员"] for row in body["rows"]] == ["18"]
    assert "started" not in flags(desk)
