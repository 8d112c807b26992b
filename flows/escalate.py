"""The flow of escalations: heads are forewarned, then office and leaders hear what is late."""

from __future__ import annotations

from datetime import datetime

from actions.notices import ESCALATE, Decided
from flows.station import Station
from flows.telling import tell
from flows.tracked import Outcome, run_tracked


def run(station: Station, now: datetime, mails: int) -> Outcome[Decided]:
    """Decide the escalations up to ``now``, tracked where Prefect answers."""
    name = f"升级 {station.local(now):%Y-%m-%d %H:%M} · {mails} 封"
    return run_tracked(escalate, station, now, name=name, tags=("escalate",))


def escalate(station: Station, now: datetime) -> Decided:
    """Write the notices and queue the mails, in one transaction."""
    return tell(station, ESCALATE, "升级", now)
