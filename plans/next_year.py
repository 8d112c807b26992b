"""Next year's plan from this year's: years in names, dates and entry years rolled, each change told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from plans.cohorts import FIVE_YEAR, LABELS, NEW, THREE_YEAR, disagreeing, year_label
from plans.due_days import due_days
from plans.lint import WorkingDays, lint
from plans.load import load_plan
from plans.notation import WEEKDAYS
from plans.plan import Cohort, Period, Plan, PlanTable, Schedule
from plans.schedule_form import ScheduleForm
from plans.sentence import Sentence
from plans.tasks_file import write_tasks
from plans.year_names import NamedYears

SCHEDULE, TASKS = "schedule.yaml", "tasks.csv"
ONE_DAY, A_YEAR = timedelta(days=1), timedelta(weeks=52)
"""The same weekday, as near to the date as it gets; all dates move alike, so what lies between them stays."""
DATED_REMARK = re.compile(r"#.*(?:(?:19|20)\d\d|星期)")


@dataclass(frozen=True)
class Change:
    """One thing that is different next year, and where it stands."""

    where: str
    was: str
    now: str


@dataclass(frozen=True)
class NextYear:
    """Next year's plan (both texts in its ``text``), what was changed for it, and what to look at."""

    plan: Plan
    changes: tuple[Change, ...]
    doubts: tuple[str, ...]


def next_year(plan: Plan, calendar: WorkingDays) -> NextYear:
    """The plan a year on; ``calendar`` knows the legal days only, as the college's own are for one year.

    What it names beyond that (departments, groups, contacts, rules, remarks) stays as written.
    """
    rolling = _Rolling(plan, calendar)
    schedule, tables = rolling.schedule(), rolling.tables()
    rolled = load_plan(tables, schedule)
    rolling.look_at(rolled)
    doubts = [*rolling.doubts, *(problem.message for problem in lint(rolled, calendar).doubts)]
    told = tuple(Sentence("%(doubt)s。", doubt=doubt) for doubt in doubts)
    return NextYear(rolled, tuple(rolling.changes), told)


class _Rolling:
    """Rolls both texts and notes what it changes and what it is not sure of."""

    def __init__(self, plan: Plan, calendar: WorkingDays) -> None:
        self._plan, self._calendar = plan, calendar
        entries = frozenset(cohort.entry for cohort in plan.schedule.cohorts)
        self._names = NamedYears(_known_years(plan.schedule), entries)
        self.changes: list[Change] = []
        self.doubts: list[str] = []

    def schedule(self) -> str:
        """The schedule's text a year on."""
        old, form = self._plan.schedule, ScheduleForm(self._plan.text["schedule"])
        period = Period(_year_on(old.period.start), _year_on(old.period.end))
        start, roster = (self._moment(name, at) for name, at in (
            (Sentence("下发"), old.start), (Sentence("名单"), old.roster_due),
        ))  # fmt: skip
        values = {
            "campaign.name": self._name(f"{SCHEDULE}: campaign.name", old.name),
            "campaign.year": old.year + 1,
            "campaign.start": _written(start),
            "campaign.period.start": period.start,
            "campaign.period.end": period.end,
            "deadlines.roster": _written(roster),
        }
        if old.cases_due is not None:
            values["cases.due"] = _written(self._moment(Sentence("报送典型案例"), old.cases_due))
        if old.calendar_year is not None:
            values["campaign.calendar_year"] = old.calendar_year + 1
        new = replace(old, year=old.year + 1, period=period, start=start, roster_due=roster)
        for path, value in values.items():
            self._note(f"{SCHEDULE}: {path}", form.said(path), value)
        return form.rolled(values, self._own_days(old), self._cohorts(old, new))

    def tables(self) -> str:
        """The decomposition's text a year on."""
        counts = due_days(self._plan.tables)
        days = {day: self._workday(Sentence("截止日"), day + A_YEAR) for day in counts}
        for day, moved in days.items():
            self._note(Sentence("%(file)s: due（%(count)s 张表）", file=TASKS, count=counts[day]), day, moved)
        if len(set(days.values())) < len(days):
            self.doubts.append(Sentence("有几个截止日避开休息日之后落在了同一天，请看各步之间是否还留有时间"))
        return write_tasks(self._table(table, days[table.due]) for table in self._plan.tables)

    def look_at(self, rolled: Plan) -> None:
        """Note what stays as it was and may not hold any more."""
        schedule = rolled.schedule
        if schedule.roster_due.date() == schedule.start.date() != self._plan.schedule.roster_due.date():
            self.doubts.append(
                Sentence("报名单的期限与下发同在 %(day)s，请看是否来得及", day=schedule.start.date())
            )
        contacts = schedule.contacts
        for text in (contacts.office, contacts.chat_name, contacts.platform, schedule.mail_from_name):
            if self._names.left_in(text, all_years=True):
                self.doubts.append(
                    Sentence("%(file)s：“%(text)s”里的年份没有改动，请看是否还对", file=SCHEDULE, text=text)
                )
        lines = enumerate(rolled.text["schedule"].splitlines(), 1)
        dated = [str(number) for number, line in lines if DATED_REMARK.search(line)]
        if dated:
            self.doubts.append(
                Sentence(
                    "%(file)s 的注释照旧，其中第 %(dated)s 行写着年份或星期，请看是否还对",
                    file=SCHEDULE,
                    dated="、".join(dated),
                )
            )

    def _table(self, table: PlanTable, due: date) -> PlanTable:
        where = f"{TASKS}: {table.no}"
        name = self._name(f"{where} name", table.name)
        if table.name in table.printed:
            printed = table.printed.replace(table.name, name)
        else:
            printed = self._name(f"{where} printed", table.printed)
        directory = table.directory and self._name(f"{where} directory", table.directory)
        return replace(table, name=name, printed=printed, directory=directory, due=due)

    def _name(self, where: str, text: str) -> str:
        rolled = self._names.rolled(text)
        if where != f"{SCHEDULE}: campaign.name":
            self._note(where, text, rolled)
        for year in self._names.left_in(text):
            doubt = Sentence(
                "%(where)s：“%(text)s”里的 %(year)s 没有改动，看不出它是否随学年变化",
                where=where,
                text=text,
                year=year,
            )
            self.doubts += [] if doubt in self.doubts else [doubt]
        return rolled

    def _note(self, where: str, was: object, now: object) -> None:
        if str(was) != str(now):
            was, now = (each if isinstance(each, str) else str(each) for each in (was, now))
            self.changes.append(Change(where, was, now))

    def _moment(self, what: str, at: datetime) -> datetime:
        return datetime.combine(self._workday(what, at.date() + A_YEAR), at.timetz())

    def _workday(self, what: str, day: date) -> date:
        """The day itself, or the nearest working day before it."""
        found = day
        while not self._calendar.is_workday(found):
            found -= ONE_DAY
        if found != day:
            self.doubts.append(
                Sentence(
                    "%(what)s按同一个%(weekday)s是 %(day)s，为休息日，提前到 %(found)s",
                    what=what,
                    weekday=WEEKDAYS[day.weekday()],
                    day=day,
                    found=found,
                )
            )
        return found

    def _own_days(self, old: Schedule) -> tuple[str, ...]:
        """The college's own days that are emptied: they were this year's."""
        found = {"calendar.holidays": old.calendar.holidays, "calendar.workdays": old.calendar.workdays}
        for path, days in found.items():
            if days:
                self._note(f"{SCHEDULE}: {path}", "、".join(map(str, sorted(days))), Sentence("（清空）"))
        if any(found.values()):
            self.doubts.append(Sentence("本院另外放假和上班的日子已清空，请写上下一年的"))
        return tuple(path for path, days in found.items() if days)

    def _cohorts(self, old: Schedule, new: Schedule) -> tuple[Cohort, ...]:
        cohorts = _rolled_cohorts(old, new)
        if cohorts != old.cohorts:
            self._note(f"{SCHEDULE}: cohorts.printed", _said(old.cohorts), _said(cohorts))
        wrong = disagreeing(old, THREE_YEAR) | disagreeing(old, FIVE_YEAR)
        if wrong and _reckoned(old.cohorts):
            self.doubts.append(
                Sentence("今年印的年级对照与学年推算不符，下一年的按学年推算写成，请与下一年的方案核对")
            )
        elif old.cohorts and not _reckoned(old.cohorts):
            self.doubts.append(Sentence("年级对照里有推算不出的名称，只把各级的入学年份加了一年，请核对"))
        return cohorts


