"""How well the forecast's rule foretold made courses of the 2020 plan (docs/decisions/0031)."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from actions.sample_course import sample_deeds
from deadlines.effective import DeadlineRules
from deadlines.facts import AssignmentFacts
from deadlines.forecast import Forecast
from deadlines.pace import group_of, paces
from deadlines.risk import HARDLY, WATCH
from models.database import Database
from models.facts import gather
from plans.plan import Plan
from tests.conftest import MORNING, SHANGHAI

Deeds = Sequence[tuple[datetime, str]]
Courses = Mapping[int, Deeds]
DUE = datetime(2020, 11, 18, 23, 59, 59, tzinfo=SHANGHAI)
FIRST = datetime(2020, 11, 6, 8, 30, tzinfo=SHANGHAI)
SPEEDS = (0.7, 0.8, 0.95, 1.1, 1.2, 1.3, 1.5)
ILL = 3


def sample(plan: Plan, facts: Sequence[AssignmentFacts]) -> Courses:
    """The sample course: most come in the last days, one in sixteen late, of whichever department."""
    names = {(each.code, each.department): each.id for each in facts}
    found: dict[int, list[tuple[datetime, str]]] = {each.id: [] for each in facts}
    for deed in sample_deeds(plan, facts):
        if (deed.table, deed.department) in names:
            found[names[deed.table, deed.department]].append((deed.at, deed.what))
    return found


def steady(plan: Plan, facts: Sequence[AssignmentFacts]) -> Courses:
    """Each department works at one speed; those that are too slow will be late with the rest."""
    chance, calendar = random.Random(9), DeadlineRules(plan.schedule).calendar
    speed = {name: chance.choice(SPEEDS) for name in sorted({each.department for each in facts})}
    found = {}
    for group in sorted({each.department for each in facts}):
        own = [each for each in facts if each.department == group]
        for place, each in enumerate(own):
            worked = (place + 0.5) / len(own) * 8 / speed[group]
            day = calendar.add_workdays(FIRST.date(), int(worked)) if worked >= 1 else FIRST.date()
            start = datetime.combine(day, time(8, 30), SHANGHAI)
            found[each.id] = _handed_in(start + timedelta(hours=9 * (worked % 1)), chance)
    return found


def in_the_last_days(plan: Plan, facts: Sequence[AssignmentFacts]) -> Courses:
    """Three in four come on the last two days; in three departments the collector has fallen ill."""
    chance, calendar = random.Random(7), DeadlineRules(plan.schedule).calendar
    names = sorted({each.department for each in facts})
    ill, eve = set(chance.sample(names, ILL)), calendar.add_workdays(DUE.date(), -1)
    found = {}
    for name in names:
        for place, each in enumerate([each for each in facts if each.department == name]):
            if name in ill and place > 3:
                day = calendar.add_workdays(DUE.date(), chance.randint(1, 4))
            elif chance.random() < 0.75:
                day = chance.choice([eve, DUE.date()])
            else:
                day = calendar.add_workdays(eve, -chance.randint(1, 6))
            start = datetime.combine(day, time(8, 30), SHANGHAI)
            found[each.id] = _handed_in(start + timedelta(hours=13 * chance.random()), chance)
    return found


def rush(plan: Plan, facts: Sequence[AssignmentFacts]) -> Courses:
    """Nobody hands in anything before the eve, and everything is in time."""
    chance, eve = random.Random(3), DeadlineRules(plan.schedule).calendar.add_workdays(DUE.date(), -1)
    days = (eve, DUE.date(), DUE.date())
    mornings = {each.id: datetime.combine(chance.choice(days), time(8, 30), SHANGHAI) for each in facts}
    return {
        key: _handed_in(at + timedelta(hours=13 * chance.random()), chance) for key, at in mornings.items()
    }


def gone(plan: Plan, facts: Sequence[AssignmentFacts]) -> Courses:
    """The sample, but from the sixth day on three departments hand in nothing until after the deadline."""
    chance, calendar = random.Random(5), DeadlineRules(plan.schedule).calendar
    names = set(chance.sample(sorted({each.department for each in facts}), ILL))
    noon = datetime.combine(calendar.add_workdays(FIRST.date(), 5), time(12), SHANGHAI)
    found = dict(sample(plan, facts))
    for each in facts:
        if each.department in names and found[each.id][0][0] > noon:
            day = calendar.add_workdays(DUE.date(), chance.randint(1, 5))
            found[each.id] = _handed_in(datetime.combine(day, time(9), SHANGHAI), chance)
    return found


def at_one_go(plan: Plan, facts: Sequence[AssignmentFacts]) -> Courses:
    """Each department hands in everything within one day: two of them after the deadline."""
    chance, calendar = random.Random(4), DeadlineRules(plan.schedule).calendar
    names = sorted({each.department for each in facts})
    late, days = set(chance.sample(names, 2)), [calendar.add_workdays(FIRST.date(), n) for n in range(3, 9)]
    chosen = {
        name: calendar.add_workdays(DUE.date(), 2) if name in late else chance.choice(days) for name in names
    }
    return {
        each.id: _handed_in(
            datetime.combine(chosen[each.department], time(8, 30), SHANGHAI)
            + timedelta(hours=9 * chance.random()),
            chance,
        )
        for each in facts
    }


def _handed_in(at: datetime, chance: random.Random) -> Deeds:
    return [(at, "submit"), (at + timedelta(hours=chance.randint(2, 24)), "approve")]


def known_at(each: AssignmentFacts, deeds: Deeds, now: datetime) -> AssignmentFacts:
    for at, what in deeds:
        if at <= now and what == "submit":
            each = replace(each, stage="collected", collected_at=at)
        elif at <= now and what == "return":
            each = replace(each, stage="returned", returned_at=at)
        elif at <= now and what == "approve":
            each = replace(each, stage="checked", reviewed_at=at)
    return each


MOMENTS = (-4, -3, -2, -1, 0)
"""The evenings of these working days before the deadline, and one o'clock of the day itself."""


