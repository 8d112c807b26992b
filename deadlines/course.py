"""The course a campaign would take if nobody did anything: the same ``owed``, stepped through time."""

from __future__ import annotations

from datetime import datetime, timedelta

from deadlines.effective import DeadlineRules
from deadlines.facts import AssignmentFacts, Facts, RosterFacts
from deadlines.owed import Ladder, Owed
from plans.plan import Plan, Schedule

AN_INSTANT = timedelta.resolution


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


def untouched(plan: Plan) -> Facts:
    """The facts of a plan that has just been issued: nothing collected, nobody named."""
    tables = {table.code: table for table in plan.tables}
    return Facts(
        assignments=tuple(
            AssignmentFacts(
                id=number,
                code=obligation.code,
                department=obligation.department,
                reviewer=obligation.reviewer,
                due=plan.schedule.due_at(tables[obligation.code].due),
                due_stage=tables[obligation.code].due_stage,
            )
            for number, obligation in enumerate(plan.obligations(), start=1)
        ),
        rosters=tuple(RosterFacts(department.name) for department in plan.schedule.departments),
        effective_from=plan.schedule.start,
    )
