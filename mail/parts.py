"""What letters list: things to do, and groups of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mail.wording import OFFICE


@dataclass(frozen=True)
class Item:
    """One thing to do: what, of which department, by when, where to do it, and what to know about it.

    ``id`` is the assignment's, None for a roster; ``holder`` the department in whose hands it is.
    """

    label: str
    department: str
    due: datetime
    link: str
    note: str = ""
    id: int | None = None
    holder: str = ""


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


def by_due(items: Sequence[Item]) -> tuple[Item, ...]:
    """The nearest first."""
    return tuple(sorted(items, key=lambda item: item.due))
