"""The runs: senders killed at random, workers side by side, a mail server that is down for hours."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from threading import Event
from time import monotonic

from flows.station import Station
from mail.delivery import Delivery, Route
from mail.line import Server
from mail.message import Sender
from mail.outbox import Outbox
from models.database import Database
from settings import Settings
from tests.soak.field import ISSUED, Field, Outcome
from tests.soak.processes import until

SENDERS = 4
OUTAGE, STEP = timedelta(hours=4), timedelta(minutes=10)


class Killing:
    """Four sender processes of one connection each, so that one mail is in flight in each."""

    def __init__(self, field: Field, seed: int) -> None:
        self._field = field
        self._chance = random.Random(seed)
        self._senders: list[BaseProcess] = []
        self.kills = 0

    def run(self, kills: int) -> Outcome:
        """Kill at random moments until there were so many; then let the rest go out in peace."""
        self._field.set_clock()
        self._field.decide()
        self._start_all()
        while self.kills < kills and not self._field.over():
            self._let_some_pass(kills)
            if self._field.waiting():
                self._kill(self._chance.randrange(SENDERS))
                self._senders.append(self._field.sender())
            else:  # what is left is held by the dead: as if their leases had run out
                self._kill_all()
                self._start_all()
        self._kill_all()
        self._start_all()
        until(self._field.over)
        return self._field.outcome()

    def _start_all(self) -> None:
        self._senders = [self._field.sender() for _ in range(SENDERS)]

    def _let_some_pass(self, kills: int) -> None:
        """Until some more have arrived, or nothing waits."""
        arrivals = self._field.sink.size()
        more = self._chance.uniform(0, 80 * self._field.mails / kills / 2)
        until(lambda: self._field.sink.size() > arrivals + more or not self._field.waiting())

    def _kill(self, number: int) -> None:
        process = self._senders.pop(number)
        process.kill()
        process.join()
        self.kills += 1

    def _kill_all(self) -> None:
        while self._senders:
            self._kill(0)
        self._field.let_leases_end()


def two_workers(field: Field) -> Outcome:
    """Two real workers tick and send at once, with two connections each, from before the first slot."""
    field.set_clock(ISSUED - timedelta(minutes=1, seconds=2), rate=1)
    for _ in range(2):
        field.worker(SENDERS // 2)
    until(field.over)
    return field.outcome()


def outage(field: Field, per_minute: int) -> tuple[Outcome, float]:
    """The mail server is down for four hours of the wall's clock, then back; how many a minute went then."""
    field.set_clock()
    field.decide()
    wall = [datetime.now(UTC)]
    delivery = _delivery(field.database, wall)
    route = Route(Server("127.0.0.1", field.sink.port), SENDER, SENDERS, per_minute)
    field.sink.shut()
    for _ in range(OUTAGE // STEP):
        delivery._rest_until = 0
        assert delivery.run(route) == 0
        wall[0] += STEP
    field.sink.open()
    delivery._rest_until = 0
    began = monotonic()
    while delivery.run(route):
        pass
    return field.outcome(), field.mails / (monotonic() - began) * 60


SENDER = Sender("office@college.test", "质量部")


def _delivery(database: Database, wall: list[datetime]) -> Delivery:
    station = Station(Settings(), database)
    outbox = Outbox(database, station._desk, station._hour, SENDER.domain)
    return Delivery(outbox, station.blobs.get, lambda: wall[0], Event())
