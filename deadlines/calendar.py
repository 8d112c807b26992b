"""The working calendar: Chinese legal days (2004-2026) with 调休, overridden by the campaign's own days.

All moments that come out are in the campaign's zone; those that go in may be in any.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from plans.plan import CalendarRules

ONE_DAY = timedelta(days=1)
SATURDAY = 5
EVENING = time(20)
"""When mail that is still waiting is left for the next working day."""


class WorkingCalendar:
    """Which days are worked, and moments counted along working days and hours."""

    def __init__(self, rules: CalendarRules, zone: ZoneInfo) -> None:
        self.rules = rules
        self.zone = zone
        self._between: dict[tuple[date, date], int] = {}

    def is_workday(self, day: date) -> bool:
        """Whether work is done on ``day``; the campaign's own days come before the legal ones."""
        if day in self.rules.workdays:
            return True
        return day not in self.rules.holidays and _legal_workday(day)

    def knows(self, year: int) -> bool:
        """Whether the legal days of ``year`` are known; in other years Monday to Friday are worked."""
        first, last = _known_years()
        return first <= year <= last

    def add_workdays(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day`` (before it where negative); ``day`` itself for 0."""
        step = ONE_DAY if n > 0 else -ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, first: date, last: date) -> int:
        """How many working days lie after ``first`` up to and with ``last``: the working days late."""
        found = self._between.get((first, last))
        if found is None:
            days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
            found = self._between[first, last] = sum(map(self.is_workday, days))
        return found

    def local(self, at: datetime) -> datetime:
        """The moment in the campaign's zone."""
        return at.astimezone(self.zone)

    def at(self, day: date, clock: time) -> datetime:
        """The moment of ``day`` when the campaign's clocks show ``clock``."""
        return datetime.combine(day, clock, self.zone)

    def end_of_work(self, day: date) -> datetime:
        """When the working hours of ``day`` end."""
        return self.at(day, self.rules.end)

    def next_working_moment(self, at: datetime) -> datetime:
        """``at`` itself within working hours (their end counts), else the start of the next ones."""
        local = self.local(at)
        day, clock = local.date(), local.timetz().replace(tzinfo=None)
        if self.is_workday(day) and clock <= self.rules.end:
            return max(local, self.at(day, self.rules.start))
        return self.at(self.add_workdays(day, 1), self.rules.start)

    def previous_working_moment(self, at: datetime) -> datetime:
        """``at`` itself within working hours, else the end of those before it."""
        local = self.local(at)
        day, clock = local.date(), local.timetz().replace(tzinfo=None)
        if self.is_workday(day) and clock >= self.rules.start:
            return min(local, self.end_of_work(day))
        return self.end_of_work(self.add_workdays(day, -1))

    def minus_working_hours(self, at: datetime, hours: float) -> datetime:
        """``hours`` (not negative) of working time before ``at``; time off work counts nothing."""
        if hours < 0:
            raise ValueError(f"working hours are counted back: {hours} is negative")
        moment, left = self.previous_working_moment(at), timedelta(hours=hours)
        while left > (worked := moment - self.at(moment.date(), self.rules.start)):
            left -= worked
            moment = self.end_of_work(self.add_workdays(moment.date(), -1))
        return moment - left


@cache
def _known_years() -> tuple[int, int]:
    from chinese_calendar import holidays

    return min(holidays).year, max(holidays).year


@cache
def _legal_workday(day: date) -> bool:
    from chinese_calendar import is_workday

    first, last = _known_years()
    if first <= day.year <= last:
        return bool(is_workday(day))
    return day.weekday() < SATURDAY
