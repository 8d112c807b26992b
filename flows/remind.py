"""The flow of reminders: what is due or overdue goes into each person's one digest of the day."""

from __future__ import annotations

from datetime import datetime

from actions.notices import REMIND, Decided
from flows.station import Station
from flows.telling import Wanted, tell
from flows.tracked import Outcome, run_tracked


def run(station: Station, now: datetime, wanted: Wanted) -> Outcome[Decided]:
    """Decide the reminders up to ``now``, tracked where Prefect answers."""
    name = f"提醒 {station.local(now):%Y-%m-%d %H:%M} · {wanted.mails} 封"
    return run_tracked(remind, station, now, name=name, tags=("remind",))


def remind(station: Station, now: datetime) -> Decided:
    """Write the notices and queue the digests, in one transaction."""
    return tell(station, REMIND, "提醒", now)
