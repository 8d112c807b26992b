"""The flow of requests for more time: the office hears of them, the collectors of its answers."""

from __future__ import annotations

from datetime import datetime

from actions.notices import MORE_TIME, Decided
from flows.station import Station
from flows.telling import Wanted, tell
from flows.tracked import Outcome, run_tracked


def run(station: Station, now: datetime, wanted: Wanted) -> Outcome[Decided]:
    """Decide what is told of extensions up to ``now``, tracked where Prefect answers."""
    name = f"延期 {station.local(now):%Y-%m-%d %H:%M} · {wanted.mails} 封"
    return run_tracked(more_time, station, now, name=name, tags=("more_time",))


def more_time(station: Station, now: datetime) -> Decided:
    """Write the notices and queue the mails, in one transaction."""
    return tell(station, MORE_TIME, "延期通知", now)
