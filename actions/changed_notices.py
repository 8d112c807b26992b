"""What another plan, or more time for a table, would change in the notices that are still to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, select

from actions.plan_in_force import plan_in_force, rules_in_force
from actions.withdrawals import not_told_today, would_lapse
from deadlines.change import NoticeChanges, compare
from deadlines.course import foresee, last_day, under, untouched
from deadlines.effective import DeadlineRules
from deadlines.facts import Facts
from deadlines.owed import Owed
from models import Notice
from models.facts import gather
from models.worklist import loaded_campaign
from plans.plan import Plan

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
    former, known = plan_in_force(session), gather(session, closed=True)
    if len(known.assignments) > MOST:
        return None
    before, after = under(former, known, known.effective_from), under(plan, known, now)
    end = min(last_day(before, after), now + LONGEST)
    was, will = _yet_untold(
        session, foresee(former.schedule, before, now, end), foresee(plan.schedule, after, now, end)
    )
    return compare(was, will, plan.schedule.zone)


def changed_by_extensions(
    session: Session, ends: Mapping[int, datetime], now: datetime
) -> dict[int, NoticeChanges]:
    """By assignment, the days on which its people are told otherwise if it gets time until then; who was told
    of a deadline that is none then hears so."""
    rules, known = rules_in_force(session), gather(session)
    wanted = [each for each in known.assignments if each.id in ends]
    courses: list[list[Owed]] = []
    for each in wanted:
        later = replace(each, extended_until=ends[each.id], owed_since=now)
        before, after = Facts((each,), (), known.effective_from), Facts((later,), (), known.effective_from)
        end = last_day(before, after)
        courses += (_of_tables(session, rules, side, now, end) for side in (before, after))
    sides = iter(_yet_untold(session, *courses))
    return {each.id: compare(next(sides), next(sides), rules.schedule.zone) for each in wanted}


def _of_tables(
    session: Session, rules: DeadlineRules, facts: Facts, now: datetime, end: datetime
) -> list[Owed]:
    told = (each for each in foresee(rules.schedule, facts, now, end) if each.assignment_id is not None)
    return [*would_lapse(session, rules, facts, now), *told]


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
