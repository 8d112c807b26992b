"""What is foretold of made courses of events: when it ends, how sure that is, what will be late and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from deadlines.effective import DeadlineRules
from deadlines.facts import AssignmentFacts
from deadlines.forecast import Forecast, Outlook, Span, latest
from deadlines.pace import Pace, Window, paces
from deadlines.risk import Undecided
from tests.deadlines.campaign_2020 import at, plain, schedule, source

RULES = DeadlineRules(schedule())
MONDAY, TUESDAY, DUE_DAY = "11-16 17:30", "11-17 17:30", "11-18 17:30"
"""Ends of working days: what is left before the deadline of the 18th are 2, 1 and 0 working days."""


def pending(number: int) -> list[AssignmentFacts]:
    return [plain() for _ in range(number)]


def submitted(*days: str, **known: object) -> list[AssignmentFacts]:
    """One each, submitted on that day's morning."""
    return [plain(stage="collected", collected_at=at(f"{day} 10:00"), **known) for day in days]


def approved(*days: str) -> list[AssignmentFacts]:
    """One each, submitted in the morning and reviewed in the afternoon."""
    return [
        plain(stage="checked", collected_at=at(f"{day} 10:00"), reviewed_at=at(f"{day} 15:00"))
        for day in days
    ]


def returned(*days: str) -> list[AssignmentFacts]:
    """One each, sent back after its submission."""
    return [
        plain(stage="returned", collected_at=at(f"{day} 10:00"), returned_at=at(f"{day} 15:00"))
        for day in days
    ]


def outlook(now: str, *facts: Sequence[AssignmentFacts]) -> Outlook:
    """Of the only group of these facts."""
    forecast = Forecast(RULES, at(now))
    [found] = forecast.all(paces([each for part in facts for each in part], forecast.window.since)).values()
    return found


def days(*each: tuple[str, int]) -> list[str]:
    return [day for day, number in each for _ in range(number)]


THREE_A_DAY = days(("11-11", 3), ("11-12", 3), ("11-13", 3), ("11-16", 3))


def test_a_steady_pace_tells_one_day() -> None:
    found = outlook(MONDAY, approved(*THREE_A_DAY), pending(6))
    assert found.per_day == 3.0
    assert found.collected == found.done == Span(date(2020, 11, 18), date(2020, 11, 18))
    assert found.risk is None


def test_one_more_than_the_pace_can_bring_is_at_risk() -> None:
    risk = outlook(MONDAY, approved(*THREE_A_DAY), pending(7)).risk
    assert risk is not None
    assert (risk.cause, risk.left, risk.unstarted, risk.missing, risk.days_left, risk.per_day) == (
        "slow",
        7,
        7,
        1,
        2,
        3.0,
    )


def test_the_evening_of_the_day_counts_its_work_and_its_morning_does_not() -> None:
    morning = outlook("11-16 08:30", approved(*days(("11-11", 3), ("11-12", 3), ("11-13", 3))), pending(9))
    assert (morning.per_day, morning.collected) == (3.0, Span(date(2020, 11, 18), date(2020, 11, 18)))
    assert morning.risk is None
    noon = outlook("11-16 13:00", approved(*days(("11-11", 3), ("11-12", 3), ("11-13", 3))), pending(9))
    assert noon.per_day == pytest.approx(9 / 3.5)
    assert noon.risk is not None


def test_saturday_counts_no_working_day_and_its_work_helps() -> None:
    found = outlook("11-14 12:00", approved(*days(("11-11", 3), ("11-12", 3), ("11-14", 3))), pending(3))
    assert found.per_day == 3.0
    assert found.collected == Span(date(2020, 11, 16), date(2020, 11, 16))


def test_the_last_minute_is_told_as_a_range_and_blamed_only_near_the_deadline() -> None:
    far = outlook("11-12 17:30", pending(9))
    assert (far.collected, far.done) == (Span(None, None, True), Span(None, None, True))
    assert far.risk is None
    near = outlook(MONDAY, approved("11-16"), pending(9)).risk
    assert near is not None
    assert (near.cause, near.left, near.missing, near.days_left) == ("slow", 9, 8, 2)
    rushing = outlook(TUESDAY, approved(*days(("11-16", 2), ("11-17", 16))), pending(4))
    assert rushing.risk is None
    assert rushing.collected == Span(date(2020, 11, 18), date(2020, 11, 18))


