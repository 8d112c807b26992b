"""Dropped files are read one by one, kept for their sender only, and wait where there is no room."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest

from tests.web.conftest import Installation
from tests.web.dropping import COLLECTOR, Files, drop, own_books, sent, states
from web.dropped import MOST_FILES, WAITING
from web.queueing import Queue


def test_files_are_read_one_by_one_where_the_page_asks_so(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    files = own_books(browser, "10.4", "10.3")
    path = browser.form("/uploads", files=sent(files)).url.path
    assert list(states(browser, path).values()) == [WAITING, WAITING]
    browser.form(f"{path}/check", {"one": "1"})
    assert sorted(states(browser, path).values()) == ["kept", WAITING]
    assert "正在检查第 2 份，共 2 份" in browser.get(path).text
    browser.form(f"{path}/check", {"one": "1"})
    assert list(states(browser, path).values()) == ["kept", "kept"]
    assert "data-hx-trigger" not in browser.get(path).text


def test_files_sent_after_the_session_had_ended_wait_for_their_sender(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    files, token = own_books(browser, "10.4"), browser.token("/mine")
    with site.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE signin SET expires_at = '2020-01-01 00:00:00.000000'")
    form = {"csrf": token, "submit": "true"}
    answer = browser.post("/uploads", data=form, files=sent(files), follow_redirects=False)
    target = httpx.URL(answer.headers["location"])
    assert (answer.status_code, target.path) == (303, "/sign-in")
    path = target.params["next"]
    again = site.browser(COLLECTOR)
    assert list(states(again, path).values()) == [WAITING]
    again.form(f"{path}/check")
    assert list(states(again, path).values()) == ["submitted"]


def test_a_name_that_means_harm_is_a_name_only(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    path = browser.form(
        "/uploads", files=sent({"../../<b>x</b>.xlsx": b"x", "..\\..\\y.xlsx": b"x"})
    ).url.path
    page = browser.get(path).text
    assert re.findall(r'dropped-name">([^<]*)</span>', page) == ["b&gt;.xlsx", "y.xlsx"]
    (folder,) = (site.settings.data / "kept").iterdir()
    assert sorted(each.name for each in folder.iterdir()) == ["0.xlsx", "1.xlsx", "drop.json"]


def test_nobody_else_sees_or_reads_them(site: Installation) -> None:
    browser, other = site.browser(COLLECTOR), site.browser("S041")
    path = drop(browser, {"w.xlsx": b"x"})
    for answer in (
        other.get(path),
        other.form(f"{path}/check"),
        other.form(f"{path}/0", {"assignment": "1"}),
        other.get("/uploads/en"),
    ):
        assert (answer.status_code, "这批文件已经不在了" in answer.text) == (404, True)


@pytest.mark.parametrize("count", [0, MOST_FILES + 1])
def test_none_and_too_many_are_refused_on_the_page_they_came_from(site: Installation, count: int) -> None:
    files = {f"{number}.xlsx": b"x" for number in range(count)}
    answer = site.browser(COLLECTOR).form("/uploads", files=sent(files))
    assert (answer.status_code, "我的任务" in answer.text) == (422, True)
    assert ("没有选择文件" if not count else "一次最多上传 200 份") in answer.text


def test_where_there_is_no_room_files_wait_and_the_page_asks_again(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    path = browser.form("/uploads", files=sent(own_books(browser, "10.4"))).url.path
    queue: Queue = site.app.state.site.queue

    async def full() -> httpx.Response:
        async with asyncio.TaskGroup() as group:
            crowd = [group.create_task(stay(queue, person)) for person in range(1000, 1022)]
            await asyncio.sleep(0)
            answer = await asyncio.to_thread(browser.form, f"{path}/check", {"one": "1"})
            for task in crowd:
                task.cancel()
        return answer

    answer = asyncio.run(full())
    assert (answer.status_code, "秒后自动接着检查" in answer.text) == (200, True)
    assert list(states(browser, path).values()) == [WAITING]
    browser.form(f"{path}/check", {"one": "1"})
    assert list(states(browser, path).values()) == ["kept"]


async def stay(queue: Queue, person: int) -> None:
    async with queue.place(person):
        await asyncio.Event().wait()


def test_a_table_that_was_approved_meanwhile_takes_nothing(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    files = own_books(browser, "10.4")
    drop(browser, files, submit="true")
    key = site.assignment("10.4", "学务部")
    reviewer = site.program("S032")
    assert reviewer.post(f"/api/v1/assignments/{key}/review", json={"version": 1, "decision": "approve"})
    path = drop(browser, files)
    assert list(states(browser, path).values()) == ["refused"]
    assert "审核通过的数据不能再提交" in browser.get(path).text


class TestProgram:
    """The same for programs."""

    def post(self, site: Installation, files: Files, **more: str) -> list[dict[str, Any]]:
        answer = site.program(COLLECTOR).post("/api/v1/uploads", files=sent(files), data=more)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def test_each_file_has_its_item_in_order(self, site: Installation) -> None:
        (book,) = own_books(site.browser(COLLECTOR), "10.4").values()
        good, bad = self.post(site, {"好.xlsx": book, "坏.xlsx": b"x"})
        assert good == {
            "filename": "好.xlsx",
            "state": "kept",
            "assignment": site.assignment("10.4", "学务部"),
            "label": good["label"],
            "version": 1,
            "rows": good["rows"],
            "errors": 0,
            "warnings": good["warnings"],
            "message": "",
            "remedy": "",
        }
        assert good["label"].startswith("10.4 ")
        assert (bad["filename"], bad["state"], bad["assignment"]) == ("坏.xlsx", "refused", None)
        assert bad["message"]

    def test_submitting_is_a_wish(self, site: Installation) -> None:
        (book,) = own_books(site.browser(COLLECTOR), "10.4").values()
        (item,) = self.post(site, {"w.xlsx": book}, submit="true")
        assert item["state"] == "submitted"
        assert site.stage(item["assignment"]) == "collected"

    def test_nothing_is_left_behind(self, site: Installation) -> None:
        self.post(site, {"坏.xlsx": b"x"})
        assert list((site.settings.data / "kept").iterdir()) == []

    def test_no_files_are_told(self, site: Installation) -> None:
        answer = site.program(COLLECTOR).post("/api/v1/uploads")
        assert (answer.status_code, "files" in answer.json()["error"]) == (422, True)
