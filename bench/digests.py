"""1,000 digests decided, durable and sent, beside bare aiosmtplib sending the same messages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event

from aiosmtplib import SMTP
from sqlmodel import Session, col, delete, select

from actions.notices import REMIND, decide
from actions.plan_in_force import plan_in_force, rules_in_force
from bench.measure import Figure, timed
from mail.delivery import Delivery, Route
from mail.letters import Desk
from mail.line import Server
from mail.message import Sender, as_bytes
from mail.outbox import Outbox, content_of
from mail.sending_hours import Hour, hour_at
from models import Mail, Mark, Notice
from models.database import Database
from settings import spare_the_collector
from tests.conftest import MORNING
from tests.soak.college import found
from tests.soak.processes import Sink, processes

DIGESTS, CONNECTIONS, ROUNDS = 1000, 4, 7
NOW = MORNING.replace(hour=8, minute=31)
SENDER = Sender("office@college.test", "质量部（数据采集）")
CAUSE = "bare hands over bytes that are ready; ours finds what is owed, writes each letter and commits twice"


def measure() -> list[Figure]:
    """In turns, seven rounds after one to get warm, as a worker is that ticks each minute: ours, then the
    messages that it made sent bare."""
    spare_the_collector()
    with _stage() as stage:
        stage.round()
        times = [stage.round() for _ in range(ROUNDS)]
    ours, bare = (median(column) for column in zip(*times, strict=True))
    what = "1,000 digests decided, durable and sent"
    return [Figure(what, ours, "bare aiosmtplib sending them", bare, 1.7, CAUSE)]


class _Stage:
    def __init__(self, database: Database, sink: Sink) -> None:
        self._database = database
        self._sink = sink
        self._messages: list[tuple[str, bytes]] = []
        found(database, DIGESTS)

    def round(self) -> tuple[float, float]:
        """Seconds of ours, then of the bare one with the messages that ours has made."""
        ours = timed(self._ours)
        self._take_messages()
        return ours, timed(lambda: asyncio.run(self._bare()))

    def _ours(self) -> None:
        """Decide at the first slot, and deliver until the outbox is empty."""
        with self._database.writing() as session:
            assert decide(session, REMIND, NOW).mails == DIGESTS
        outbox = Outbox(self._database, _desk, _hour, SENDER.domain)
        delivery = Delivery(outbox, lambda name: b"", lambda: datetime.now(UTC), Event())
        route = Route(Server("127.0.0.1", self._sink.port), SENDER, CONNECTIONS)
        assert delivery.run(route, seconds=120) == DIGESTS

    def _take_messages(self) -> None:
        """Keep what was sent, and leave the database as if nothing had been."""
        with self._database.writing() as session:
            mails = session.exec(select(Mail).order_by(col(Mail.id))).all()
            assert {mail.state for mail in mails} == {"sent"}
            self._messages = [(mail.address, _message(mail)) for mail in mails]
            for made in (Mail, Notice, Mark):
                session.exec(delete(made))

    async def _bare(self) -> None:
        waiting = iter(self._messages)
        await asyncio.gather(*(self._connection(waiting) for _ in range(CONNECTIONS)))

    async def _connection(self, waiting: Iterator[tuple[str, bytes]]) -> None:
        """As many mails on a connection as ours."""
        async with SMTP(hostname="127.0.0.1", port=self._sink.port) as smtp:
            for address, message in waiting:
                await smtp.sendmail(SENDER.address, [address], message)


def _message(mail: Mail) -> bytes:
    return as_bytes(content_of(mail), SENDER, datetime.now(UTC))


def _desk(session: Session) -> Desk:
    return Desk(session, plan_in_force(session).schedule, NOW, "https://caiji.test")


def _hour(session: Session) -> Hour:
    return hour_at(rules_in_force(session), NOW)


@contextmanager
def _stage() -> Iterator[_Stage]:
    with TemporaryDirectory(prefix="caiji-bench-") as folder, processes(Path(folder)) as started:
        sink = Sink(started)
        sink.open()
        database = Database(f"sqlite:///{folder}/caiji.db")
        try:
            yield _Stage(database, sink)
        finally:
            database.close()
