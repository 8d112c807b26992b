"""The plan of a campaign: what `tasks.csv` and `schedule.yaml` say, as values.

Everything here is immutable, knows no database, and comes from files (``plans.load``) or from
the stored text of a plan version.  Local times carry the campaign's zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

REVIEWED = "reviewed"
COLLECTED = "collected"


@dataclass(frozen=True)
class PlanTable:
    """One row of the task decomposition: a data table and who owes it by when."""

    no: int
    code: str
    name: str
    printed: str
    directory: str | None
    step: int
    collect: tuple[str, ...]
    review: str | None
    due: date
    due_stage: str = COLLECTED
    evidence: str | None = None
    preloaded: bool = False

    @property
    def source(self) -> bool:
        """Whether the table feeds the others (the plan's first step)."""
        return self.step == 1


@dataclass(frozen=True)
class Department:
    """A department taking part; ``sample`` marks the ones that stand in for names the plan leaves out."""

    name: str
    groups: tuple[str, ...] = ()
    sample: bool = False


@dataclass(frozen=True)
class Period:
    start: date
    end: date


@dataclass(frozen=True)
class CalendarRules:
    """The working calendar: the legal days of mainland China, overridden by ``holidays`` and ``workdays``."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    start: time = time(8, 30)
    end: time = time(17, 30)


@dataclass(frozen=True)
class Rule:
    """One rung of the reminder or escalation ladder.

    ``kind``: roster-reminder, reminder, overdue, forewarning, escalation, report or announcement.
    ``audience``: collector, reviewer, head, leader, leaders, office, everyone; chat for announcements.
    ``days``: working days from the deadline (negative: before it); ``None`` where ``on`` names an event
    (``issue``: when the plan is issued; ``deadline``: as soon as it has passed).
    ``hours``: working hours before (negative) the deadline, for forewarnings.
    ``every``: repeat each so many working days while the obligation stands (``None``: once).
    ``at``: local time of day of the slot; ``None`` where the slot is an instant.
    ``attach``: ``circular`` where the draft of a college-wide notice goes with an escalation.
    """

    id: str
    kind: str
    audience: str
    days: int | None = None
    hours: int | None = None
    on: str | None = None
    every: int | None = None
    at: time | None = None
    attach: str | None = None


@dataclass(frozen=True)
class Contacts:
    office: str
    phone: str
    chat_kind: str = ""
    chat_number: str = ""
    chat_name: str = ""
    platform: str = ""


@dataclass(frozen=True)
class Cohort:
    """Entry year -> year of study, as printed in the plan."""

    entry: int
    three_year: str | None
    five_year: str | None


@dataclass(frozen=True)
class WantedCases:
    """So many typical cases on each of these themes, from each of these departments or groups."""

    units: tuple[str, ...]
    themes: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Schedule:
    """What `schedule.yaml` says; every value is validated at load."""

    name: str
    year: int
    timezone: str
    period: Period
    calendar_year: int | None
    start: datetime
    college: str
    contacts: Contacts
    roster_due: datetime
    due_time: time
    review_within: int
    mend_within: int
    close_after: int
    calendar: CalendarRules
    departments: tuple[Department, ...]
    groups: dict[str, tuple[str, ...]]
    default_reviewer: str | None
    evidence: str
    reminders: tuple[Rule, ...]
    escalation: tuple[Rule, ...]
    cohorts: tuple[Cohort, ...] = ()
    cohort_tables: tuple[str, ...] = ()
    new_student_tables: tuple[str, ...] = ()
    five_year_offset: int = 0
    enrolled_statuses: tuple[str, ...] = ()
    other_statuses: tuple[str, ...] = ()
    employed: tuple[str, ...] = ()
    unemployed: tuple[str, ...] = ()
    case_themes: tuple[str, ...] = ()
    cases_due: datetime | None = None
    wanted_cases: tuple[WantedCases, ...] = ()
    reviewer_limit: int = 60
    mail_from_name: str = ""
    mails_per_minute: int = 60
    digest_between: tuple[time, time] | None = None

    @property
    def digest_hours(self) -> tuple[time, time]:
        """Between which times of day a person may have his digest: working hours unless the office says."""
        return self.digest_between or (self.calendar.start, self.calendar.end)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def due_at(self, day: date) -> datetime:
        """The moment a deadline day ends, in the campaign's zone."""
        return datetime.combine(day, self.due_time, self.zone)

    def units(self, printed: str) -> tuple[str, ...]:
        """The departments a printed unit stands for: a group's members, or itself."""
        return self.groups.get(printed, (printed,))


@dataclass(frozen=True)
class Obligation:
    """One assignment as the plan defines it: a table, the collecting department, who reviews."""

    code: str
    department: str
    reviewer: str | None


@dataclass(frozen=True)
class Plan:
    """The decomposition and the schedule together."""

    schedule: Schedule
    tables: tuple[PlanTable, ...]
    text: dict[str, str] = field(default_factory=dict, compare=False)

    def table(self, code: str) -> PlanTable:
        """The table of this code; KeyError where the plan has none."""
        return next(table for table in self.tables if table.code == code)

    def obligations(self) -> tuple[Obligation, ...]:
        """Every table × collecting department after fan-out (S3), in the order of the plan."""
        return tuple(
            Obligation(table.code, unit, table.review or self.schedule.default_reviewer)
            for table in self.tables
            for unit in dict.fromkeys(u for printed in table.collect for u in self.schedule.units(printed))
        )
