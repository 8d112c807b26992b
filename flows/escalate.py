"""The flow of escalations: heads are forewarned, then office and leaders hear what is late."""

from __future__ import annotations

from datetime import datetime

from actions.notices import ESCALATE, Decided, decide
from flows.station import Station
from flows.tracked import Outcome, log, run_tracked, step


def run(station: Station, now: datetime, mails: int) -> Outcome[Decided]:
    """Decide the escalations up to ``now``, tracked where Prefect answers."""
    name = f"升级 {station.local(now):%Y-%m-%d %H:%M} · {mails} 封"
    return run_tracked(escalate, station, now, name=name, tags=("escalate",))


def escalate(station: Station, now: datetime) -> Decided:
    """Write the notices and queue the mails, in one transaction."""
    decided = step("写下升级，排入发件箱", _decide, station, now)
    log(f"{decided.notices} 项升级，{decided.mails} 封邮件")
    return decided


def _decide(station: Station, now: datetime) -> Decided:
    with station.database.writing() as session:
        return decide(session, ESCALATE, now)