@pytest.mark.parametrize(
    ("course", "late", "figures"),
    [
        (
            sample,
            10,
            ["too early", "0 of 0, 4 of 56", "0 of 0, 2 of 26", "0 of 0, 3 of 15", "0 of 0, 5 of 12"],
        ),
        (
            steady,
            9,
            ["too early", "0 of 0, 9 of 28", "0 of 0, 9 of 23", "0 of 0, 9 of 15", "0 of 0, 5 of 6"],
        ),
        (
            in_the_last_days,
            40,
            ["too early", "only 15% done", "only 18% done", "0 of 0, 40 of 52", "36 of 41, 40 of 47"],
        ),
        (
            gone,
            50,
            ["too early", "0 of 0, 34 of 56", "0 of 0, 34 of 39", "33 of 33, 44 of 48", "33 of 33, 44 of 44"],
        ),
        (rush, 0, ["too early", "only 0% done", "only 0% done", "only 17% done", "0 of 0, 0 of 25"]),
        (
            at_one_go,
            33,
            [
                "too early",
                "0 of 0, 33 of 94",
                "33 of 54, 33 of 54",
                "33 of 51, 33 of 51",
                "33 of 33, 33 of 39",
            ],
        ),
    ],
    ids=["sample", "steady", "last-days", "gone", "rush", "at-one-go"],
)
def test_what_was_foretold_before_the_deadline(
    campaign: Database,
    plan: Plan,
    course: Callable[[Plan, Sequence[AssignmentFacts]], Courses],
    late: int,
    figures: list[str],
) -> None:
    with campaign.reading() as session:
        facts = [each for each in gather(session, MORNING).assignments if each.effective == DUE]
    deeds, rules = course(plan, facts), DeadlineRules(plan.schedule)
    missed = {each.id for each in facts if deeds[each.id][0][0] > DUE}
    assert len(missed) == late
    assert [told(facts, deeds, rules, missed, days) for days in MOMENTS] == figures


def told(
    facts: Sequence[AssignmentFacts], deeds: Courses, rules: DeadlineRules, missed: set[int], days: int
) -> str:
    """Of the tables named at each level those that came late, or that it could not be told yet."""
    day = rules.calendar.add_workdays(DUE.date(), days)
    forecast = Forecast(rules, datetime.combine(day, time(17, 30) if days else time(13), SHANGHAI))
    seen = [known_at(each, deeds[each.id], forecast.now) for each in facts]
    known = paces(seen, forecast.window.since)
    risks = dict(forecast.risks(known))
    if undecided := forecast.undecided(known):
        assert not risks
        return "too early" if undecided[0].judged_from else f"only {undecided[0].share:.0%} done"
    named = {
        level: {
            each.id
            for each in seen
            if each.holder == "collector"
            and (risk := risks.get(group_of(each))) is not None
            and level in (risk.level, WATCH)
        }
        for level in (HARDLY, WATCH)
    }
    return ", ".join(f"{len(found & missed)} of {len(found)}" for found in named.values())
