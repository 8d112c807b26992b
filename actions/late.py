"""The late-submission report at a moment: what is late, who holds it, and for how long."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from actions.plan_in_force import plan_in_force, rules_in_force
from deadlines.effective import DeadlineRules
from deadlines.facts import COLLECTOR, AssignmentFacts, Wait
from models import Event, Report
from models.addition import waits
from models.assignment import REMARKS
from models.facts import facts_of, rosters
from models.late import LateLine, LateReport, count_departments
from models.stages import CHECKED, COLLECTED, FAILED, PENDING, RETURNED, REVIEWED
from models.worklist import Line, current_campaign, lines


def late_report(session: Session, at: datetime) -> LateReport:
    """What was late at ``at``: for a moment in the past the stages are those that the events tell."""
    schedule, rules = plan_in_force(session).schedule, rules_in_force(session)
    histories, waited = _histories(session), waits(session)
    seen = [
        (line, _facts_at(line, histories[line.id], at))
        for line in lines(session)
        if not line.assignment.exempt
    ]
    late = tuple(
        _late_line(rules, line, facts, histories[line.id], at, waited.get(line.id, []))
        for line, facts in seen
        if rules.held_by(facts, at)
    )
    due = [facts for _, facts in seen if facts.effective <= at or rules.held_by(facts, at)]
    on_time = [facts for facts in due if rules.was_in_time(facts)]
    order = [department.name for department in schedule.departments]
    return LateReport(
        at=rules.calendar.local(at),
        campaign=schedule.name,
        college=schedule.college,
        office=schedule.contacts.office,
        phone=schedule.contacts.phone,
        late=late,
        rosters=_late_rosters(session, rules, at),
        departments=count_departments(
            late,
            Counter(facts.department for facts in due),
            Counter(facts.department for facts in on_time),
            order.index,
        ),
        on_time=len(on_time),
        due=len(due),
        total=len(seen),
    )


def _histories(session: Session) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    transitions = select(Event).where(col(Event.verb).not_in(REMARKS))
    for event in session.exec(transitions.order_by(col(Event.id))):
        found[event.assignment_id].append(event)
    return found


def _facts_at(line: Line, history: Sequence[Event], at: datetime) -> AssignmentFacts:
    """The facts as they were at ``at``: those of now where nothing has moved since."""
    facts = facts_of(line)
    past = [event for event in history if event.at <= at]
    if len(past) == len(history):
        return facts
    return replace(
        facts,
        stage=past[-1].to_stage if past else PENDING,
        first_collected_at=_first_submission(past),
        collected_at=_last_reached(past, COLLECTED),
        returned_at=_last_reached(past, RETURNED),
        reviewed_at=_last_reached(past, REVIEWED),
        checked_at=_last_reached(past, CHECKED),
        failed_at=_last_reached(past, FAILED),
    )


def _first_submission(past: Sequence[Event]) -> datetime | None:
    """The first submission that was not withdrawn back to nothing."""
    first = None
    for event in past:
        if event.to_stage == COLLECTED and first is None:
            first = event.at
        elif event.to_stage == PENDING:
            first = None
    return first


def _last_reached(past: Sequence[Event], stage: str) -> datetime | None:
    return next(
        (event.at for event in reversed(past) if event.to_stage == stage and event.verb != "withdraw"), None
    )


def _late_line(
    rules: DeadlineRules,
    line: Line,
    facts: AssignmentFacts,
    history: Sequence[Event],
    at: datetime,
    known: Sequence[Wait],
) -> LateLine:
    moves = [(event.at, event.to_stage) for event in history if event.at <= at]
    due = rules.due_now(facts) or facts.effective
    held_by = rules.held_by(facts, at) or ""
    waiting = [each.department for each in known if each.at(at)] if held_by == COLLECTOR else []
    return LateLine(
        table=facts.code,
        name=line.table.name,
        department=facts.department,
        reviewer=facts.reviewer,
        due=rules.calendar.local(due),
        stage=facts.stage,
        working_days_late=rules.calendar.workdays_between(
            rules.calendar.local(due).date(), rules.calendar.local(at).date()
        ),
        held_by=held_by,
        days=rules.lateness(facts.effective, moves, at, known),
        waiting_on=tuple(dict.fromkeys(waiting)),
        waited=rules.waited(facts.effective, moves, at, known),
    )


def _late_rosters(session: Session, rules: DeadlineRules, at: datetime) -> tuple[str, ...]:
    campaign = current_campaign(session)
    return tuple(
        roster.department for roster in rosters(session, campaign.id or 0) if rules.roster_overdue(roster, at)
    )


def record_report(session: Session, report: LateReport, files: Mapping[str, str]) -> None:
    """Keep a report in the history, under the minute it was made for; one a minute."""
    campaign_id, slot = current_campaign(session).id or 0, f"{report.at:%Y-%m-%dT%H:%M}"
    known = select(Report.id).where(
        Report.campaign_id == campaign_id, Report.kind == "late", Report.slot == slot
    )
    if session.exec(known).first() is None:
        session.add(
            Report(
                campaign_id=campaign_id,
                kind="late",
                slot=slot,
                at=report.at,
                late=len(report.late),
                total=report.total,
                blobs=dict(files),
            )
        )
