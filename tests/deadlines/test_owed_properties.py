"""What holds for any ladder, calendar, facts and ticking."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import cycle, pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.calendar import WorkingCalendar
from deadlines.course import foresee
from deadlines.facts import AssignmentFacts, Facts, HeldBack, RosterFacts
from deadlines.owed import owed
from plans.plan import CalendarRules, Rule, Schedule
from tests.deadlines.campaign_2020 import schedule

ZONES = ("Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York")
FIRST, LAST = date(2020, 9, 21), date(2020, 10, 16)
DAYS = st.dates(FIRST, LAST)
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
LATE = ("overdue", "escalation", "report")
AUDIENCES = ("collector", "reviewer", "head", "leader", "leaders", "office", "everyone")


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Up to eight rules, as the file could write them."""
    rules = []
    for number in range(draw(st.integers(1, 8))):
        kind = draw(
            st.sampled_from(["roster-reminder", "reminder", "overdue", "forewarning", "escalation", "report"])
        )
        moment = draw(st.sampled_from(["days", "days", "hours", "on"]))
        values = {
            "days": {"days": st.integers(-6, 6), "every": st.sampled_from([None, 1, 2]), "at": CLOCKS},
            "hours": {"hours": st.integers(-20, -1)},
            "on": {"on": st.sampled_from(["issue", "deadline"]), "at": st.none() | CLOCKS},
        }[moment]
        audience = draw(st.sampled_from(AUDIENCES))
        rules.append(Rule(f"rule-{number}", kind, audience, **draw(st.fixed_dictionaries(values))))
    return tuple(rules)


@st.composite
def campaigns(draw: st.DrawFn) -> tuple[Schedule, Facts]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    moments = st.builds(lambda day, clock: datetime.combine(day, clock, zone), DAYS, CLOCKS)
    maybe = st.none() | moments
    calendar = CalendarRules(
        draw(st.frozensets(DAYS, max_size=4)),
        draw(st.frozensets(DAYS, max_size=3)),
        time(8, 30),
        time(17, 30),
    )
    assignments = st.builds(
        AssignmentFacts,
        id=st.integers(1, 99),
        code=st.just("1.6"),
        department=st.sampled_from(["教务部", "学务部"]),
        reviewer=st.sampled_from(["质量部", None]),
        due=moments,
        due_stage=st.sampled_from(["collected", "reviewed"]),
        extended_until=maybe,
        stage=st.sampled_from(["pending", "collected", "reviewed", "checked", "returned", "failed"]),
        collected_at=maybe,
        returned_at=maybe,
        reviewed_at=maybe,
        exempt=st.sampled_from([False, False, True]),
        holds=st.lists(st.builds(_held, moments, st.integers(1, 120)), max_size=2).map(_in_order),
    )
    known = st.lists(assignments, max_size=3, unique_by=lambda each: each.department)
    rosters = st.lists(st.builds(RosterFacts, st.just("教务部"), st.booleans(), st.booleans()), max_size=1)
    plan = schedule(
        draw(ladders()), draw(ladders()), calendar, zone.key, start=draw(moments), roster_due=draw(moments)
    )
    return _distinct(plan), Facts(tuple(draw(known)), tuple(draw(rosters)), draw(moments))


def _held(since: datetime, hours: int) -> HeldBack:
    return HeldBack(since, since + timedelta(hours=hours))


def _in_order(holds: list[HeldBack]) -> tuple[HeldBack, ...]:
    return tuple(sorted(holds, key=lambda hold: hold.since))


def _distinct(plan: Schedule) -> Schedule:
    renamed = tuple(Rule(**{**vars(rule), "id": f"up-{rule.id}"}) for rule in plan.escalation)
    return Schedule(**{**vars(plan), "escalation": renamed})


def edges(plan: Schedule) -> tuple[datetime, datetime]:
    return (
        datetime.combine(FIRST, time(0), plan.zone),
        datetime.combine(LAST, time(23, 59), plan.zone),
    )


