"""The flow of withdrawals: who was told of a deadline that has moved hears that it no longer holds."""

from __future__ import annotations

from datetime import datetime

from actions.notices import WITHDRAW, Decided
from flows.station import Station
from flows.telling import Wanted, tell
from flows.tracked import Outcome, run_tracked


def run(station: Station, now: datetime, wanted: Wanted) -> Outcome[Decided]:
    """Decide the withdrawals up to ``now``, tracked where Prefect answers."""
    name = f"更正 {station.local(now):%Y-%m-%d %H:%M} · {wanted.mails} 封"
    return run_tracked(withdraw, station, now, name=name, tags=("withdraw",))


def withdraw(station: Station, now: datetime) -> Decided:
    """Write the notices and queue the mails, in one transaction."""
    return tell(station, WITHDRAW, "更正", now)
