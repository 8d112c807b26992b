"""What the campaign tells the check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from checks.context import CohortVerdict, context_for
from plans.plan import Period
from tests.checks.frames import shipped_schedule


def test_the_period_of_a_definition() -> None:
    known = context_for(shipped_schedule())
    school_year = Period(date(2019, 9, 1), date(2020, 8, 31))
    assert known.period("school-year") == school_year
    assert known.period("point-in-time") == school_year
    assert known.period("calendar-year") == Period(date(2019, 1, 1), date(2019, 12, 31))


def test_without_a_calendar_year_the_school_year_stands_in() -> None:
    schedule = replace(shipped_schedule(), calendar_year=None)
    assert context_for(schedule).period("calendar-year") == schedule.period


def test_the_closed_lists_come_from_the_campaign() -> None:
    known = context_for(replace(shipped_schedule(), enrolled_statuses=("在校",), other_statuses=("离校",)))
    assert known.statuses == ("在校", "离校")
    assert known.destinations[:2] == ("就业", "创业")
    assert known.sources == {}
    assert known.prior is None


@pytest.mark.parametrize(
    ("entry", "years", "verdict"),
    [
        (2018, 3, CohortVerdict("一年级", "二年级", True, True)),
        (2016, 3, CohortVerdict("三年级", None, True, False)),
        (2019, 3, CohortVerdict("新生", "一年级", False, True)),
        (2020, 3, CohortVerdict(None, "新生", False, False)),
        (2018, None, CohortVerdict("一年级", "二年级", True, True)),
        (2018, 2, CohortVerdict("一年级", "二年级", True, True)),
        (2014, 5, CohortVerdict("三年级", None, True, False)),
    ],
)
def test_what_the_plan_prints_beside_what_the_period_says(
    entry: int, years: int | None, verdict: CohortVerdict
) -> None:
    assert context_for(shipped_schedule()).cohort("10.1.1", entry, years) == verdict


def test_tables_of_newcomers_turn_it_round() -> None:
    known = context_for(shipped_schedule())
    assert known.cohort("11.6", 2020, 3).counted_valid
    assert known.cohort("11.6", 2019, 3).printed_valid
    assert not known.cohort("11.6", 2018, 3).printed_valid