@settings(max_examples=30, deadline=None)
@given(campaigns(), st.sampled_from([21, 25, 28]), st.lists(st.integers(35, 60), min_size=1, max_size=6))
def test_any_ticking_at_least_once_a_working_hour_tells_the_same(
    campaign: tuple[Schedule, Facts], day: int, gaps: list[int]
) -> None:
    plan, facts = campaign
    start = datetime(2020, 9, day, 7, 0, tzinfo=plan.zone)
    ticks = ticking(WorkingCalendar(plan.calendar, plan.zone), start, start + timedelta(days=12), gaps)
    told = [each for since, now in pairwise(ticks) for each in owed(plan, facts, since, now)]
    assert Counter(told) == Counter(foresee(plan, facts, start + timedelta.resolution, ticks[-1]))


def ticking(calendar: WorkingCalendar, start: datetime, end: datetime, gaps: list[int]) -> list[datetime]:
    """Moments from start to end whose gaps, in minutes of working time, come round again and again."""
    ticks, minutes = [start], cycle(gaps)
    while ticks[-1] < end:
        ticks.append(calendar.next_working_moment(ticks[-1]) + timedelta(minutes=next(minutes)))
    return ticks


@settings(max_examples=100, deadline=None)
@given(campaigns(), st.data())
def test_one_big_tick_tells_a_part_of_it_and_the_last_of_each_audience(
    campaign: tuple[Schedule, Facts], data: st.DataObject
) -> None:
    plan, facts = campaign
    start, end = edges(plan)
    now = data.draw(st.datetimes(start.replace(tzinfo=None), end.replace(tzinfo=None)))
    now = now.replace(tzinfo=plan.zone)
    whole = foresee(plan, facts, start + timedelta.resolution, now)
    told = owed(plan, facts, start, now)
    assert not Counter(told) - Counter(whole)
    late = {(each.audience, each.subject) for each in whole if each.kind in LATE}
    assert late <= {(each.audience, each.subject) for each in told}


@settings(max_examples=100, deadline=None)
@given(campaigns())
def test_what_is_told_keeps_the_rules(campaign: tuple[Schedule, Facts]) -> None:
    plan, facts = campaign
    calendar = WorkingCalendar(plan.calendar, plan.zone)
    course = foresee(plan, facts, *edges(plan))
    for each in course:
        assert calendar.next_working_moment(each.at) == each.at
        assert each.at >= facts.effective_from
        if each.kind in LATE:
            assert each.at > each.deadline
    keys = Counter((each.rule, each.subject, each.deadline, each.occurrence) for each in course)
    assert set(keys.values()) <= {1}
    a_day = Counter((each.kind, each.audience, each.subject, each.at.date()) for each in course)
    assert set(a_day.values()) <= {1}


@settings(max_examples=100, deadline=None)
@given(campaigns())
def test_only_those_who_hold_open_work_are_told(campaign: tuple[Schedule, Facts]) -> None:
    plan, facts = campaign
    open_now = {
        f"{each.code}@{each.department}": each.stage
        for each in facts.assignments
        if not each.exempt and each.stage not in ("reviewed", "checked")
    }
    rosters = {f"roster@{each.department}" for each in facts.rosters if not each.complete}
    for each in foresee(plan, facts, *edges(plan)):
        assert each.subject in rosters | set(open_now) | {"campaign"}
        if each.audience == "reviewer" and each.subject in open_now:
            assert open_now[each.subject] == "collected"
        if each.audience == "collector" and each.subject in open_now:
            assert open_now[each.subject] != "collected"


@settings(max_examples=100, deadline=None)
@given(campaigns())
def test_leaders_are_never_told_while_a_line_is_held_back(campaign: tuple[Schedule, Facts]) -> None:
    plan, facts = campaign
    holds = {f"{each.code}@{each.department}": each.holds for each in facts.assignments}
    for each in foresee(plan, facts, *edges(plan)):
        if each.audience in ("leader", "leaders"):
            assert not any(hold.at(each.at) for hold in holds.get(each.subject, ()))
