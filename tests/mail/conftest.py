"""The mail server under test, listening in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime

import pytest

from models.database import Database
from tests.mail.campaign_mail import PostOffice
from tests.mail.mail_server import Post, session_of, stop


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server of the test's own; every connection asks ``post`` how to behave."""
    made, loop, started = Post(), asyncio.new_event_loop(), threading.Event()
    listening: list[asyncio.Server] = []

    async def listen() -> None:
        server = await loop.create_server(session_of(made), "127.0.0.1", 0)
        made.port = server.sockets[0].getsockname()[1]
        listening.append(server)
        started.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(listen())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10)
    yield made
    made.release()
    loop.call_soon_threadsafe(stop, loop, listening[0])
    thread.join(10)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture
def office(campaign: Database, morning: datetime) -> PostOffice:
    """The 2020 campaign at 08:31 of its first day, its twelve digests decided."""
    made = PostOffice(campaign, morning.replace(hour=8, minute=31))
    made.decide()
    return made
