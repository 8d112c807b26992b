"""What would change between two plans: tables, settings, and the assignments that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from plans.plan import Obligation, Plan, PlanTable, Schedule

TABLE_FIELDS = tuple(column.name for column in fields(PlanTable) if column.name != "code")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Change:
    """One field of one table, before and after, as JSON can hold them."""

    code: str
    field: str
    old: Any
    new: Any

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "field": self.field, "from": self.old, "to": self.new}


@dataclass(frozen=True)
class PlanDiff:
    """The difference: codes, changed fields, and after fan-out pairs of code and department.

    ``deadlines_moved`` names the assignments in both plans whose deadline differs, ``evidence_changed`` those
    whose way of handing in does, ``departments`` whoever is touched by any of it, ``settings`` the fields of
    the schedule that differ.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()
    assignments_added: tuple[Pair, ...] = ()
    assignments_closed: tuple[Pair, ...] = ()
    deadlines_moved: tuple[Pair, ...] = ()
    evidence_changed: tuple[Pair, ...] = ()
    settings: tuple[str, ...] = ()
    departments: frozenset[str] = field(default_factory=frozenset)

    @property
    def alike(self) -> list[list[Change]]:
        """The changes, those that say the same of several tables together."""
        groups: dict[str, list[Change]] = {}
        for change in self.changed:
            groups.setdefault(f"{change.field}\0{change.old}\0{change.new}", []).append(change)
        return list(groups.values())

    @property
    def empty(self) -> bool:
        """Whether both plans say the same."""
        return self == PlanDiff()

    def as_dict(self, people_notified: int = 0, evidence_handed_in: int = 0) -> dict[str, Any]:
        """The document of `plan diff --json`; the database knows how many people hear of it, and of
        those that change their way of handing in how many have been handed in."""
        return {
            "added": list(self.added),
            "removed": list(self.removed),
            "changed": [change.as_dict() for change in self.changed],
            "settings": list(self.settings),
            "evidence": {"assignments": len(self.evidence_changed), "handed_in": evidence_handed_in},
            "impact": {
                "assignments_added": len(self.assignments_added),
                "assignments_closed": len(self.assignments_closed),
                "deadlines_moved": len(self.deadlines_moved),
                "people_notified": people_notified,
            },
        }


def diff(old: Plan | None, new: Plan) -> PlanDiff:
    """What changes from ``old`` to ``new``; without an old plan everything is added."""
    said = outline(old, new)
    owed_before, owed_after = _owed(old), _owed(new)
    both = [pair for pair in owed_after if pair in owed_before]
    moved = [pair for pair in both if _due(old, pair) != _due(new, pair)]
    otherwise = {change.code for change in said.changed if change.field == "evidence"}
    return replace(
        said,
        assignments_added=tuple(pair for pair in owed_after if pair not in owed_before),
        assignments_closed=tuple(pair for pair in owed_before if pair not in owed_after),
        deadlines_moved=tuple(moved),
        evidence_changed=tuple(pair for pair in both if pair[0] in otherwise),
        departments=_touched(owed_before, owed_after, {*moved}, {change.code for change in said.changed}),
    )


def outline(old: Plan | None, new: Plan) -> PlanDiff:
    """The same without what follows for the assignments: tables and settings."""
    before, after = _tables(old), _tables(new)
    return PlanDiff(
        added=tuple(code for code in after if code not in before),
        removed=tuple(code for code in before if code not in after),
        changed=tuple(c for code in after if code in before for c in _changes(before[code], after[code])),
        settings=_settings(old.schedule, new.schedule) if old else (),
    )


def _tables(plan: Plan | None) -> dict[str, PlanTable]:
    """By code, each with the way of handing in that holds for it."""
    if plan is None:
        return {}
    return {
        each.code: replace(each, evidence=each.evidence or plan.schedule.evidence) for each in plan.tables
    }


def _owed(plan: Plan | None) -> dict[Pair, Obligation]:
    return {(each.code, each.department): each for each in plan.obligations()} if plan else {}


def _due(plan: Plan | None, pair: Pair) -> datetime | None:
    return plan.schedule.due_at(plan.table(pair[0]).due) if plan else None


def _changes(old: PlanTable, new: PlanTable) -> list[Change]:
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in TABLE_FIELDS)
    return [Change(new.code, name, _plain(was), _plain(now)) for name, was, now in pairs if was != now]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _settings(old: Schedule, new: Schedule) -> tuple[str, ...]:
    return tuple(each.name for each in fields(Schedule) if getattr(old, each.name) != getattr(new, each.name))


def _touched(
    before: dict[Pair, Obligation], after: dict[Pair, Obligation], moved: set[Pair], changed: set[str]
) -> frozenset[str]:
    """The collecting and reviewing departments of every assignment that comes, goes or changes."""
    pairs = {
        pair
        for pair in {**before, **after}
        if pair in moved or pair[0] in changed or before.get(pair) != after.get(pair)
    }
    both = [side[pair] for side in (before, after) for pair in pairs if pair in side]
    names = {each.department for each in both} | {each.reviewer for each in both}
    return frozenset(name for name in names if name)
