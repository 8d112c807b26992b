"""The course a campaign would take if nobody did anything: the same ``owed``, stepped through time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from deadlines.effective import DeadlineRules
from deadlines.facts import AssignmentFacts, Facts, RosterFacts
from deadlines.owed import Ladder, Owed
from plans.plan import Plan, Schedule

AN_INSTANT = timedelta.resolution
DAYS_AFTER_LAST = timedelta(days=14)


def foresee(schedule: Schedule, facts: Facts, from_: datetime, to: datetime) -> list[Owed]:
    """Everything that would be told from ``from_`` up to and with ``to``, in the order of telling."""
    reached = from_ - AN_INSTANT
    ladder = Ladder(schedule, facts, reached, to)
    course: list[Owed] = []
    for moment in ladder.moments(reached, to):
        course += ladder.between(reached, moment)
        reached = moment
    return course


def horizon(schedule: Schedule, facts: Facts) -> datetime:
    """When nothing is accepted any more: as far as a rehearsal needs to look."""
    rules = DeadlineRules(schedule)
    closings = {rules.closes_at(each) for each in facts.assignments if each.active}
    return max(closings, default=schedule.roster_due)


def last_day(*campaigns: Facts) -> datetime:
    """Two weeks after the last deadline of these campaigns: nearly everything has been told by then."""
    deadlines = (each.effective for facts in campaigns for each in facts.assignments if each.active)
    return max([*deadlines, *(facts.effective_from for facts in campaigns)]) + DAYS_AFTER_LAST


def untouched(plan: Plan) -> Facts:
    """The facts of a plan that has just been issued: nothing collected, nobody named."""
    return under(plan, Facts((), (), plan.schedule.start), plan.schedule.start)


def under(plan: Plan, known: Facts, applied: datetime) -> Facts:
    """The facts as they are once ``plan`` is applied: what was done stays, also what had left the plan, what
    is new is pending, and what the plan doesn't name is no longer asked for."""
    done = {(each.code, each.department): each for each in known.assignments}
    named = {each.department: each for each in known.rosters}
    number = count(1 + max((each.id for each in known.assignments), default=0))
    tables = {table.code: table for table in plan.tables}
    assignments = []
    for obligation in plan.obligations():
        due = plan.schedule.due_at(tables[obligation.code].due)
        former = done.get((obligation.code, obligation.department))
        owed = former or AssignmentFacts(
            next(number), obligation.code, obligation.department, obligation.reviewer, due
        )
        stage = tables[obligation.code].due_stage
        assignments.append(
            replace(owed, reviewer=obligation.reviewer, due=due, due_stage=stage, closed=False)
        )
    return Facts(
        assignments=tuple(assignments),
        rosters=tuple(
            named.get(department.name, RosterFacts(department.name))
            for department in plan.schedule.departments
        ),
        effective_from=applied,
    )
