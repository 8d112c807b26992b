"""The flow of announcements: what is due to be told to the chat groups becomes a post for each of them."""

from __future__ import annotations

from datetime import datetime

from actions.announcing import announce as decide
from actions.notices import Decided
from flows.station import Station
from flows.telling import Wanted
from flows.tracked import Outcome, log, run_tracked, step


def run(station: Station, now: datetime, _wanted: Wanted) -> Outcome[Decided]:
    """Decide the announcements up to ``now``, tracked where Prefect answers."""
    name = f"群公告 {station.local(now):%Y-%m-%d %H:%M}"
    return run_tracked(announce, station, now, name=name, tags=("announce",))


def announce(station: Station, now: datetime) -> Decided:
    """Write the notices and queue the posts, in one transaction."""
    decided = step("写下群公告", _decide, station, now)
    log(f"{decided.notices} 项群公告，{decided.mails} 个群")
    return decided


def _decide(station: Station, now: datetime) -> Decided:
    with station.database.writing() as session:
        return decide(session, station.channels, now)