def _known_years(schedule: Schedule) -> frozenset[int]:
    """The years that the campaign's own arithmetic reaches, with the school year after its own."""
    first, last = schedule.period.start.year, schedule.period.end.year
    return frozenset({schedule.year, schedule.calendar_year or schedule.year, first, last, last + 1})


def _rolled_cohorts(old: Schedule, new: Schedule) -> tuple[Cohort, ...]:
    """Everyone who is there next year, by the arithmetic; labels of the college's own only move on."""
    if not _reckoned(old.cohorts):
        return tuple(replace(cohort, entry=cohort.entry + 1) for cohort in old.cohorts)
    columns = {
        THREE_YEAR: {cohort.three_year for cohort in old.cohorts} - {None},
        FIVE_YEAR: {cohort.five_year for cohort in old.cohorts} - {None},
    }

    def label(entry: int, programme: int) -> str | None:
        found = year_label(new, entry, programme)
        printed = columns[programme] and (found != NEW or NEW in columns[programme])
        return found if printed else None

    newest = new.period.start.year + 1
    entries = range(newest - len(LABELS), newest + 1)
    made = (Cohort(entry, label(entry, THREE_YEAR), label(entry, FIVE_YEAR)) for entry in entries)
    return tuple(cohort for cohort in made if cohort.three_year or cohort.five_year)


def _reckoned(cohorts: tuple[Cohort, ...]) -> bool:
    """Whether every label is one that the arithmetic can give."""
    labels = {label for cohort in cohorts for label in (cohort.three_year, cohort.five_year) if label}
    return bool(labels) and labels <= {NEW, *LABELS}


def _said(cohorts: tuple[Cohort, ...]) -> str:
    def labels(cohort: Cohort) -> Iterator[str]:
        yield from (label for label in (cohort.three_year, cohort.five_year) if label)

    return "，".join(f"{cohort.entry} 级{'/'.join(labels(cohort))}" for cohort in cohorts)


def _year_on(day: date) -> date:
    """The same day of next year; the end of February stays that."""
    if (day + ONE_DAY).day == 1:
        following = day + ONE_DAY
        return following.replace(year=following.year + 1) - ONE_DAY
    return day.replace(year=day.year + 1)


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at.second else f"{at:%Y-%m-%d %H:%M}"
