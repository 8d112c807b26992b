"""The flow of reminders: what is due or overdue goes into each person's one digest of the day."""

from __future__ import annotations

from datetime import datetime

from actions.notices import REMIND, Decided, decide
from flows.station import Station
from flows.tracked import Outcome, log, run_tracked, step


def run(station: Station, now: datetime, mails: int) -> Outcome[Decided]:
    """Decide the reminders up to ``now``, tracked where Prefect answers."""
    name = f"提醒 {station.local(now):%Y-%m-%d %H:%M} · {mails} 封"
    return run_tracked(remind, station, now, name=name, tags=("remind",))


def remind(station: Station, now: datetime) -> Decided:
    """Write the notices and queue the digests, in one transaction."""
    decided = step("写下提醒，排入发件箱", _decide, station, now)
    log(f"{decided.notices} 项提醒，{decided.mails} 封邮件")
    return decided


def _decide(station: Station, now: datetime) -> Decided:
    with station.database.writing() as session:
        return decide(session, REMIND, now)
