"""What is held back from the leaders is told when the hold ends, once, and to nobody less."""

from __future__ import annotations

from datetime import datetime

import pytest

from deadlines.course import foresee
from deadlines.facts import HeldBack
from deadlines.owed import owed
from plans.plan import Rule
from tests.deadlines.campaign_2020 import ESCALATION, at, facts, schedule, source

PLAN = schedule(())
"""The ladder of escalations alone: leader at +1 (12 Nov 10:00), all leaders at +3 (16 Nov 10:00)."""


def course(*holds: tuple[str, str], to: str = "11-20 18:00", **known: object) -> list[tuple[str, str]]:
    """When which rule is told, one look at a time."""
    held = tuple(HeldBack(at(since), at(until)) for since, until in holds)
    found = foresee(PLAN, facts(source(holds=held, **known)), at("11-11 08:00"), at(to))
    return [(f"{each.at:%d %H:%M}", each.rule) for each in found if each.kind != "report"]


def to_leaders(*holds: tuple[str, str], **known: object) -> list[tuple[str, str]]:
    return [each for each in course(*holds, **known) if each[1].startswith("to-leader")]


def test_without_a_hold() -> None:
    assert course() == [
        ("11 13:30", "warn-head"),
        ("12 08:30", "to-office"),
        ("12 10:00", "to-leader"),
        ("16 10:00", "to-leaders"),
        ("18 10:00", "circular"),
    ]


@pytest.mark.parametrize(
    ("hold", "told"),
    [
        (("11-11 09:00", "11-13 23:59:59"), [("16 08:30", "to-leader"), ("16 10:00", "to-leaders")]),
        (("11-11 09:00", "11-12 10:00"), [("12 10:00", "to-leader"), ("16 10:00", "to-leaders")]),
        (("11-12 10:00:01", "11-13 12:00"), [("12 10:00", "to-leader"), ("16 10:00", "to-leaders")]),
        (("11-12 11:00", "11-16 14:00"), [("12 10:00", "to-leader"), ("16 14:00", "to-leaders")]),
        (("11-11 09:00", "11-16 23:59:59"), [("17 08:30", "to-leader"), ("17 08:30", "to-leaders")]),
    ],
)
def test_what_falls_into_it_is_told_when_it_ends(hold: tuple[str, str], told: list[tuple[str, str]]) -> None:
    assert to_leaders(hold) == told
    others = [each for each in course() if not each[1].startswith("to-leader")]
    assert [each for each in course(hold) if not each[1].startswith("to-leader")] == others


def test_one_after_the_other() -> None:
    holds = (("11-11 09:00", "11-13 12:00"), ("11-13 09:00", "11-17 12:00"))
    assert to_leaders(*holds) == [("17 12:00", "to-leader"), ("17 12:00", "to-leaders")]


def test_nothing_is_told_of_what_was_done_meanwhile() -> None:
    assert to_leaders(("11-11 09:00", "11-13 23:59:59"), stage="checked") == []


def test_a_clock_that_slept_through_the_end_tells_it_once() -> None:
    held = (HeldBack(at("11-11 09:00"), at("11-16 23:59:59")),)
    looks = [at(text) for text in ("11-12 10:30", "11-19 09:00", "11-19 09:01")]
    found: list[tuple[datetime, str]] = []
    since = at("11-11 08:00")
    for now in looks:
        found += [(now, each.rule) for each in owed(PLAN, facts(source(holds=held)), since, now)]
        since = now
    assert [each for each in found if each[1].startswith("to-leader")] == [
        (looks[1], "to-leader"),
        (looks[1], "to-leaders"),
    ]


def test_a_repeated_rung_is_told_once_when_it_ends() -> None:
    daily = Rule("daily", "escalation", "leader", days=1, every=1, at=ESCALATION[2].at)
    held = (HeldBack(at("11-11 09:00"), at("11-16 23:59:59")),)
    found = foresee(schedule((), (daily,)), facts(source(holds=held)), at("11-11 08:00"), at("11-18 18:00"))
    assert [f"{each.at:%d %H:%M}" for each in found] == ["17 10:00", "18 10:00"]


def test_a_forewarning_is_not_told_after_its_deadline() -> None:
    warn = Rule("warn-leader", "forewarning", "leader", hours=-4)
    for until, told in (("11-11 15:00", ["11 15:00"]), ("11-12 12:00", [])):
        held = (HeldBack(at("11-11 09:00"), at(until)),)
        found = foresee(
            schedule((), (warn,)), facts(source(holds=held)), at("11-11 08:00"), at("11-18 18:00")
        )
        assert [f"{each.at:%d %H:%M}" for each in found] == told
