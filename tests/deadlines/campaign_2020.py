"""The 2020 campaign in little, for the tests of time: two source tables, two others, the default ladders."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from deadlines.facts import AssignmentFacts, Facts, RosterFacts
from plans.plan import CalendarRules, Contacts, Department, Period, Rule, Schedule

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = time(8, 30)

REMINDERS = (
    Rule("issue", "reminder", "collector", on="issue", at=MORNING),
    Rule("roster-eve", "roster-reminder", "head", days=-1, at=MORNING),
    Rule("roster-day", "roster-reminder", "head", days=0, at=MORNING),
    Rule("roster-late", "roster-reminder", "head", days=1, every=1, at=MORNING),
    Rule("five-days", "reminder", "collector", days=-5, at=MORNING),
    Rule("three-days", "reminder", "collector", days=-3, at=MORNING),
    Rule("eve", "reminder", "collector", days=-1, at=MORNING),
    Rule("day", "reminder", "collector", days=0, at=MORNING),
    Rule("review-eve", "reminder", "reviewer", days=-1, at=MORNING),
    Rule("late-collector", "overdue", "collector", days=1, every=1, at=time(9)),
    Rule("late-reviewer", "overdue", "reviewer", days=1, every=1, at=time(9)),
)
ESCALATION = (
    Rule("warn-head", "forewarning", "head", hours=-4),
    Rule("to-office", "escalation", "office", on="deadline"),
    Rule("to-leader", "escalation", "leader", days=1, at=time(10)),
    Rule("to-leaders", "escalation", "leaders", days=3, at=time(10)),
    Rule("circular", "escalation", "office", days=5, at=time(10)),
    Rule("report", "report", "office", on="deadline"),
    Rule("report-daily", "report", "office", days=1, every=1, at=time(9, 30)),
)


def on(text: str) -> int:
    """The occurrence of a repeating rule that falls on this day."""
    return at(f"{text} 00:00").toordinal()


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """``11-06 08:30`` of 2020, or a whole date and time, in the campaign's zone."""
    full = f"2020-{text}" if text.count("-") == 1 else text
    return datetime.fromisoformat(full).replace(tzinfo=zone)


ISSUED = at("11-06 08:00")
ROSTER_DUE = at("11-07 17:30")
LEGAL_DAYS = CalendarRules()


def schedule(
    reminders: tuple[Rule, ...] = REMINDERS,
    escalation: tuple[Rule, ...] = ESCALATION,
    calendar: CalendarRules = LEGAL_DAYS,
    zone: str = "Asia/Shanghai",
    start: datetime = ISSUED,
    roster_due: datetime = ROSTER_DUE,
) -> Schedule:
    return Schedule(
        name="2020 年数据采集",
        year=2020,
        timezone=zone,
        period=Period(date(2019, 9, 1), date(2020, 8, 31)),
        calendar_year=2019,
        start=start,
        college="样例学院",
        contacts=Contacts("质量部", "0000"),
        roster_due=roster_due,
        due_time=time(23, 59, 59),
        review_within=2,
        mend_within=1,
        close_after=5,
        calendar=calendar,
        departments=(Department("教务部"), Department("学务部")),
        groups={},
        default_reviewer="质量部",
        evidence="upload",
        reminders=reminders,
        escalation=escalation,
    )


def source(**known: object) -> AssignmentFacts:
    """The majors: a source table, due reviewed on the 11th."""
    values = {"id": 1, "code": "7.1.1", "department": "教务部", "reviewer": "质量部", "due_stage": "reviewed"}
    return AssignmentFacts(**{**values, "due": at("2020-11-11 23:59:59"), **known})


def plain(**known: object) -> AssignmentFacts:
    """The awards: another table, due collected on the 18th."""
    values = {"id": 2, "code": "8.2", "department": "学务部", "reviewer": "教务部"}
    return AssignmentFacts(**{**values, "due": at("2020-11-18 23:59:59"), **known})


def facts(
    *assignments: AssignmentFacts, rosters: tuple[RosterFacts, ...] = (), since: str = "11-06 08:00"
) -> Facts:
    return Facts(assignments, rosters, at(since))
