"""The late-submission report at a moment: what is late, who holds it, and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from actions.late_lines import Seen, late_lines, seen_at, told_lines
from actions.prospect import prospect
from actions.record import Record
from deadlines.facts import ROSTER
from models import Report
from models.late import Change, LateLine, LateReport, Named, Settled, count_departments
from models.stages import CHECKED
from models.worklist import current_campaign

KIND = "late"


def late_report(
    session: Session, at: datetime, *, now: datetime | None = None, issued: bool = False
) -> LateReport:
    """What was late at ``at``, as it was known then: what came later changes nothing of it.

    ``now``: what the clock shows, for a report of this moment.
    ``issued``: it goes out, as the next of the campaign's numbered reports.
    """
    record = Record(session, now)
    seen, schedule = seen_at(record, at), record.plan(at).schedule
    late, due, earlier = told_lines(session, seen), seen.due, _earlier(session, at)
    named = seen.rosters_due
    local = seen.rules.calendar.local(at)
    return LateReport(
        at=local,
        campaign=schedule.name,
        college=schedule.college,
        office=schedule.contacts.office,
        phone=schedule.contacts.phone,
        late=late,
        departments=count_departments(
            late,
            Counter(name for name, _ in due),
            Counter(name for name, in_time in due if in_time),
            seen.order,
        ),
        on_time=sum(in_time for _, in_time in due),
        due=len(due),
        total=len(seen.assignments) + len(seen.rosters),
        year=schedule.year,
        prospect=prospect(seen.assignments, seen.rules, at, seen.order),
        number=len(earlier) + 1 if issued or _is_recorded(session, local) else None,
        change=_change(record, seen, late, earlier[0]) if earlier else None,
        named=Named(len(named), sum(in_time for _, in_time in named), len(seen.rosters)),
    )


def _change(record: Record, seen: Seen, late: tuple[LateLine, ...], former: datetime) -> Change:
    """What became late, and what is late no more, since the report of ``former``."""
    then = seen_at(record, former)
    before = late_lines(then)
    known, still = {line.key for line in before}, {line.key for line in late}
    stands = {(each.facts.code, each.facts.department): each.facts.stage for each in seen.assignments}
    stands |= {(ROSTER, each.department): CHECKED for each in seen.rosters}
    return Change(
        since=then.rules.calendar.local(former),
        late_then=len(before),
        new=tuple(line for line in late if line.key not in known),
        settled=tuple(
            Settled(line.table, line.name, line.department, stands.get(line.key, ""))
            for line in before
            if line.key not in still
        ),
    )


def _earlier(session: Session, at: datetime) -> list[datetime]:
    """When the reports before this minute were made, the newest first."""
    campaign_id = current_campaign(session).id or 0
    made = select(Report.at).where(Report.campaign_id == campaign_id, Report.kind == KIND)
    before = at.replace(second=0, microsecond=0)
    return list(session.exec(made.where(col(Report.at) < before).order_by(col(Report.at).desc())))


def _is_recorded(session: Session, at: datetime) -> bool:
    made = select(Report.id).where(Report.kind == KIND, Report.slot == _slot(at))
    return session.exec(made).first() is not None


def record_report(session: Session, report: LateReport, files: Mapping[str, str]) -> None:
    """Keep a report in the history, under the minute it was made for; one a minute."""
    if not _is_recorded(session, report.at):
        session.add(
            Report(
                campaign_id=current_campaign(session).id or 0,
                kind=KIND,
                slot=_slot(report.at),
                at=report.at,
                late=len(report.late),
                total=report.total,
                blobs=dict(files),
            )
        )


def _slot(local: datetime) -> str:
    return f"{local:%Y-%m-%dT%H:%M}"
