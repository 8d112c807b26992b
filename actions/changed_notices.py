"""What a plan that is not applied yet would change in the notices that are still to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from actions.plan_in_force import plan_in_force, rules_in_force
from actions.withdrawals import not_told_today
from deadlines.change import NoticeChanges, compare
from deadlines.course import foresee, last_day, under, untouched
from deadlines.owed import Owed
from models import Notice
from models.facts import gather
from models.worklist import loaded_campaign
from plans.plan import Plan

MOST = 20_000
"""Assignments up to which a course is foreseen while somebody waits for the page."""


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
    end = last_day(before, after)
    was, will = _yet_untold(
        session, foresee(former.schedule, before, now, end), foresee(plan.schedule, after, now, end)
    )
    return compare(was, will, plan.schedule.zone)


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
