"""What a people file would change, shown before anything is: it is loaded, looked at, and taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from actions.people import Loaded, load_people
from actions.people_change import Changed
from actions.people_file import PersonRow
from actions.plan_in_force import plan_in_force
from actions.who import Who
from models import Assignment, DataTable, Grant, Person
from models.database import among
from models.digest import digest
from models.errors import Conflict, Sentence
from models.person import in_force
from models.rosters import ROSTER_ROLES, named_roles
from plans.lint_people import overloaded_reviewers

TABLES_TOLD = 10


@dataclass(frozen=True)
class Preview:
    """What would become of everybody, and what the office should look at before."""

    loaded: Loaded
    doubts: tuple[str, ...]

    @property
    def empty(self) -> bool:
        return not self.loaded.changes

    @property
    def idle(self) -> tuple[Changed, ...]:
        """Who would hold no role any more."""
        return tuple(each for each in self.loaded.changes if each.idle)

    @property
    def mark(self) -> str:
        """The same as long as loading the same rows would do the same."""
        return digest(repr(self))


def preview(session: Session, rows: Sequence[PersonRow], now: datetime, by: Who | None = None) -> Preview:
    """What loading these rows would do; nothing of it stays, though the session must be one that writes.

    Refused and Conflict as by loading.
    """
    with session.begin_nested() as trial:
        seen = _load(session, rows, now, by)
        trial.rollback()
    return seen


def load_as_seen(session: Session, rows: Sequence[PersonRow], mark: str, now: datetime, by: Who) -> Loaded:
    """Load what was previewed; Conflict (409) where it would now do something else than was shown."""
    seen = _load(session, rows, now, by)
    if seen.mark != mark:
        raise Conflict("人员在您预览之后又被改动过，没有导入。", "请重新上传人员表，查看新的变化后再导入。")
    return seen.loaded


def _load(session: Session, rows: Sequence[PersonRow], now: datetime, by: Who | None) -> Preview:
    before = _overloaded(session, now)
    loaded = load_people(session, rows, now, by=by)
    busy = [each for each in _overloaded(session, now) if each not in before]
    granted = [each.staff_no for each in loaded.changes if each.begun]
    return Preview(loaded, (*both_roles(session, granted, now), *busy))


def _overloaded(session: Session, now: datetime) -> list[str]:
    doubts = overloaded_reviewers(plan_in_force(session), named_roles(session, now) or {})
    return [each.message for each in doubts]


def both_roles(session: Session, staff_nos: Iterable[str], now: datetime) -> tuple[str, ...]:
    """For each of these people who collects and reviews the same tables, which: a doubt and no mistake, as
    nobody decides on what he submitted himself."""
    rights = _rights(session, staff_nos, now)
    collecting = {right.department_id for held in rights.values() for right in held["collector"]}
    at = _reviewed_tables(session, {id for id in collecting if id is not None})
    told = []
    for name, held in rights.items():
        reviewing = {(right.department_id, right.table_code) for right in held["reviewer"]}
        codes = {
            code
            for right in held["collector"]
            for code, reviewer in at[right.department_id]
            if {(reviewer, None), (reviewer, code)} & reviewing
        }
        if codes:
            told.append(_told(name, sorted(codes)))
    return tuple(told)


def _rights(session: Session, staff_nos: Iterable[str], now: datetime) -> dict[str, dict[str, list[Grant]]]:
    """Who of these collects and reviews, with the rights, by what he is called."""
    statement = (
        select(Person, Grant)
        .join(Grant, col(Grant.person_id) == Person.id)
        .where(col(Grant.role).in_(ROSTER_ROLES), in_force(now))
        .order_by(col(Person.staff_no), col(Grant.id))
    )
    found: dict[str, dict[str, list[Grant]]] = defaultdict(lambda: defaultdict(list))
    wanted = set(staff_nos)
    for person, grant in session.exec(statement):
        if person.staff_no in wanted:
            found[f"{person.name}（{person.staff_no}）"][grant.role].append(grant)
    return {name: held for name, held in found.items() if len(held) == len(ROSTER_ROLES)}


def _reviewed_tables(
    session: Session, departments: Iterable[int]
) -> dict[int | None, list[tuple[str, int | None]]]:
    """By collecting department its tables, each with the department that reviews it."""
    statement = (
        select(Assignment.department_id, DataTable.code, Assignment.reviewer_id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .where(among(col(Assignment.department_id), departments))
        .where(col(Assignment.closed).is_(False), col(Assignment.exempt).is_(False))
    )
    found: dict[int | None, list[tuple[str, int | None]]] = defaultdict(list)
    for department_id, code, reviewer_id in session.exec(statement):
        found[department_id].append((code, reviewer_id))
    return found


def _told(name: str, codes: list[str]) -> str:
    return Sentence(
        "%(name)s 会既采集又审核同一张表（%(number)s 张：%(tables)s）；他提交的，须由另一名审核员审核",
        name=name,
        number=len(codes),
        tables="、".join(codes[:TABLES_TOLD]) + (" …" if len(codes) > TABLES_TOLD else ""),
    )
