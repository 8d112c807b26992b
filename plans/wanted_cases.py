"""How many typical cases are asked of whom: lines such as `各系部：教学改革、技能大赛 1`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from plans.notation import tidy
from plans.plan import Schedule, WantedCases
from plans.sentence import Sentence
from plans.units import near_names
from plans.yaml_section import MOMENT, Form, Section

ANY = "主题不限"
"""Stands for a theme where the department may choose it."""
LINE = re.compile(r"([^：:]+)[：:](.+?)\s*(\d{1,2})\s*篇?")
BETWEEN = re.compile(r"\s*[、，,]\s*")


def _line(raw: str) -> WantedCases:
    found = LINE.fullmatch(raw)
    if found is None:
        raise ValueError(raw)
    units, themes = (tuple(tidy(each) for each in BETWEEN.split(part.strip())) for part in found.groups()[:2])
    if not all((*units, *themes)):
        raise ValueError(raw)
    return WantedCases(units, themes, int(found[3]))


WANTED = Form(_line, Sentence("“部门：主题 篇数”"), '"各系部：教学改革、技能大赛 1"')


def read_cases(
    section: Section, zone: ZoneInfo, themes: tuple[str, ...], units: Iterable[str]
) -> dict[str, Any]:
    """What stands under `cases`: by when, and how many of whom."""
    due: datetime | None = section.optional("due", MOMENT)
    wanted = section.values("wanted", WANTED)
    known = tuple(units)
    for each in wanted:
        _note_unknown(section, "unknown-unit", Sentence("部门"), each.units, known)
        _note_unknown(section, "bad-value", Sentence("主题"), each.themes, (*themes, ANY))
    section.finish()
    return {"cases_due": due.replace(tzinfo=zone) if due else None, "wanted_cases": wanted}


def _note_unknown(
    section: Section, problem: str, what: str, used: tuple[str, ...], known: tuple[str, ...]
) -> None:
    for name in used:
        if name not in known:
            near = near_names(name, known)
            message = Sentence("不认识的%(what)s %(name)s%(near)s", what=what, name=name, near=near)
            section.note(problem, section.line_of("wanted"), "wanted", message, WANTED.example)


def cases_owed(schedule: Schedule) -> dict[str, dict[str, int]]:
    """By department, how many cases on which theme (`ANY`: on one that it chooses); a later line overrules
    an earlier one, and nobody stands in it who owes none."""
    owed: dict[str, dict[str, int]] = {}
    for each in schedule.wanted_cases:
        for department in (name for unit in each.units for name in schedule.units(unit)):
            owed.setdefault(department, {}).update(dict.fromkeys(each.themes, each.count))
    found = {name: {theme: n for theme, n in counts.items() if n} for name, counts in owed.items()}
    return {name: counts for name, counts in found.items() if counts}


def cases_missing(owed: dict[str, int], there: dict[str, int]) -> dict[str, int]:
    """Of what a department owes, what is not there yet; what is there beyond a theme's number counts for the
    free choice."""
    missing = {theme: n - there.get(theme, 0) for theme, n in owed.items() if theme != ANY}
    beyond = sum(max(n - owed.get(theme, 0), 0) for theme, n in there.items())
    missing[ANY] = owed.get(ANY, 0) - beyond
    return {theme: n for theme, n in missing.items() if n > 0}
