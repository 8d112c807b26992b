"""What is foretold of the campaign, as values: by department and deadline, by table, and what is at risk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deadlines.forecast import Outlook, Span
from deadlines.pace import Group
from deadlines.risk import Risk, Undecided


@dataclass(frozen=True)
class TableEnd:
    """When a table will be through for all who owe it; ``open`` of them are not yet reviewed."""

    table: str
    name: str
    open: int
    done: Span


@dataclass(frozen=True)
class AtRisk:
    """An assignment that is not finished, of a department that is likely to miss the deadline.

    ``since``: when it was submitted and waits for review, or was sent back; None for one not yet submitted.
    """

    id: int
    table: str
    name: str
    department: str
    deadline: datetime
    stage: str
    since: datetime | None
    risk: Risk


def missing(at_risk: Iterable[AtRisk]) -> int:
    """How many of these are likely to be late: what is foretold of each department and deadline, once."""
    return sum({(each.department, each.deadline): each.risk.missing for each in at_risk}.values())


@dataclass(frozen=True)
class Prospect:
    """``groups``: every department and deadline with anything open; ``whole``: the campaign as one;
    ``undecided``: deadlines of which it is too early to name anybody."""

    whole: Outlook
    groups: tuple[tuple[Group, Outlook], ...]
    tables: tuple[TableEnd, ...]
    at_risk: tuple[AtRisk, ...]
    undecided: tuple[Undecided, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The forecast as the JSON document that programs read."""
        return {
            "departments": [_group(group, outlook) for group, outlook in self.groups],
            "tables": [{"table": each.table, "open": each.open, **_span(each.done)} for each in self.tables],
            "at_risk": [_at_risk(each) for each in self.at_risk],
            "undecided": [_undecided(each) for each in self.undecided],
        }


def _group(group: Group, outlook: Outlook) -> dict[str, Any]:
    return {
        "department": group.department,
        "deadline": group.deadline.isoformat(),
        "uncollected": outlook.pace.uncollected,
        "in_review": outlook.pace.in_review,
        "per_day": round(outlook.per_day, 2),
        **_span(outlook.done),
        "missing": outlook.risk.missing if outlook.risk else 0,
    }


def _at_risk(each: AtRisk) -> dict[str, Any]:
    return {
        "table": each.table,
        "department": each.department,
        "level": each.risk.level,
        "cause": each.risk.cause,
        "since": each.since.isoformat() if each.since else None,
    }


def _undecided(each: Undecided) -> dict[str, Any]:
    return {
        "deadline": each.deadline.isoformat(),
        "done": round(each.share, 3),
        "judged_from": each.judged_from.isoformat() if each.judged_from else None,
    }


def _span(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {"first": None, "last": None, "thin": False}
    first, last = (day.isoformat() if day else None for day in (span.first, span.last))
    return {"first": first, "last": last, "thin": span.thin}
