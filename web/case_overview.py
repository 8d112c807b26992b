"""Typical cases by department and theme: what is there, what waits, what is still owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from actions.cases import departments_of
from actions.plan_in_force import plan_in_force
from actions.who import Who, sight
from models.typical_case import HANDED, RETURNED, TAKEN, THERE, Case, cases, tally
from plans.plan import Schedule
from plans.wanted_cases import ANY, cases_missing, cases_owed


@dataclass(frozen=True)
class Cell:
    """How many cases of a department on a theme are taken in, wait, are sent back, and are missing."""

    taken: int
    handed: int
    returned: int
    missing: int


@dataclass(frozen=True)
class Row:
    """One department; ``missing`` by theme, the free choice under `ANY`."""

    department: str
    cells: tuple[Cell, ...]
    missing: dict[str, int]

    @property
    def any(self) -> int:
        return self.missing.get(ANY, 0)


@dataclass(frozen=True)
class Overview:
    """All departments that are seen; ``due``: by when, where that is said."""

    themes: tuple[str, ...]
    rows: tuple[Row, ...]
    due: datetime | None
    wanted: bool

    @property
    def returned(self) -> int:
        return sum(cell.returned for row in self.rows for cell in row.cells)

    @property
    def missing(self) -> int:
        return sum(sum(row.missing.values()) for row in self.rows)


def seen_cases(session: Session, who: Who) -> tuple[list[Case], Overview]:
    """The cases that this person sees, and what of his departments' is owed."""
    found = cases(session, sight(who))
    names = [each.name for each in departments_of(session, who)]
    return found, overview(plan_in_force(session).schedule, names, found)


def overview(schedule: Schedule, departments: Iterable[str], found: Sequence[Case]) -> Overview:
    """The overview of these departments; a theme that has left the plan stays while there are cases on it."""
    owed, there = cases_owed(schedule), tally(found, THERE)
    themes = tuple(dict.fromkeys((*schedule.case_themes, *(each.case.theme for each in found))))
    taken, handed, returned = (tally(found, (state,)) for state in (TAKEN, HANDED, RETURNED))

    def row(name: str) -> Row:
        missing = cases_missing(owed.get(name, {}), there.get(name, Counter()))
        cells = tuple(
            Cell(taken[name][each], handed[name][each], returned[name][each], missing.get(each, 0))
            for each in themes
        )
        return Row(name, cells, missing)

    names = list(departments)
    wanted = any(name in owed for name in names)
    return Overview(themes, tuple(map(row, names)), schedule.cases_due, wanted)
