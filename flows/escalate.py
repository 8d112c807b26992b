"""The flow of escalations: heads are forewarned, then office and leaders hear what is late."""

from __future__ import annotations

from datetime import datetime

from actions.late import late_report
from actions.notices import ESCALATE, Decided
from actions.plan_in_force import plan_in_force
from actions.queued_mails import Enclosure
from flows.station import Station
from flows.telling import Wanted, tell
from flows.tracked import Outcome, run_tracked, step
from mail.circular import FILE_NAME, as_circular


def run(station: Station, now: datetime, wanted: Wanted) -> Outcome[Decided]:
    """Decide the escalations up to ``now``, tracked where Prefect answers."""
    name = f"升级 {station.local(now):%Y-%m-%d %H:%M} · {wanted.mails} 封"
    return run_tracked(escalate, station, now, wanted.rules, name=name, tags=("escalate",))


def escalate(station: Station, now: datetime, rules: frozenset[str]) -> Decided:
    """Draft what is to go with them, then write the notices and queue the mails in one transaction."""
    drafting = _drafting(station, rules)
    enclosed = step("拟通报草稿", _draft, station, now, drafting) if drafting else None
    return tell(station, ESCALATE, "升级", now, enclosed)


def _drafting(station: Station, rules: frozenset[str]) -> frozenset[str]:
    """Those of the rules that ask for the draft of a notice."""
    with station.database.reading() as session:
        return rules & {rule.id for rule in plan_in_force(session).schedule.escalation if rule.attach}


def _draft(station: Station, now: datetime, rules: frozenset[str]) -> Enclosure:
    with station.database.reading() as session:
        report = late_report(session, now, now=now)
    return Enclosure(attachments={FILE_NAME: station.blobs.put(as_circular(report))}, rules=rules)
