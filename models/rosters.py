"""Whom the departments have named as collectors and reviewers (S1), now and at any moment of the past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from deadlines.facts import RosterFacts
from models.campaign import Department
from models.person import STAND_IN, Grant, Person, in_force
from models.worklist import current_campaign
from plans.lint_people import DepartmentRoles

ROSTER_ROLES = ("collector", "reviewer")


class Span(NamedTuple):
    """From when to when somebody held a role; without a beginning he always did, without an end he still
    does."""

    since: datetime | None
    until: datetime | None

    def holds_at(self, moment: datetime) -> bool:
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)

    def reaches(self, moment: datetime) -> bool:
        """Whether it began before this moment and went on up to it."""
        began = self.since is None or self.since < moment
        return began and (self.until is None or moment <= self.until)


class Rosters:
    """Every department's roster, read once, at any number of moments."""

    def __init__(self, session: Session, campaign_id: int, closed: bool = False) -> None:
        every = select(col(Department.id), col(Department.name)).where(Department.campaign_id == campaign_id)
        wanted = every if closed else every.where(col(Department.closed).is_(False))
        self._departments = session.exec(wanted.order_by(col(Department.position))).all()
        named = (col(Grant.role).in_(ROSTER_ROLES), col(Grant.until).is_distinct_from(STAND_IN))
        columns = select(col(Grant.department_id), col(Grant.role), col(Grant.since), col(Grant.until))
        self._spans: dict[tuple[int | None, str], list[Span]] = {}
        for department_id, role, since, until in session.exec(columns.where(*named)):
            self._spans.setdefault((department_id, role), []).append(Span(since, until))

    def at(self, moment: datetime) -> tuple[RosterFacts, ...]:
        """Per department whether collector and reviewer were named then, and since when both were without a
        break: a hand-over is none."""
        return tuple(self._roster(key, name, moment) for key, name in self._departments)

    def ever(self) -> tuple[RosterFacts, ...]:
        """Per department whether they were ever named."""
        return tuple(
            RosterFacts(name, (key, "collector") in self._spans, (key, "reviewer") in self._spans)
            for key, name in self._departments
        )

    def _roster(self, key: int | None, name: str, moment: datetime) -> RosterFacts:
        collecting, reviewing = (self._spans.get((key, role), ()) for role in ROSTER_ROLES)
        if not (collecting or reviewing):
            return RosterFacts(name)
        collector, reviewer = _Standing.at(moment, collecting), _Standing.at(moment, reviewing)
        both = collector.held and reviewer.held
        begins = [each.since for each in (collector, reviewer) if each.since is not None]
        return RosterFacts(name, collector.held, reviewer.held, max(begins) if both and begins else None)


def unnamed(session: Session, now: datetime) -> list[RosterFacts]:
    """The departments of the loaded plan that have not named both at ``now``."""
    found = rosters(session, current_campaign(session).id or 0, now)
    return [roster for roster in found if not roster.complete]


class _Standing(NamedTuple):
    """Whether anybody holds a role at a moment, and since when somebody or other has; None: always."""

    held: bool
    since: datetime | None

    @classmethod
    def at(cls, moment: datetime, spans: Sequence[Span]) -> _Standing:
        holding = [span for span in spans if span.holds_at(moment)]
        since = _earliest(holding)
        while since is not None and (before := [span for span in spans if span.reaches(since)]):
            since = _earliest(before)
        return cls(bool(holding), since)


def _earliest(spans: Sequence[Span]) -> datetime | None:
    begins = [span.since for span in spans if span.since is not None]
    return min(begins) if begins and len(begins) == len(spans) else None


def rosters(
    session: Session, campaign_id: int, now: datetime, closed: bool = False
) -> tuple[RosterFacts, ...]:
    """Per department of the plan: whether its collector and reviewer are named at ``now``, and since when."""
    return Rosters(session, campaign_id, closed).at(now)


def named_roles(session: Session, now: datetime) -> dict[str, DepartmentRoles] | None:
    """The active people with rights in force at ``now``, by department; None while nobody is named."""
    statement = (
        select(Department.name, Grant.role, Person.staff_no)
        .select_from(Grant)
        .join(Department, col(Grant.department_id) == Department.id)
        .join(Person, col(Grant.person_id) == Person.id)
        .where(col(Person.active), col(Department.closed).is_(False), in_force(now))
        .where(col(Grant.role).in_(ROSTER_ROLES))
        .order_by(col(Department.position), col(Person.staff_no))
    )
    named: dict[str, dict[str, dict[str, None]]] = {}
    for department, role, staff_no in session.exec(statement):
        named.setdefault(department, {}).setdefault(role, {})[staff_no] = None
    return {
        department: DepartmentRoles(tuple(roles.get("collector", ())), tuple(roles.get("reviewer", ())))
        for department, roles in named.items()
    } or None
