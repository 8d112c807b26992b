"""When a chat group is told: by rules of the ladder, one a day, as long as there is anything to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from deadlines.facts import Facts
from deadlines.owed import owed
from plans.ladder import read_ladder
from plans.plan import Schedule
from plans.problems import Problems
from plans.yaml_section import open_section
from tests.conftest import MORNING, shipped_plan
from tests.deadlines.campaign_2020 import SHANGHAI

RULES = """
reminders:
  - {id: group-issue, kind: announcement, audience: chat, on: issue, at: "09:00"}
  - {id: group-before, kind: announcement, audience: chat, days: -1, at: "09:00"}
  - {id: group-late, kind: announcement, audience: chat, days: 1, every: 1, at: "09:00"}
"""


def schedule() -> Schedule:
    problems = Problems("schedule.yaml")
    rules = read_ladder(open_section(RULES, problems), "reminders")
    assert problems.found == []
    return replace(shipped_plan().schedule, reminders=rules, escalation=())


def facts(stage: str = "pending") -> Facts:
    from deadlines.course import untouched

    found = untouched(shipped_plan())
    rosters = tuple(replace(each, has_collector=True, has_reviewer=True) for each in found.rosters)
    moments = {"collected_at": MORNING, "reviewed_at": MORNING, "checked_at": MORNING}
    assignments = tuple(
        replace(each, stage=stage, **(moments if stage == "checked" else {})) for each in found.assignments
    )
    return replace(found, assignments=assignments, rosters=rosters)


def told(at: str, until: str, stage: str = "pending") -> list[tuple[str, str]]:
    since, now = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (at, until))
    found = owed(schedule(), facts(stage), since, now)
    assert {(each.kind, each.audience, each.subject, each.assignment_id) for each in found} <= {
        ("announcement", "chat", "campaign", None)
    }
    return [(each.rule, f"{each.at:%m-%d %H:%M}") for each in found]


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        ("2020-11-06", ["group-issue"]),
        ("2020-11-07", []),
        ("2020-11-10", ["group-before"]),
        ("2020-11-11", []),
        ("2020-11-12", ["group-late"]),
        ("2020-11-17", ["group-before"]),
        ("2020-11-19", ["group-late"]),
        ("2020-11-22", []),
    ],
)
def test_one_a_day_and_none_on_days_off(day: str, rules: list[str]) -> None:
    expected = [(rule, f"{day[5:]} 09:00") for rule in rules]
    assert told(f"{day}T08:59", f"{day}T09:01") == expected


def test_when_all_is_done_nothing_is_told() -> None:
    assert told("2020-11-17T08:59", "2020-11-17T09:01", "checked") == []
    assert told("2020-11-19T08:59", "2020-11-19T09:01", "checked") == []


def test_missed_ones_are_one() -> None:
    assert told("2020-11-11T12:00", "2020-11-16T15:00") == [("group-late", "11-16 09:00")]


@pytest.mark.parametrize(
    "rule",
    [
        '{id: a, kind: announcement, audience: office, days: 1, at: "09:00"}',
        '{id: a, kind: reminder, audience: chat, days: 1, at: "09:00"}',
    ],
)
def test_announcements_and_groups_belong_together(rule: str) -> None:
    problems = Problems("schedule.yaml")
    assert read_ladder(open_section(f"reminders:\n  - {rule}\n", problems), "reminders") == ()
    [problem] = problems.found
    assert (problem.line, "只能一起写" in problem.message) == (2, True)
    assert "audience: chat" in problem.example
