"""Doubts about the printed table of entry years."""

from __future__ import annotations

from collections.abc import Iterator

from plans.cohorts import FIVE_YEAR, THREE_YEAR, disagreeing, printed_years, steps_evenly, year_label
from plans.plan import Plan
from plans.problems import PlanProblem
from plans.sentence import Sentence, together

FILE, WHERE = "schedule.yaml", "schedule.yaml: cohorts"


def stale_cohorts(plan: Plan) -> Iterator[PlanProblem]:
    """The three-year column beside the school year's arithmetic."""
    schedule = plan.schedule
    wrong = disagreeing(schedule, THREE_YEAR)
    if wrong:
        said = together(
            Sentence(
                "%(entry)s 级印作%(label)s（推算为%(counted)s）",
                entry=entry,
                label=label,
                counted=year_label(schedule, entry, THREE_YEAR) or Sentence("已离校"),
            )
            for entry, label in sorted(wrong.items())
        )
        start = schedule.period.start.year
        message = Sentence(
            "三年制年级与采集学年 %(start)s–%(end)s 不符：%(said)s；两种都先按有效处理，不一致处给出提示",
            start=start,
            end=start + 1,
            said=said,
        )
        yield PlanProblem("stale-cohorts", FILE, None, WHERE, message)


def five_year_cohorts(plan: Plan) -> Iterator[PlanProblem]:
    """A five-year column that skips or repeats a year of study."""
    printed = printed_years(plan.schedule.cohorts, FIVE_YEAR)
    if not steps_evenly(printed):
        said = together(
            Sentence("%(entry)s 级%(label)s", entry=entry, label=label)
            for entry, label in sorted(printed.items())
        )
        message = Sentence(
            "五年制各级之间不是逐级递减：%(said)s；现按入学第 %(year)s 年算一年级推算，请核对",
            said=said,
            year=plan.schedule.five_year_offset + 1,
        )
        yield PlanProblem("five-year-cohorts", FILE, None, WHERE, message, "five_year_offset: 2")