def test_few_things_counted_are_told_as_a_range() -> None:
    found = outlook("11-12 17:30", approved("11-09", "11-10", "11-11", "11-12"), pending(3))
    assert found.per_day == 1.0
    assert found.collected == Span(date(2020, 11, 16), date(2020, 11, 20), True)
    one = outlook("11-12 17:30", approved("11-12"), pending(1)).collected
    assert one == Span(date(2020, 11, 16), None, True)


def test_the_first_days_are_thin_however_much_came() -> None:
    found = outlook("11-06 17:30", approved(*["11-06"] * 30), pending(30))
    assert found.collected is not None
    assert found.collected.thin
    assert found.risk is None


def test_on_the_first_day_nobody_is_blamed() -> None:
    soon = [source(), source()]
    assert outlook("11-06 17:00", soon).risk is None
    assert outlook("11-09 08:31", soon).risk is not None


def test_what_has_stalled_has_no_end_in_sight() -> None:
    found = outlook(MONDAY, approved(*["11-09"] * 8), pending(5))
    assert (found.per_day, found.collected, found.done) == (
        0.0,
        Span(None, None, True),
        Span(None, None, True),
    )
    assert found.risk is not None
    assert (found.risk.cause, found.risk.left, found.risk.missing) == ("stalled", 5, 5)


def test_what_is_returned_often_needs_more_submissions() -> None:
    pace = approved(*days(("11-11", 3), ("11-12", 3), ("11-13", 3), ("11-16", 1)))
    kept = outlook(MONDAY, pace, submitted("11-16", "11-16"), pending(6))
    often = outlook(MONDAY, pace, returned(*["11-16"] * 5), pending(1))
    assert kept.risk is None
    assert often.pace.returned_share == pytest.approx(1 / 3)
    assert often.pace.submissions == pytest.approx(9.0)
    assert often.risk is not None
    assert (often.risk.cause, often.risk.left, often.risk.unstarted) == ("returned", 6, 1)


def test_nothing_owed_is_foretold_nothing() -> None:
    assert paces([plain(exempt=True), plain(closed=True)], at(MONDAY)) == {}
    found = Forecast(RULES, at(MONDAY)).of(Pace())
    assert (found.collected, found.done, found.risk, found.per_day) == (None, None, None, 0.0)


def test_all_done_has_no_span_and_no_risk() -> None:
    found = outlook(MONDAY, approved(*THREE_A_DAY))
    assert (found.collected, found.done, found.risk) == (None, None, None)


def test_after_the_deadline_an_end_is_told_but_no_risk() -> None:
    found = outlook("11-19 17:30", approved(*days(("11-17", 3), ("11-18", 3), ("11-19", 6))), pending(3))
    assert found.collected == Span(date(2020, 11, 20), date(2020, 11, 20))
    assert found.risk is None


def test_an_extension_is_a_group_of_its_own() -> None:
    longer = plain(extended_until=at("11-25 23:59:59"))
    found = paces([*pending(2), longer], at(MONDAY))
    assert {group.deadline: pace.owed for group, pace in found.items()} == {
        at("11-18 23:59:59"): 2,
        at("11-25 23:59:59"): 1,
    }


def sources(number: int, **known: object) -> list[AssignmentFacts]:
    return [source(**known) for _ in range(number)]


def test_where_review_is_due_too_a_slow_reviewer_is_the_risk() -> None:
    waiting = sources(6, stage="collected", collected_at=at("11-09 10:00"))
    read = sources(1, stage="checked", collected_at=at("11-09 10:00"), reviewed_at=at("11-09 15:00"))
    found = outlook("11-10 17:30", waiting, read)
    assert found.risk is not None
    assert (found.risk.cause, found.risk.left, found.risk.days_left) == ("review", 6, 1)
    assert found.risk.per_day == pytest.approx(1 / 3)
    none_read = outlook("11-10 17:30", waiting).risk
    assert none_read is not None
    assert (none_read.cause, none_read.per_day, none_read.missing) == ("review", 0.0, 6)


def test_reviews_take_their_time_after_the_last_submission() -> None:
    found = outlook(MONDAY, submitted(*THREE_A_DAY), pending(3))
    assert found.collected == Span(date(2020, 11, 17), date(2020, 11, 17))
    assert found.done == Span(date(2020, 11, 19), date(2020, 11, 19), True)
    slow = outlook(MONDAY, submitted(*THREE_A_DAY), approved(*days(("11-12", 4), ("11-13", 4))), pending(3))
    assert slow.done == Span(date(2020, 11, 26), date(2020, 11, 26))


