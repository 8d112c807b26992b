"""A rehearsal in a folder of its own, with a real worker and a real catcher as processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import col, select, update

from actions.clock import jump, run_at, start_rehearsal
from actions.load_plan import apply
from actions.people import load_people
from actions.sample_people import sample_people
from mail.catcher import Heading, mailbox, port_of
from models import Mail
from models.database import Database
from models.migrate import upgrade
from plans.plan import Plan
from settings import ROOT

PATIENCE = 60.0


def until(what: Callable[[], object]) -> None:
    """Wait for a true answer; fails after a minute."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "nothing happened for a minute"
        time.sleep(0.05)


class Rehearsed:
    """The 2020 campaign, issued at its morning, its clock at `shown` and running `rate` times as fast."""

    def __init__(self, data: Path, plan: Plan, shown: datetime, rate: float = 1.0) -> None:
        self.data = data
        self.zone = plan.schedule.zone
        self.database = Database(f"sqlite:///{data / 'caiji.db'}")
        upgrade(self.database)
        with self.database.writing() as session:
            apply(session, plan, None, plan.schedule.start)
            load_people(session, sample_people(plan), plan.schedule.start, sample=True)
            start_rehearsal(session, shown)
            session.flush()
            run_at(session, rate)
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *module: str, prefect: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a part as the supervisor would; without `prefect`, a client's environment, flows run bare."""
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("PREFECT", "CAIJI"))
        }
        environment |= prefect or {}
        environment |= {"CAIJI_DATA": str(self.data), "PYTHONPATH": str(ROOT)}
        with (self.data / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *module],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def start_catcher(self) -> None:
        self.start("mail.catcher")
        until(lambda: port_of(self.data))

    def start_worker(self, prefect: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        return self.start("flows.worker", prefect=prefect)

    def jump(self, shown: str) -> None:
        """Move the clock on to this local time."""
        with self.database.writing() as session:
            jump(session, datetime.fromisoformat(shown).replace(tzinfo=self.zone))

    def close(self) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()
        self.database.close()

    def caught(self) -> list[Heading]:
        return mailbox(self.data)

    def mails(self) -> list[Mail]:
        with self.database.reading() as session:
            return list(session.exec(select(Mail).order_by(col(Mail.id))))

    def states(self) -> Counter[str]:
        return Counter(mail.state for mail in self.mails())

    def let_leases_end(self) -> None:
        """As if the minutes until a dead sender's leases end had passed."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        with self.database.writing() as session:
            session.connection().execute(
                update(Mail).where(col(Mail.state) == "leased").values(leased_until=past)
            )
            session.connection().execute(update(Mail).values(next_try_at=None))
