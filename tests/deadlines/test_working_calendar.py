"""The working calendar: legal days, 调休, overrides, and moments counted in working time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.calendar import WorkingCalendar
from plans.plan import CalendarRules
from tests.deadlines.campaign_2020 import SHANGHAI, at

LEGAL = WorkingCalendar(CalendarRules(), SHANGHAI)
DAYS = st.dates(date(2019, 12, 1), date(2021, 3, 31))
MOMENTS = st.builds(lambda day, clock: datetime.combine(day, clock, SHANGHAI), DAYS, st.times())


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2020-11-06", True),
        ("2020-11-07", False),
        ("2020-10-01", False),
        ("2020-10-10", True),
        ("2020-09-27", True),
        ("2020-02-29", False),
        ("2024-02-29", True),
        ("2020-12-31", True),
        ("2021-01-01", False),
        ("2021-02-07", True),
    ],
)
def test_legal_days_and_make_up_days(day: str, worked: bool) -> None:
    assert LEGAL.is_workday(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(("year", "known"), [(2003, False), (2004, True), (2026, True), (2027, False)])
def test_known_years(year: int, known: bool) -> None:
    assert LEGAL.knows(year) is known


def test_an_unknown_year_works_monday_to_friday() -> None:
    week = [LEGAL.is_workday(date(2031, 9, 29) + timedelta(days=n)) for n in range(7)]
    assert week == [True] * 5 + [False] * 2


def test_the_campaigns_own_days_come_first() -> None:
    holiday, workday = date(2020, 11, 20), date(2020, 11, 21)
    own = WorkingCalendar(CalendarRules(frozenset({holiday}), frozenset({workday})), SHANGHAI)
    assert [own.is_workday(day) for day in (holiday, workday)] == [False, True]
    assert own.add_workdays(date(2020, 11, 19), 1) == workday


@pytest.mark.parametrize(
    ("day", "n", "found"),
    [
        ("2020-11-06", 1, "2020-11-09"),
        ("2020-11-07", -1, "2020-11-06"),
        ("2020-11-07", 0, "2020-11-07"),
        ("2020-11-11", -3, "2020-11-06"),
        ("2020-11-18", -5, "2020-11-11"),
        ("2020-09-30", 1, "2020-10-09"),
        ("2020-10-09", 1, "2020-10-10"),
        ("2020-12-31", 1, "2021-01-04"),
        ("2021-01-04", -1, "2020-12-31"),
        ("2024-02-28", 2, "2024-03-01"),
        ("2026-12-31", 1, "2027-01-01"),
    ],
)
def test_add_workdays(day: str, n: int, found: str) -> None:
    assert LEGAL.add_workdays(date.fromisoformat(day), n) == date.fromisoformat(found)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2020-11-11", "2020-11-12", 1),
        ("2020-11-07", "2020-11-08", 0),
        ("2020-11-07", "2020-11-09", 1),
        ("2020-09-30", "2020-10-10", 2),
        ("2020-12-31", "2021-01-05", 2),
        ("2020-11-12", "2020-11-11", 0),
        ("2020-11-12", "2020-11-12", 0),
    ],
)
def test_workdays_between(first: str, last: str, days: int) -> None:
    for _ in range(2):
        assert LEGAL.workdays_between(date.fromisoformat(first), date.fromisoformat(last)) == days


@pytest.mark.parametrize(
    ("moment", "following", "preceding"),
    [
        ("11-06 12:00", "11-06 12:00", "11-06 12:00"),
        ("11-06 08:30", "11-06 08:30", "11-06 08:30"),
        ("11-06 17:30", "11-06 17:30", "11-06 17:30"),
        ("11-06 06:00", "11-06 08:30", "11-05 17:30"),
        ("11-06 17:31", "11-09 08:30", "11-06 17:30"),
        ("11-07 12:00", "11-09 08:30", "11-06 17:30"),
        ("10-03 12:00", "10-09 08:30", "09-30 17:30"),
        ("10-10 12:00", "10-10 12:00", "10-10 12:00"),
        ("2021-01-01 12:00", "2021-01-04 08:30", "12-31 17:30"),
    ],
)
def test_next_and_previous_working_moment(moment: str, following: str, preceding: str) -> None:
    assert LEGAL.next_working_moment(at(moment)) == at(following)
    assert LEGAL.previous_working_moment(at(moment)) == at(preceding)


@pytest.mark.parametrize(
    ("moment", "hours", "found"),
    [
        ("11-11 23:59:59", 4, "11-11 13:30"),
        ("11-11 12:00", 2.5, "11-11 09:30"),
        ("11-11 12:00", 4, "11-10 17:00"),
        ("11-11 17:30", 9, "11-11 08:30"),
        ("11-07 17:30", 4, "11-06 13:30"),
        ("11-09 08:30", 1, "11-06 16:30"),
        ("11-11 17:30", 20, "11-09 15:30"),
        ("10-09 09:00", 1, "09-30 17:00"),
        ("11-07 03:00", 0, "11-06 17:30"),
    ],
)
def test_working_hours_counted_back(moment: str, hours: float, found: str) -> None:
    assert LEGAL.minus_working_hours(at(moment), hours) == at(found)


def test_hours_are_not_counted_forward() -> None:
    with pytest.raises(ValueError, match="negative"):
        LEGAL.minus_working_hours(at("11-06 12:00"), -1)


def test_other_hours_and_moments_of_other_zones() -> None:
    early = WorkingCalendar(CalendarRules(start=time(7), end=time(16)), SHANGHAI)
    assert early.next_working_moment(at("11-06 06:00")) == at("11-06 07:00")
    utc = datetime(2020, 11, 5, 23, 30, tzinfo=ZoneInfo("UTC"))
    assert early.next_working_moment(utc).isoformat() == "2020-11-06T07:30:00+08:00"


def test_a_zone_with_summer_time_keeps_its_wall_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = WorkingCalendar(CalendarRules(), berlin)
    before_the_change = datetime(2020, 3, 27, 18, 0, tzinfo=berlin)
    found = calendar.next_working_moment(before_the_change)
    assert found.isoformat() == "2020-03-30T08:30:00+02:00"
    assert calendar.minus_working_hours(found, 1).isoformat() == "2020-03-27T16:30:00+01:00"


@given(DAYS, st.integers(1, 40))
def test_as_many_working_days_lie_between_as_were_added(day: date, n: int) -> None:
    assert LEGAL.workdays_between(day, LEGAL.add_workdays(day, n)) == n
    assert LEGAL.is_workday(LEGAL.add_workdays(day, -n))


@given(MOMENTS)
def test_working_moments_lie_within_hours_and_stay(moment: datetime) -> None:
    following, preceding = LEGAL.next_working_moment(moment), LEGAL.previous_working_moment(moment)
    assert preceding <= moment <= following
    for found in (following, preceding):
        assert LEGAL.is_workday(found.date())
        assert time(8, 30) <= found.time() <= time(17, 30)
        assert LEGAL.next_working_moment(found) == LEGAL.previous_working_moment(found) == found


@given(MOMENTS, st.integers(0, 40))
def test_hours_counted_back_are_the_minutes_worked(moment: datetime, quarters: int) -> None:
    found = LEGAL.minus_working_hours(moment, quarters / 4)
    worked, day = timedelta(), found.date()
    until = LEGAL.previous_working_moment(moment)
    while day <= until.date():
        if LEGAL.is_workday(day):
            start = max(found, datetime.combine(day, time(8, 30), SHANGHAI))
            end = min(until, datetime.combine(day, time(17, 30), SHANGHAI))
            worked += max(end - start, timedelta())
        day += timedelta(days=1)
    assert worked == timedelta(minutes=15 * quarters)
