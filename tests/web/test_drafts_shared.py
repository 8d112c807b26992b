"""Drafts that several people have to do with: thrown away, kept over a newer version; who waits for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from actions.submit import Content, latest_version, upload
from models import Assignment, DraftRow
from models.draft import draft_of, rows_of
from tests.actions.people import who
from tests.web.conftest import MORNING, Installation
from tests.web.typing_people import CLUB, COLLEAGUE, Desk, colleague, returned
from tests.workbooks.stored import stored
from web.api import drafts as routes
from web.api.draft_documents import draft_document
from workbooks import comparison

TABLE, DEPARTMENT = "10.3", "学务部"
CHOIR = {"社团代码": "002", "社团名称(全称)": "合唱团"}
CHESS = {"社团代码": "003", "社团名称(全称)": "棋社"}


@pytest.fixture
def desk(site: Installation) -> Desk:
    found = Desk.at(site, TABLE, DEPARTMENT)
    found.open()
    return found


def newer(site: Installation, key: int, *rows: dict[str, str]) -> None:
    """The colleague's version of these rows."""
    colleague(site, TABLE, DEPARTMENT)
    blob = site.app.state.site.blobs.put(stored(TABLE, rows))
    with site.database.writing() as session:
        content = Content("upload", f"book-{len(rows)}", blob, row_count=len(rows))
        upload(session, who(session, COLLEAGUE, MORNING), key, content, MORNING)


def numbers(desk: Desk) -> dict[str, int | None]:
    """The row number in the base version that each row of the draft has, by the club's code."""
    with desk.site.database.reading() as session:
        rows = rows_of(session, draft_of(session, desk.key))
        return {row.cells["社团代码"]: row.base_row for row in rows}


def test_what_a_colleague_typed_meanwhile_is_not_thrown_away(site: Installation, desk: Desk) -> None:
    (row,) = desk.add(CLUB)
    other = colleague(site, TABLE, DEPARTMENT)
    other.open()
    other.type(row, 现有成员="41")
    answer = desk.act("discard")
    assert (answer.status_code, answer.json()["error"]) == (409, "别人刚刚改动了这份草稿。")
    assert (answer.json()["rev"], answer.json()["by"]) == (other.rev, "财务处采集员（示例）")
    assert [each["cells"]["现有成员"] for each in desk.read()["rows"]] == ["41"]
    seen = desk.act("discard", other.rev)
    assert (seen.status_code, seen.json()["rows"]) == (200, [])
    assert seen.json()["rev"] > other.rev


def test_throwing_away_says_what_was_seen(desk: Desk) -> None:
    desk.add(CLUB)
    answer = desk.browser.post(f"{desk.path}/discard")
    assert (answer.status_code, "请刷新页面" in answer.text) == (422, True)
    assert len(desk.read()["rows"]) == 1


def test_a_kept_draft_is_as_shut_as_before(site: Installation, desk: Desk) -> None:
    first, second = desk.add(CLUB, CHOIR)
    desk.act("submit")
    returned(site, desk.key, "请核对人数", (2, "现有成员"), only=True)
    desk.open()
    assert desk.type(first, 现有成员="22").status_code == 200
    (added,) = desk.add(CHESS, place=1)
    newer(site, desk.key, {**CLUB, "现有成员": "23"}, CHOIR)
    kept = desk.act("keep", version=2).json()
    desk.rev = kept["rev"]
    assert (kept["stale"], kept["base"]) == (False, 2)
    assert [each["id"] for each in kept["rows"]] == [first, second, added]
    assert numbers(desk) == {"001": 2, "002": 3, "003": None}
    assert kept["remarks"] == [{"row_id": first, "column": "现有成员", "text": "请核对"}]
    shut = desk.type(second, 现有成员="3")
    assert (shut.status_code, "第 3 行的“现有成员”没有放开" in shut.text) == (403, True)
    assert "不能删除" in desk.patch({"removed": [second]}).text
    assert desk.type(first, 现有成员="24").status_code == 200
    assert desk.type(added, 现有成员="5").status_code == 200
    assert desk.act("submit").json()["stage"] == "collected"


