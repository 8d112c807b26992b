"""One look at the clock: what has fallen due runs its flow; then the marks move and the heart beats."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime

from actions.notices import (
    ANNOUNCE,
    ESCALATE,
    FAMILIES,
    LOOK,
    MORE_TIME,
    REMIND,
    REPORT,
    WITHDRAW,
    Decided,
    count_mails,
    due,
    move_marks,
)
from flows import announce, escalate, late_report, more_time, remind, withdraw
from flows.server import ready
from flows.station import JOB, Station
from flows.telling import Wanted
from flows.tracked import Outcome
from models import Heartbeat
from models.worklist import loaded_campaign

PART = "worker"

LOOKED_AFTER = (*FAMILIES, ANNOUNCE)
HANDLERS: dict[str, Callable[[Station, datetime, Wanted], Outcome[Decided]]] = {
    WITHDRAW.name: withdraw.run,
    MORE_TIME.name: more_time.run,
    ESCALATE.name: escalate.run,
    REPORT.name: late_report.run,
    REMIND.name: remind.run,
    ANNOUNCE.name: announce.run,
}
"""Which flow decides each family of notices."""


def tick(station: Station) -> None:
    """Decide what has fallen due.  A family whose flow fails is told as an incident and tried at the next
    tick; it holds up no other."""
    now = station.now()
    if now is not None:
        with station.database.writing() as session:
            move_marks(session, [LOOK], now)
    wanted = _wanted(station, now) if now is not None else {}
    for name, family in wanted.items():
        if station.stopping.is_set():
            return
        try:
            HANDLERS[name](station, now or station.wall(), family)
        except Exception as error:
            message = f"定时任务 {name} 未能完成（{type(error).__name__}: {error}），会自动重试。"
            station.incident(JOB, name, message)
        else:
            station.succeeded(name)
    with station.database.writing() as session:
        if now is not None:
            move_marks(session, [family for family in LOOKED_AFTER if family.name not in wanted], now)
        session.merge(Heartbeat(part=PART, at=station.wall(), detail=_witness()))


def _wanted(station: Station, now: datetime) -> dict[str, Wanted]:
    """The families that owe something, and what."""
    with station.database.reading() as session:
        if loaded_campaign(session) is None:
            return {}
        found = due(session, now, LOOKED_AFTER)
        by_family = {
            family.name: [each for each in found if each.kind in family.kinds] for family in LOOKED_AFTER
        }
        return {
            name: Wanted(frozenset(each.rule for each in owed), count_mails(session, owed, now))
            for name, owed in by_family.items()
            if owed
        }


def _witness() -> str:
    api_url = os.environ.get("PREFECT_API_URL")
    return "prefect" if api_url and ready(api_url) else "untracked"
