"""Where a soak takes place: a database full of mails, a mail server's process, and what became of both."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, update
from sqlmodel import col, select

from actions.clock import run_at, start_rehearsal
from actions.notices import REMIND, decide
from mail.catcher import PORT_FILE
from models import Mail
from models.database import Database
from models.notice import LEASED, MOOT, QUEUED, SENT, UNCERTAIN
from tests.conftest import MORNING
from tests.postgresql import postgresql
from tests.soak.college import found
from tests.soak.processes import Processes, Sink, processes

ISSUED = MORNING.replace(hour=8, minute=31)
EACH = 10


@dataclass(frozen=True)
class Outcome:
    """What became of the mails: how many arrived never, how many more than once, and under how many names."""

    mails: int
    lost: int
    duplicates: int
    renamed: int


class Field:
    """A college whose digests are decided, its clock standing still at the first slot."""

    def __init__(self, database: Database, started: Processes, mails: int) -> None:
        self.database = database
        self.mails = mails
        self.started = started
        self.sink = Sink(started)
        self.sink.open()
        shutil.copyfile(started.folder / "sink" / "port", started.folder / PORT_FILE)
        found(database, mails, EACH)

    def set_clock(self, shown: datetime = ISSUED, rate: float = 0) -> None:
        with self.database.writing() as session:
            start_rehearsal(session, shown)
            session.flush()
            run_at(session, rate)

    def decide(self) -> None:
        with self.database.writing() as session:
            assert decide(session, REMIND, ISSUED).mails == self.mails

    def worker(self, senders: int) -> None:
        """A worker of the product over this database."""
        data, url = str(self.started.folder), self.database.url
        self.started.start("flows.worker", data=data, database_url=url, mail_senders=str(senders))

    def sender(self) -> BaseProcess:
        """A sender of one connection."""
        return self.started.sender(str(self.started.folder), self.database.url)

    def states(self) -> Counter[str]:
        with self.database.reading() as session:
            counted = session.exec(select(Mail.state, func.count()).group_by(col(Mail.state)))
            return Counter(dict(counted.all()))

    def waiting(self) -> int:
        """Mails that a sender could claim."""
        states = self.states()
        return states[QUEUED] + states[UNCERTAIN]

    def over(self) -> bool:
        states = self.states()
        return states.total() == self.mails and set(states) <= {SENT, MOOT}

    def let_leases_end(self) -> None:
        """As if two minutes had passed; only while no sender lives."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        with self.database.writing() as session:
            session.exec(update(Mail).where(col(Mail.state) == LEASED).values(leased_until=past))

    def outcome(self) -> Outcome:
        """Compares what is settled as sent with what the server wrote down."""
        arrived = self.sink.arrived()
        addressees = Counter(address for _name, address in arrived)
        with self.database.reading() as session:
            mails = session.exec(select(Mail.message_id, Mail.address, Mail.state)).all()
        lost = [mail for mail in mails if mail[2] != SENT or (mail[0], mail[1]) not in arrived]
        return Outcome(
            mails=len(mails),
            lost=len(lost),
            duplicates=arrived.total() - len(arrived),
            renamed=sum(times > 1 for times in addressees.values()),
        )


@contextmanager
def fields(kind: str, mails: int) -> Iterator[Field]:
    """A field on SQLite or on PostgreSQL, whose server syncs to disk; nothing of it is left."""
    with TemporaryDirectory(prefix="caiji-soak-") as folder, processes(Path(folder)) as started:
        if kind == "sqlite":
            yield from _field(Database(f"sqlite:///{Path(folder) / 'caiji.db'}"), started, mails)
        else:
            with postgresql(quick=False) as server:
                yield from _field(server.made(), started, mails)
                started.end()


def _field(database: Database, started: Processes, mails: int) -> Iterator[Field]:
    try:
        yield Field(database, started, mails)
    finally:
        database.close()