def test_a_kept_draft_finds_its_rows_in_the_newer_version_by_key(site: Installation, desk: Desk) -> None:
    desk.add(CLUB, CHESS, {**CHOIR, "现有成员": " ７ "})
    newer(site, desk.key, CHOIR, {"社团代码": "009", "社团名称(全称)": "诗社"}, CLUB)
    kept = desk.act("keep", version=1)
    assert kept.status_code == 200, kept.text
    assert numbers(desk) == {"001": 4, "002": 2, "003": None}
    assert [each["cells"]["社团代码"] for each in kept.json()["rows"]] == ["002", "001", "003"]


def test_saving_a_cell_loads_its_row_only(desk: Desk) -> None:
    ids = desk.add(*({"社团代码": f"{number:03}", "社团名称(全称)": "社"} for number in range(300)))
    loaded: list[DraftRow] = []

    def count(row: DraftRow, _context: Any) -> None:
        loaded.append(row)

    event.listen(DraftRow, "load", count)
    try:
        assert desk.type(ids[7], 现有成员="3").status_code == 200
        assert desk.patch({"removed": [ids[8]]}).status_code == 200
    finally:
        event.remove(DraftRow, "load", count)
    assert [row.id for row in loaded] == [ids[7], ids[8]]


def test_a_row_of_another_draft_is_not_changed(site: Installation, desk: Desk) -> None:
    other = Desk.at(site, "10.4", DEPARTMENT)
    other.open()
    (foreign,) = other.add({})
    answer = desk.type(foreign, 现有成员="3")
    assert (answer.status_code, answer.json()["missing"]) == (409, [foreign])
    assert [each["cells"] for each in other.read()["rows"]] == [{}]


def others_write(site: Installation, slow: Callable[..., Any], seen: list[str]) -> Callable[..., Any]:
    """The same, but that somebody else writes while it runs."""

    def meanwhile(*given: Any, **named: Any) -> Any:
        with site.database.writing() as session:
            session.add(session.exec(select(Assignment)).first())
        seen.append(slow.__name__)
        return slow(*given, **named)

    return meanwhile


def test_nobody_waits_while_a_draft_is_read(
    site: Installation, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(routes, "draft_document", others_write(site, draft_document, seen))
    desk.add(CLUB)
    assert desk.open()["rev"] == 2
    newer(site, desk.key, CHOIR)
    kept = desk.act("keep", version=1).json()
    assert desk.act("discard", kept["rev"]).json()["base"] == 1
    assert seen == ["draft_document"] * 3


def test_nobody_waits_while_a_return_of_single_cells_is_compared(
    site: Installation, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row, _other) = desk.add(CLUB, CHOIR)
    desk.act("submit")
    returned(site, desk.key, "请核对人数", (2, "现有成员"), only=True)
    desk.open()
    desk.type(row, 现有成员="22")
    seen: list[str] = []
    monkeypatch.setattr(comparison, "compare", others_write(site, comparison.compare, seen))
    assert desk.act("submit").json()["stage"] == "collected"
    assert seen == ["compare"]


def test_a_version_on_its_page_is_compared_before_too(
    site: Installation, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add(CLUB, CHOIR)
    desk.act("submit")
    returned(site, desk.key, "请核对人数", (2, "现有成员"), only=True)
    newer(site, desk.key, CLUB, {**CHOIR, "现有成员": "3"})
    seen: list[str] = []
    monkeypatch.setattr(comparison, "compare", others_write(site, comparison.compare, seen))
    answer = desk.browser.form(f"/assignments/{desk.key}/submit", data={"version": str(_latest(desk))})
    assert (answer.status_code, "第 3 行“现有成员”与退回的第 1 版不同" in answer.text) == (422, True)
    assert seen[0] == "compare"


def _latest(desk: Desk) -> int:
    with desk.site.database.reading() as session:
        newest = latest_version(session, desk.key)
        return newest.id or 0 if newest else 0
