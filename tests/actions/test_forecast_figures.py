"""How well the forecast's rule foretold three made courses of the 2020 plan (docs/decisions/0023)."""

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
from models.database import Database
from models.facts import gather
from plans.plan import Plan
from tests.conftest import SHANGHAI

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


@pytest.mark.parametrize(
    ("course", "figures"),
    [
        (
            sample,
            {
                3: "departments 5 of 7, 7 late; tables 8 of 85, 10 late, 68 foretold",
                2: "departments 6 of 7, 7 late; tables 9 of 60, 10 late, 32 foretold",
                1: "departments 3 of 6, 7 late; tables 6 of 29, 10 late, 20 foretold",
            },
        ),
        (
            steady,
            {
                3: "departments 3 of 3, 3 late; tables 9 of 28, 9 late, 10 foretold",
                2: "departments 3 of 3, 3 late; tables 9 of 23, 9 late, 12 foretold",
                1: "departments 3 of 3, 3 late; tables 9 of 15, 9 late, 10 foretold",
            },
        ),
        (
            in_the_last_days,
            {
                3: "departments 2 of 5, 3 late; tables 36 of 69, 40 late, 67 foretold",
                2: "departments 2 of 5, 3 late; tables 36 of 67, 40 late, 65 foretold",
                1: "departments 3 of 4, 3 late; tables 40 of 52, 40 late, 52 foretold",
            },
        ),
    ],
    ids=["sample", "steady", "last-days"],
)
def test_what_was_foretold_in_the_evenings_before_the_deadline(
    campaign: Database,
    plan: Plan,
    course: Callable[[Plan, Sequence[AssignmentFacts]], Courses],
    figures: dict[int, str],
) -> None:
    with campaign.reading() as session:
        facts = [each for each in gather(session).assignments if each.effective == DUE]
    deeds, rules = course(plan, facts), DeadlineRules(plan.schedule)
    late = {each.id for each in facts if deeds[each.id][0][0] > DUE}
    found = {}
    for ahead in figures:
        day = rules.calendar.add_workdays(DUE.date(), -ahead)
        forecast = Forecast(rules, datetime.combine(day, time(17, 30), SHANGHAI))
        seen = [known_at(each, deeds[each.id], forecast.now) for each in facts]
        risks = dict(forecast.risks(paces(seen, forecast.window.since)))
        listed = {each.id for each in seen if each.holder == "collector" and group_of(each) in risks}
        missed = {group_of(each) for each in facts if each.id in late}
        found[ahead] = (
            f"departments {len(missed & {*risks})} of {len(risks)}, {len(missed)} late; tables "
            f"{len(listed & late)} of {len(listed)}, {len(late)} late, "
            f"{sum(risk.missing for risk in risks.values())} foretold"
        )
    assert found == figures