@pytest.mark.parametrize(("number", "rates"), [(0, (0.0, 0.0)), (4, (1.5, 0.5)), (8, (2.0, 2.0))])
def test_rates(number: int, rates: tuple[float, float]) -> None:
    assert Window(at(MONDAY), 4.0).rates(number) == rates


def test_the_latest_of_several_ends() -> None:
    early, late = (
        Span(date(2020, 11, 18), date(2020, 11, 19)),
        Span(date(2020, 11, 17), date(2020, 11, 24), True),
    )
    assert latest([early, None, late]) == Span(date(2020, 11, 18), date(2020, 11, 24), True)
    assert latest([early, Span(None, None, True)]) == Span(None, None, True)
    assert latest([None, None]) is None


def test_who_is_as_far_as_all_others_is_not_called_late() -> None:
    ahead = [plain(department="学务部", stage="collected", collected_at=at("11-11 10:00")) for _ in range(2)]
    ahead += [plain(department="学务部") for _ in range(2)]
    behind = [plain(department="教务部", stage="collected", collected_at=at("11-11 10:00"))]
    behind += [plain(department="教务部") for _ in range(3)]
    forecast = Forecast(RULES, at(TUESDAY))
    known = paces([*ahead, *behind], forecast.window.since)
    assert [group.department for group, _ in forecast.risks(known)] == ["教务部"]
    outlooks = forecast.all(known)
    assert [group.department for group, found in outlooks.items() if found.risk] == ["教务部"]
    alone = paces(ahead, forecast.window.since)
    assert [group.department for group, _ in forecast.risks(alone)] == ["学务部"]


Named = tuple[str, str, int]


def two(
    now: str, done: int, of: int, behind: Sequence[AssignmentFacts]
) -> tuple[list[Named], list[Undecided]]:
    """Who is named, with level and hours left, beside a department that did so many of its; the undecided."""
    others = [plain(stage="checked", collected_at=at("11-12 10:00")) for _ in range(done)]
    known = [replace(each, department="教务部") for each in [*others, *pending(of - done)]]
    forecast = Forecast(RULES, at(now))
    found = paces([*known, *behind], forecast.window.since)
    named = [(group.department, risk.level, risk.hours_left) for group, risk in forecast.risks(found)]
    return named, forecast.undecided(found)


@pytest.mark.parametrize(
    ("done", "behind", "named"),
    [
        (6, [*approved("11-12", "11-13"), *pending(8)], [("学务部", "hardly", 18)]),
        (5, [*approved("11-12", "11-13"), *pending(8)], [("学务部", "watch", 18)]),
        (6, [*approved(*["11-10"] * 4), *pending(6)], [("学务部", "watch", 18)]),
        (6, [*approved("11-12", "11-16", "11-16"), *pending(7)], [("学务部", "watch", 18)]),
        (6, [*approved(*["11-10"] * 6), *pending(4)], []),
    ],
    ids=["far-behind", "others-not-through", "not-far-behind", "may-hurry", "as-far"],
)
def test_who_will_hardly_come_in_time(done: int, behind: list[AssignmentFacts], named: list[Named]) -> None:
    found, undecided = two(MONDAY, done, 10, behind)
    assert [each for each in found if each[0] == "学务部"] == named
    assert undecided == []


DUE = at("11-18 23:59:59")


@pytest.mark.parametrize(
    ("now", "done", "undecided"),
    [
        ("11-12 17:30", 5, [Undecided(DUE, 0.25, date(2020, 11, 13))]),
        ("11-13 08:30", 5, [Undecided(DUE, 0.25, None)]),
        ("11-18 08:30", 6, [Undecided(DUE, pytest.approx(0.3), None)]),
        ("11-18 08:30", 7, []),
        ("11-19 08:30", 5, []),
    ],
)
def test_when_it_is_too_early_nobody_is_named(now: str, done: int, undecided: list[Undecided]) -> None:
    named, found = two(now, done, 10, pending(10))
    assert found == undecided
    assert bool(named) == (now == "11-18 08:30" and not undecided)


def test_what_is_extended_alone_is_judged_by_its_pace_alone() -> None:
    alone = [*pending(10), plain(extended_until=at("11-20 23:59:59"))]
    assert two("11-17 17:30", 0, 10, alone)[0] == [("学务部", "watch", 27)]
    assert two("11-16 17:30", 0, 10, alone)[1] == [
        Undecided(DUE, 0.0, None),
        Undecided(at("11-20 23:59:59"), 0.0, date(2020, 11, 17)),
    ]
