"""Many at once: writers wait for the lock without using up the threads that its holder needs."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest

from models.errors import Overloaded
from models.worklist import lines
from tests.journey.books import fill
from tests.web.conftest import Installation
from web.queueing import Queue
from web.site import Site

CROWD = 60


def test_more_writers_than_threads_all_get_through(site: Installation) -> None:
    with site.database.reading() as session:
        keys = [line.id for line in lines(session, department="学务部")]
    headers = {"Authorization": site.program("S031").headers["Authorization"]}

    async def crowd() -> list[int]:
        transport = httpx.ASGITransport(site.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://caiji.test", timeout=60) as client:
            asked = [
                client.post(f"/api/v1/assignments/{keys[number % len(keys)]}/nil", headers=headers)
                for number in range(CROWD)
            ]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert asyncio.run(crowd()) == [200] * CROWD
    assert {site.stage(key) for key in keys} == {"collected"}


def test_two_decisions_at_once_are_one(site: Installation) -> None:
    key = site.assignment("10.4", "学务部")
    site.program("S031").post(f"/api/v1/assignments/{key}/nil")
    headers = {"Authorization": site.program("S032").headers["Authorization"]}
    path = f"/api/v1/assignments/{key}/review"

    async def race() -> list[int]:
        transport = httpx.ASGITransport(site.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://caiji.test", timeout=60) as client:
            wishes = [{"version": 1, "decision": "approve"} for _ in range(10)]
            answers = [client.post(path, json=wish, headers=headers) for wish in wishes]
            return sorted(answer.status_code for answer in await asyncio.gather(*answers))

    assert asyncio.run(race()) == [200] + [409] * 9


def test_uploads_wait_without_a_thread_and_not_too_many_of_one_person(site: Installation) -> None:
    key = site.assignment("10.1.1", "学务部")
    program = site.program("S031")
    headers = {"Authorization": program.headers["Authorization"]}
    book = fill(program.get(f"/api/v1/assignments/{key}/template").content, "10.1.1")
    queue: Queue = site.app.state.site.queue

    async def ask() -> tuple[int, httpx.Response, list[int]]:
        transport = httpx.ASGITransport(site.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://caiji.test", timeout=60) as client:
            path, files = f"/api/v1/assignments/{key}/submit", {"file": ("w.xlsx", book)}
            async with AsyncExitStack() as readers, asyncio.TaskGroup() as group:
                for stranger in range(site.settings.readers):
                    await readers.enter_async_context(queue.place(-stranger))
                sent = [group.create_task(client.post(path, files=files, headers=headers)) for _ in range(3)]
                (refused,), _waiting = await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
                page = await client.get("/rehearsal/sign-in")
                await readers.aclose()
            return page.status_code, refused.result(), sorted(task.result().status_code for task in sent)

    page, refused, statuses = asyncio.run(ask())
    assert (page, statuses) == (200, [200, 200, 429])
    assert (refused.headers["retry-after"], "正在检查" in refused.json()["error"]) == ("30", True)


def test_a_service_that_stops_turns_uploads_away(site: Installation) -> None:
    pages: Site = site.app.state.site
    key, program = site.assignment("10.1.1", "学务部"), site.program("S031")

    async def stop() -> BaseException | None:
        async with AsyncExitStack() as readers:
            for stranger in range(site.settings.readers):
                await readers.enter_async_context(pages.queue.place(-stranger))
            waiting = asyncio.create_task(stay(pages.queue, 1))
            await asyncio.sleep(0)
            await pages.turn_away()
        await asyncio.wait([waiting], timeout=10)
        return waiting.exception()

    refused = asyncio.run(stop())
    assert isinstance(refused, Overloaded)
    answer = program.post(f"/api/v1/assignments/{key}/submit", files={"file": ("w.xlsx", b"any")})
    assert (answer.status_code, "正在停止" in answer.json()["error"]) == (503, True)


def test_a_long_queue_turns_uploads_away_with_a_time_to_come_back(site: Installation) -> None:
    key = site.assignment("10.1.1", "学务部")
    browser = site.browser("S031")
    queue: Queue = site.app.state.site.queue

    async def full() -> None:
        async with asyncio.TaskGroup() as group:
            crowd = [group.create_task(stay(queue, person)) for person in range(1000, 1022)]
            await asyncio.sleep(0)
            answer = await asyncio.to_thread(
                browser.form, f"/assignments/{key}/upload", files={"file": ("w.xlsx", b"x")}
            )
            for task in crowd:
                task.cancel()
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "仍在您的电脑上" in answer.text

    asyncio.run(full())
    assert browser.form(f"/assignments/{key}/upload", files={"file": ("w.xlsx", b"x")}).status_code == 422


async def stay(queue: Queue, person: int) -> None:
    """Hold a place, or wait for one, until cancelled."""
    async with queue.place(person):
        await asyncio.Event().wait()


@pytest.mark.parametrize("folder", ["blobs", "incoming"])
def test_an_upload_that_cannot_be_stored_keeps_nothing(site: Installation, folder: str) -> None:
    key = site.assignment("10.1.1", "学务部")
    browser = site.browser("S031")
    book = fill(browser.get(f"/assignments/{key}/template").content, "10.1.1")
    (site.settings.data / folder).write_text("in the way of the folder")
    answer = browser.form(f"/assignments/{key}/upload", files={"file": ("w.xlsx", book)})
    assert (answer.status_code, "磁盘已满，或数据目录不能写入" in answer.text) == (507, True)
    assert site.program("S031").get(f"/api/v1/assignments/{key}").json()["version"] is None
