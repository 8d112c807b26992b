"""The late-submission report at a moment: what is late, who holds it, and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from actions.prospect import prospect
from actions.record import Known, Record
from deadlines.effective import DeadlineRules
from deadlines.facts import COLLECTOR, OWNER
from models import Report
from models.extension import Extension
from models.late import Change, Extended, LateLine, LateReport, Receipted, Settled, count_departments
from models.receipt import Subject, Told, receipts_by_subject
from models.worklist import current_campaign
from plans.plan import Schedule

KIND = "late"


def late_report(session: Session, at: datetime, *, issued: bool = False) -> LateReport:
    """What was late at ``at``, as it was known then: what came later changes nothing of it.

    ``issued``: it goes out, as the next of the campaign's numbered reports.
    """
    record = Record(session)
    seen, rules, schedule = record.assignments(at), record.rules(at), record.plan(at).schedule
    order = _order(schedule)
    late = late_lines(seen, rules, at, order, receipts_by_subject(session, at))
    due = [each.facts for each in seen if each.facts.effective <= at or rules.held_by(each.facts, at)]
    on_time = [facts for facts in due if rules.was_in_time(facts)]
    earlier = _earlier(session, at)
    return LateReport(
        at=rules.calendar.local(at),
        campaign=schedule.name,
        college=schedule.college,
        office=schedule.contacts.office,
        phone=schedule.contacts.phone,
        late=late,
        rosters=tuple(each.department for each in record.rosters(at) if rules.roster_overdue(each, at)),
        departments=count_departments(
            late,
            Counter(facts.department for facts in due),
            Counter(facts.department for facts in on_time),
            order,
        ),
        on_time=len(on_time),
        due=len(due),
        total=len(seen),
        year=schedule.year,
        prospect=prospect(seen, rules, at, order),
        number=len(earlier) + 1 if issued or _is_recorded(session, rules.calendar.local(at)) else None,
        change=_change(record, seen, late, at, earlier[0]) if earlier else None,
    )


def late_lines(
    seen: list[Known],
    rules: DeadlineRules,
    at: datetime,
    order: Callable[[str], int],
    told: Mapping[Subject, Sequence[Told]],
) -> tuple[LateLine, ...]:
    """The late ones by department, its source tables first."""
    late = (each for each in seen if rules.held_by(each.facts, at))
    found = [_late_line(rules, each, at, told.get(each.line.id, ())) for each in late]
    return tuple(sorted(found, key=lambda line: (order(line.department), not line.source)))


def _order(schedule: Schedule) -> Callable[[str], int]:
    places = {department.name: place for place, department in enumerate(schedule.departments)}
    return lambda name: places.get(name, len(places))


def _late_line(rules: DeadlineRules, known: Known, at: datetime, told: Sequence[Told]) -> LateLine:
    facts, local = known.facts, rules.calendar.local
    due = local(rules.due_now(facts) or facts.effective)
    held_by = rules.held_by(facts, at) or ""
    waiting = [each.department for each in known.waits if each.at(at)] if held_by == COLLECTOR else []
    return LateLine(
        table=facts.code,
        name=known.line.table.name,
        department=facts.department,
        reviewer=facts.reviewer,
        due=due,
        stage=facts.stage,
        working_days_late=rules.calendar.workdays_between(due.date(), local(at).date()),
        held_by=held_by,
        days=rules.lateness(facts.effective, known.moves, at, known.waits),
        waiting_on=tuple(dict.fromkeys(waiting)),
        waited=rules.waited(facts.effective, known.moves, at, known.waits),
        source=known.line.table.source,
        extensions=tuple(_extended(rules, each, at) for each in known.extensions),
        requests_waiting=known.waiting,
        requests_refused=known.refused,
        held_until=local(known.hold.until) if known.hold else None,
        held_reason=known.hold.reason if known.hold else "",
        receipts=tuple(_receipted(rules, told, {held_by, OWNER} if waiting else {held_by}, at)),
        id=known.line.id,
    )


def _receipted(
    rules: DeadlineRules, told: Sequence[Told], turns: set[str], at: datetime
) -> Iterator[Receipted]:
    """By audience, what was answered to mails and what on the phone: the newest of everybody who was told; of
    who has not answered, that."""
    newest: dict[tuple[str, bool], dict[int, Told]] = {}
    for each in sorted(told, key=lambda each: each.seen_at is None):
        newest.setdefault((each.audience, each.phone), {}).setdefault(each.person_id, each)
    for (audience, phone), people in newest.items():
        promised = max((each for each in people.values() if each.by), key=_promised, default=None)
        yield Receipted(
            audience=audience,
            told=len(people),
            seen=sum(each.seen_at is not None for each in people.values()),
            by=rules.calendar.local(_promised(promised)) if promised else None,
            broken=any(each.broken(turn, at) for each in people.values() for turn in turns),
            phone=phone,
            note=promised.note if phone and promised else "",
        )


def _promised(told: Told) -> datetime:
    return told.by or told.told_at


def _extended(rules: DeadlineRules, extension: Extension, at: datetime) -> Extended:
    return Extended(
        until=rules.calendar.local(extension.until),
        reason=extension.reason,
        by=rules.schedule.contacts.office,
        revoked=not extension.stood_at(at),
    )


def _change(
    record: Record, seen: list[Known], late: tuple[LateLine, ...], at: datetime, former: datetime
) -> Change:
    """What became late, and what is late no more, since the report of ``former``."""
    rules = record.rules(former)
    before = late_lines(record.assignments(former), rules, former, _order(record.plan(former).schedule), {})
    known, still = {line.key for line in before}, {line.key for line in late}
    stands = {(each.facts.code, each.facts.department): each.facts for each in seen}
    return Change(
        since=rules.calendar.local(former),
        late_then=len(before),
        new=tuple(line for line in late if line.key not in known),
        settled=tuple(
            Settled(
                line.table, line.name, line.department, stands[line.key].stage if line.key in stands else ""
            )
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
