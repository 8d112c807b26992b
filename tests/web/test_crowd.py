"""Many at once: writers wait for the lock without using up the threads that its holder needs."""

from __future__ import annotations

import asyncio

import httpx

from models.worklist import lines
from tests.web.conftest import Installation

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
