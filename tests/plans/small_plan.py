"""A small plan in both files' form, for tests to change one thing at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from plans.load import load_plan
from plans.plan import Plan
from plans.problems import PlanError, PlanProblem

HEADER = "no,code,name,printed,directory,step,collect,review,due,due_stage,evidence,preloaded"
SOURCE = "1,1.1,机构,1.1机构,,1,教务部,教务部,2020-11-11,reviewed,,yes"
OTHER = "2,1.2,联系,1.2 联系,一、基本信息,2,各系部,教务部,2020-11-18,collected,,"
TASKS = "\n".join([HEADER, SOURCE, OTHER, ""])

SCHEDULE = """\
campaign:
  name: 试采集
  year: 2020
  college: 某学院
  timezone: Asia/Shanghai
  start: 2020-11-06 08:00
  period:
    start: 2019-09-01
    end: 2020-08-31
  calendar_year: 2019
contacts:
  office: 质量部办公室
  phone: 02880000
deadlines:
  roster: 2020-11-09 17:30
calendar:
  holidays: [2020-11-20]
departments:
  - name: 教务部
  - name: 一系
    groups: [teaching]
  - name: 二系
    groups: [teaching]
groups:
  各系部: teaching
  全部: all
review:
  default: 教务部
  limit: 60
reminders:
  - {id: three-before, kind: reminder, audience: collector, days: -3, at: "08:30"}
escalation:
  - {id: office, kind: escalation, audience: office, on: deadline}
statuses:
  enrolled: [在读]
"""


def small_plan(*rows: str, schedule: str = SCHEDULE) -> Plan:
    """The plan of these rows (both of the small one where none is given)."""
    return load_plan("\n".join([HEADER, *(rows or (SOURCE, OTHER))]), schedule)


def schedule_with(old: str, new: str) -> str:
    """The small schedule with one piece changed; the piece must be there."""
    assert old in SCHEDULE
    return SCHEDULE.replace(old, new, 1)


def row_with(column: str, value: str, row: str = OTHER) -> str:
    """A row with one column changed."""
    cells = row.split(",")
    cells[HEADER.split(",").index(column)] = value
    return ",".join(cells)


def brief(problems: Collection[PlanProblem]) -> list[tuple[str, int | None]]:
    """Id and line of each problem."""
    return [(problem.id, problem.line) for problem in problems]


def brief_error(error: PlanError) -> list[tuple[str, int | None]]:
    return brief(error.problems)


@dataclass
class PlainWeek:
    """A calendar that works Monday to Friday and knows some years."""

    years: Collection[int] = field(default_factory=lambda: {2020})

    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5

    def knows(self, year: int) -> bool:
        return year in self.years
