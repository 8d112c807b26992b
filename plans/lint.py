"""What is wrong or doubtful in a plan: each doubt tells what was assumed and where to settle it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from plans.lint_codes import absent_codes, unusual_codes
from plans.lint_cohorts import five_year_cohorts, stale_cohorts
from plans.lint_people import (
    DepartmentRoles,
    one_person_twice,
    overloaded_reviewers,
    reviewers_without_tables,
)
from plans.notation import WEEKDAYS
from plans.plan import COLLECTED, REVIEWED, Plan
from plans.problems import PlanProblem
from plans.sentence import Sentence
from plans.units import unknown_units

SCHEDULE, TASKS = "schedule.yaml", "tasks.csv"
CIRCULAR = '- {id: draft-notice, kind: escalation, audience: office, days: 5, at: "08:30", attach: circular}'
"""The rung that brings the office the draft of a college-wide notice, as the shipped schedule has it."""
Roles = Mapping[str, DepartmentRoles]


class WorkingDays(Protocol):
    """The calendar that the check is handed."""

    def is_workday(self, day: date) -> bool: ...

    def knows(self, year: int) -> bool: ...


@dataclass(frozen=True)
class Lint:
    """Errors must be mended; doubts are for the office to confirm, and never stop anything."""

    errors: tuple[PlanProblem, ...]
    doubts: tuple[PlanProblem, ...]


def lint(plan: Plan, calendar: WorkingDays, roles: Roles | None = None) -> Lint:
    """Check a plan that has been read; ``roles`` are the named people by department, where there are any."""
    errors = unknown_units(plan.schedule, plan.tables, TASKS, {})
    doubts = [doubt for check in CHECKS for doubt in check(plan)]
    doubts += [*_days_off(plan, calendar), *_unknown_years(plan, calendar)]
    doubts += overloaded_reviewers(plan, roles or {})
    doubts += [*one_person_twice(roles or {}), *reviewers_without_tables(plan, roles)]
    return Lint(tuple(errors), tuple(doubts))


def _doubt(id: str, where: str, message: str, example: str = "") -> PlanProblem:
    return PlanProblem(id, where.partition(":")[0], None, where, message, example)


def _deadlines(plan: Plan) -> dict[date, str]:
    """Every deadline day and where it stands; tables with one day share a place."""
    places: dict[date, list[str]] = {}
    for table in plan.tables:
        places.setdefault(table.due, []).append(str(table.no))
    days = {day: f"{TASKS}: {'、'.join(numbers)}" for day, numbers in places.items()}
    roster = plan.schedule.roster_due.date()
    return {roster: f"{SCHEDULE}: deadlines.roster", **days} if roster not in days else days


def _days_off(plan: Plan, calendar: WorkingDays) -> Iterator[PlanProblem]:
    for day, where in sorted(_deadlines(plan).items()):
        if not calendar.is_workday(day):
            message = Sentence(
                "截止日 %(day)s（%(weekday)s）是休息日；提醒会提前到前一个工作日，期限本身不变",
                day=day,
                weekday=WEEKDAYS[day.weekday()],
            )
            yield _doubt("deadline-on-holiday", where, message)


def _unknown_years(plan: Plan, calendar: WorkingDays) -> Iterator[PlanProblem]:
    years = {plan.schedule.start.year, *(day.year for day in _deadlines(plan))}
    for year in sorted(year for year in years if not calendar.knows(year)):
        message = Sentence(
            "没有 %(year)s 年的法定节假日和调休数据，暂按周一至周五上班；请补充假期和调休", year=year
        )
        yield _doubt("no-calendar-data", f"{SCHEDULE}: calendar", message, "holidays: [2027-10-01]")


def _no_reviewer(plan: Plan) -> Iterator[PlanProblem]:
    reviewer = plan.schedule.default_reviewer
    instead = (
        Sentence("现由 %(reviewer)s 审核", reviewer=reviewer)
        if reviewer
        else Sentence("也没有默认审核部门，提交后无人审核")
    )
    for table in plan.tables:
        if table.review is None:
            message = Sentence(
                "%(code)s %(name)s 没有写审核部门，%(instead)s",
                code=table.code,
                name=table.name,
                instead=instead,
            )
            yield _doubt("no-reviewer", f"{TASKS}: {table.no}", message, "质量部")


def _empty_groups(plan: Plan) -> Iterator[PlanProblem]:
    used = {unit for table in plan.tables for unit in table.collect}
    for group, members in plan.schedule.groups.items():
        if group in used and not members:
            message = Sentence("“%(group)s”里没有部门，写它采集的表谁也不用交", group=group)
            yield _doubt("group-empty", f"{SCHEDULE}: groups.{group}", message)


def _sample_departments(plan: Plan) -> Iterator[PlanProblem]:
    samples = [department.name for department in plan.schedule.departments if department.sample]
    if samples:
        message = Sentence("%(samples)s 是示例部门，请换成本院的部门", samples="、".join(samples))
        yield _doubt("sample-departments", f"{SCHEDULE}: departments", message)


def _review_before_collect(plan: Plan) -> Iterator[PlanProblem]:
    """A review that is due before there can be anything to review, or after others needed it."""
    roster = plan.schedule.roster_due.date()
    others = [table.due for table in plan.tables if not table.source]
    for table in plan.tables:
        where = f"{TASKS}: {table.no}"
        if table.due_stage == REVIEWED and table.due <= roster:
            message = Sentence(
                "%(code)s %(name)s 到 %(due)s 就要审核完，而采集员、审核员 %(roster)s 才报齐",
                code=table.code,
                name=table.name,
                due=table.due,
                roster=roster,
            )
            yield _doubt("review-before-collect", where, message)
        elif table.source and others and table.due > min(others):
            message = Sentence(
                "源数据表 %(code)s %(name)s 的期限 %(due)s 晚于引用它的表（%(others)s）",
                code=table.code,
                name=table.name,
                due=table.due,
                others=min(others),
            )
            yield _doubt("review-before-collect", where, message)


def _no_review_deadline(plan: Plan) -> Iterator[PlanProblem]:
    count = sum(table.due_stage == COLLECTED for table in plan.tables)
    schedule = plan.schedule
    if count:
        message = Sentence(
            "%(count)s 张表只有采集期限；审核按提交后 %(review_within)s 个工作日、"
            "改正按退回后 %(mend_within)s 个、停止接收按截止后 %(close_after)s 个计",
            count=count,
            review_within=schedule.review_within,
            mend_within=schedule.mend_within,
            close_after=schedule.close_after,
        )
        yield _doubt("no-review-deadline", f"{SCHEDULE}: deadlines.review_within", message)


def _graduates_enrolled(plan: Plan) -> Iterator[PlanProblem]:
    if "毕业" in plan.schedule.enrolled_statuses:
        message = Sentence("“毕业”算作在校生：本届毕业生计入，秋季新生不计入；请确认与学年口径一致")
        yield _doubt("graduates-enrolled", f"{SCHEDULE}: statuses.enrolled", message)


def _calendar_year(plan: Plan) -> Iterator[PlanProblem]:
    """Tables 5.* follow the calendar year; a school year touches two, so which one is a question."""
    schedule = plan.schedule
    if any(table.code.startswith("5.") for table in plan.tables):
        years = sorted({schedule.period.start.year, schedule.period.end.year})
        chosen = (
            Sentence("现取 %(calendar_year)s 年", calendar_year=schedule.calendar_year)
            if schedule.calendar_year
            else Sentence("现在没有设定")
        )
        if len(years) > 1:
            message = Sentence(
                "表 5 按自然年度采集，没有说明是 %(first)s 年还是 %(last)s 年，%(chosen)s",
                first=years[0],
                last=years[1],
                chosen=chosen,
            )
            yield _doubt(
                "calendar-year-unsaid", f"{SCHEDULE}: campaign.calendar_year", message, str(years[0])
            )


def _preloaded_unknown(plan: Plan) -> Iterator[PlanProblem]:
    if not any(table.preloaded for table in plan.tables):
        message = Sentence("没有一张表标明已预装上年数据；Word 里的下划线读不出来，请在 preloaded 列填 yes")
        yield _doubt("preloaded-unknown", f"{TASKS}: preloaded", message, "yes")


def _no_circular(plan: Plan) -> Iterator[PlanProblem]:
    """A schedule written before the draft existed, or a rung that has lost it."""
    rungs = [rule for rule in plan.schedule.escalation if rule.kind == "escalation"]
    if rungs and not any(rule.attach for rule in rungs):
        message = Sentence(
            "升级规则里没有一条附通报草稿；需要时把逾期第 5 个工作日发质量部的那一条改成"
            "（没有就在 escalation 下添上）这一行：%(line)s",
            line=CIRCULAR,
        )
        yield _doubt("no-circular-draft", f"{SCHEDULE}: escalation", message, CIRCULAR)


CHECKS: tuple[Callable[[Plan], Iterator[PlanProblem]], ...] = (
    stale_cohorts,
    five_year_cohorts,
    _no_reviewer,
    _empty_groups,
    _sample_departments,
    _review_before_collect,
    _no_review_deadline,
    _graduates_enrolled,
    _calendar_year,
    _preloaded_unknown,
    _no_circular,
    unusual_codes,
    absent_codes,
)
