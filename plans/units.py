"""Whether the departments a decomposition names are there, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from plans.plan import PlanTable, Schedule
from plans.problems import PlanProblem
from plans.sentence import Sentence


def near_names(name: str, known: Iterable[str]) -> str:
    """A clause that suggests the nearest known names; empty where none is near."""
    near = get_close_matches(name, tuple(known), n=3, cutoff=0.5)
    return Sentence("（是不是 %(near)s？）", near="、".join(near)) if near else ""


def unknown_units(
    schedule: Schedule, tables: Iterable[PlanTable], file: str, lines: dict[int, int]
) -> list[PlanProblem]:
    """Each department or group that a row names and the schedule doesn't know; ``lines`` maps no. to line."""
    departments = tuple(department.name for department in schedule.departments)
    return [
        _unknown(name, column, table, lines.get(table.no), file, known)
        for table in tables
        for column, names, known in (
            ("collect", table.collect, (*departments, *schedule.groups)),
            ("review", (table.review,) if table.review else (), departments),
        )
        for name in names
        if name not in known
    ]


def _unknown(
    name: str, column: str, table: PlanTable, line: int | None, file: str, known: tuple[str, ...]
) -> PlanProblem:
    kind = (
        Sentence("部门，也不是部门组") if column == "collect" else Sentence("部门（审核只能由一个部门负责）")
    )
    message = Sentence(
        "%(code)s %(name)s 的 %(column)s 写了“%(unit)s”，schedule.yaml 里没有这个%(kind)s%(near)s",
        code=table.code,
        name=table.name,
        column=column,
        unit=name,
        kind=kind,
        near=near_names(name, known),
    )
    return PlanProblem("unknown-unit", file, line, f"{file}: {table.no}", message, "、".join(known[:3]))
