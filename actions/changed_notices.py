"""What another plan, or more time for a table, would change in the notices that are still to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from actions.plan_in_force import plan_in_force, rules_in_force
from actions.withdrawals import not_told_today, people_of_each, would_lapse
from deadlines.change import NoticeChanges, compare
from deadlines.course import foresee, last_day, under, untouched
from deadlines.effective import DeadlineRules
from deadlines.facts import AssignmentFacts, Facts
from deadlines.owed import Owed
from deadlines.withdrawal import WITHDRAWAL
from models import Notice
from models.database import among
from models.facts import gather
from models.worklist import loaded_campaign
from plans.plan import Plan, Schedule

MOST = 20_000
"""Assignments up to which a course is foreseen while somebody waits for the page."""
LONGEST = timedelta(days=183)
"""How far ahead it is looked: a deadline in another year by a slip makes no table of ten years' days."""


def changed_by_plan(session: Session, plan: Plan, now: datetime) -> NoticeChanges | None:
    """The days that change if ``plan`` is applied now and nobody does anything; None for a campaign too large
    to be foreseen at once."""
    if len(plan.obligations()) > MOST:
        return None
    if loaded_campaign(session) is None:
        facts = untouched(plan)
        return compare((), foresee(plan.schedule, facts, now, last_day(facts)), plan.schedule.zone)
    former, known = plan_in_force(session), gather(session, now, closed=True)
    if len(known.assignments) > MOST:
        return None
    before, after = under(former, known, known.effective_from), under(plan, known, now)
    end = min(last_day(before, after), now + LONGEST)
    was, will = _yet_untold(
        session,
        *(
            [
                *would_lapse(session, DeadlineRules(of.schedule), facts, now),
                *foresee(of.schedule, facts, now, end),
            ]
            for of, facts in ((former, before), (plan, after))
        ),
    )
    return _compared(session, plan.schedule, {0: was}, {0: will}, now)[0]


def changed_by_extensions(
    session: Session, ends: Mapping[int, datetime], now: datetime
) -> dict[int, NoticeChanges]:
    """By assignment, the days on which its people are told otherwise if it gets time until then; who was told
    of a deadline that is none then hears so."""
    rules, known = rules_in_force(session), gather(session, now)
    present = tuple(each for each in known.assignments if each.id in ends)
    later = tuple(_extended(each, ends[each.id], now) for each in present)
    before, after = (Facts(side, (), known.effective_from) for side in (present, later))
    end = last_day(before, after)
    courses = _yet_untold(session, *(_of_tables(session, rules, side, now, end) for side in (before, after)))
    was, will = (_by_assignment(course, [each.id for each in present]) for course in courses)
    return _compared(session, rules.schedule, was, will, now)


def _extended(facts: AssignmentFacts, until: datetime, now: datetime) -> AssignmentFacts:
    return replace(facts, extended_until=max(until, facts.extended_until or until), owed_since=now)


def _of_tables(
    session: Session, rules: DeadlineRules, facts: Facts, now: datetime, end: datetime
) -> list[Owed]:
    of_these = among(col(Notice.assignment_id), [each.id for each in facts.assignments])
    told = (each for each in foresee(rules.schedule, facts, now, end) if each.assignment_id is not None)
    return [*would_lapse(session, rules, facts, now, of_these), *told]


def _by_assignment(course: Iterable[Owed], keys: Iterable[int]) -> dict[int, list[Owed]]:
    found: dict[int, list[Owed]] = {key: [] for key in keys}
    for each in course:
        found[each.assignment_id or 0].append(each)
    return found


def _compared(
    session: Session,
    schedule: Schedule,
    was: Mapping[int, list[Owed]],
    will: Mapping[int, list[Owed]],
    now: datetime,
) -> dict[int, NoticeChanges]:
    """By key what differs, with the names of those who hear that what they were told is none any more."""
    anyway = {_key(each) for course in was.values() for each in course if each.kind == WITHDRAWAL}
    fresh = {
        key: [each for each in course if each.kind == WITHDRAWAL and _key(each) not in anyway]
        for key, course in will.items()
    }
    hear = people_of_each(session, [each for course in fresh.values() for each in course], now)
    found: dict[int, NoticeChanges] = {}
    for key, course in will.items():
        people = {person.id: person.name for each in fresh[key] for person in hear(each)}
        changes = compare(was[key], course, schedule.zone)
        found[key] = replace(changes, corrected=tuple(sorted(people.values())))
    return found


def _yet_untold(session: Session, *courses: Sequence[Owed]) -> list[list[Owed]]:
    """The courses without what was told already: by the same rung, or to the same people on the same day."""
    keys = (Notice.rule, Notice.subject, Notice.deadline, Notice.occurrence)
    told = {tuple(row) for row in session.exec(select(*keys))}
    calendar = rules_in_force(session).calendar
    return [
        not_told_today(session, calendar, [each for each in course if _key(each) not in told])
        for course in courses
    ]


def _key(each: Owed) -> tuple[object, ...]:
    return each.rule, each.subject, each.deadline, each.occurrence
