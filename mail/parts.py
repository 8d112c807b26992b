"""What letters list: things to do, and groups of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from deadlines.facts import OWNER, ROSTER
from mail.wording import OFFICE
from models import Notice

ADD = "add"
"""The group of what has to be added to source tables."""


@dataclass(frozen=True)
class Item:
    """One thing to do: what, of which department, by when, where to do it, and what to know about it.

    ``id`` is the assignment's, None for a roster; ``holder`` the department in whose hands it is; ``adding``:
    what it has to do is to add to a source table (P2), and ``id`` is of the assignment that waits for that.
    """

    label: str
    department: str
    due: datetime
    link: str
    note: str = ""
    id: int | None = None
    holder: str = ""
    adding: bool = False


@dataclass(frozen=True)
class Group:
    """Items of one kind; ``key`` names the kind for the template's colour."""

    key: str
    title: str
    items: tuple[Item, ...]

    @property
    def departments(self) -> list[tuple[str, int, list[tuple[str, list[str]]]]]:
        """The same by the department that holds them: its number, and its labels by what is said of them; the
        department with most of them first."""
        found: dict[str, dict[str, list[str]]] = {}
        for item in self.items:
            found.setdefault(item.holder or OFFICE, {}).setdefault(item.note, []).append(_label(item))
        return [(name, sum(map(len, notes.values())), list(notes.items())) for name, notes in found.items()]


def _label(item: Item) -> str:
    """What it is called under its holder: with the collecting department where that is another."""
    return item.label if item.holder == item.department else f"{item.label}（{item.department}采集）"


def told(notices: Sequence[Notice], items: Iterable[Item]) -> tuple[int, ...]:
    """Which of the notices a letter with these items speaks of."""
    items = list(items)
    assignments = {(item.id, item.holder if item.adding else "") for item in items}
    rosters = {item.department for item in items if item.id is None}
    return tuple(
        notice.id or 0
        for notice in notices
        if (notice.assignment_id, (notice.department or "") if notice.holder == OWNER else "") in assignments
        or (notice.holder == ROSTER and notice.subject.removeprefix(f"{ROSTER}@") in rosters)
    )


def by_due(items: Sequence[Item]) -> tuple[Item, ...]:
    """The nearest first."""
    return tuple(sorted(items, key=lambda item: item.due))
