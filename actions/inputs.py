"""What a check of a version is computed from, and the hash that says when it is stale."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlmodel import Session, col, select

from actions.plan_in_force import plan_in_force
from checks.definition import load_definition
from checks.release import Released
from checks.system import inputs_hash, referred, used_tables
from models import Assignment, DataTable, Department, Version
from models.prior import priors
from models.release import releases_in_force
from models.stages import APPROVED, REVIEWED
from models.worklist import Line
from plans.plan import Schedule

FAILED_VERDICT = "failed"
NIL, ATTEST = "nil", "attest"
PRIOR, RELEASED, OTHERS = "prior", "released", "others"
"""The names, beside table codes, under which a check run keeps the prints of its inputs."""


@dataclass(frozen=True)
class Part:
    """One department's approved part of a table; ``rows`` names them, None where it has nothing to report."""

    department: str
    rows: str | None


class Whole(tuple[Part, ...]):
    """All parts of one table."""

    @cached_property
    def print(self) -> str:
        """A short print of whose parts these are, made once however many checks use the table."""
        return _print(*(f"{part.department}={part.rows or NIL}" for part in self))


Parts = Mapping[str, Whole]


@dataclass(frozen=True)
class Approved:
    """What departments have approved of one table, be it complete or not, and a print of all of it."""

    parts: tuple[Part, ...] = ()
    print: str = ""


@dataclass(frozen=True)
class Inputs:
    """What a check of an assignment's rows asks besides the rows: blob names only, no session needed.

    ``sources``: the complete source tables it refers to; ``tables``: the complete tables that its cross-table
    rules use, own rows included (none for a version that is not approved); ``prior``: last year's rows;
    ``released``: what the office lets pass; ``beside``: what departments have approved of the same table,
    own rows included, where its keys are compared.
    """

    schedule: Schedule
    sources: Parts = field(default_factory=dict)
    prior: str | None = None
    released: tuple[Released, ...] = ()
    tables: Parts = field(default_factory=dict)
    beside: Approved = Approved()
    department: str = ""

    @property
    def others(self) -> tuple[Part, ...]:
        """What other departments have approved of the same table."""
        return tuple(part for part in self.beside.parts if part.department != self.department)

    def hash_of(self, code: str, rows: str) -> str:
        """The hash over these inputs and the rows of this name (or the kind of a version without any)."""
        return inputs_hash(
            code,
            rows,
            {table: parts.print for table, parts in {**self.sources, **self.tables}.items()},
            self.schedule,
            prior=self.prior or "",
            released=self.released,
            others=self.beside.print,
        )

    def prints(self) -> dict[str, str]:
        """A short print of each input: of a table by its code, of what else there is by its name."""
        found = {table: parts.print for table, parts in sorted({**self.sources, **self.tables}.items())}
        return found | {
            PRIOR: _print(self.prior or ""),
            RELEASED: _print(*map(repr, self.released)),
            OTHERS: self.beside.print,
        }


def _print(*names: str) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Standing:
    """Where one assignment of a table stands; ``name`` is the table's, ``kind``, ``rows`` its version's."""

    id: int
    code: str
    name: str
    source: bool
    department: str
    stage: str
    exempt: bool
    reviewed_at: datetime | None
    kind: str
    rows: str | None

    @property
    def approved(self) -> bool:
        return self.stage in APPROVED

    @property
    def reopened(self) -> bool:
        """Whether it was approved once and now is not: it will be again."""
        return not self.approved and not self.exempt and self.reviewed_at is not None


class Knowledge:
    """All that checks may be computed from now, read once for any number of assignments.

    ``codes`` narrows the tables that are looked at, ``only`` the assignments that are asked about;
    ``approving`` is an assignment that counts as approved.
    """

    def __init__(
        self,
        session: Session,
        codes: Iterable[str] | None = None,
        only: int | None = None,
        approving: int | None = None,
    ) -> None:
        self.schedule = plan_in_force(session).schedule
        self._priors = priors(session, only)
        self._releases = releases_in_force(session)
        self.tables: dict[str, list[Standing]] = {}
        for standing in _standings(session, codes) if codes is None or codes else ():
            known = replace(standing, stage=REVIEWED) if standing.id == approving else standing
            self.tables.setdefault(known.code, []).append(known)
        self._complete = {code: parts for code in self.tables if (parts := self._parts(code)) is not None}
        self._approved: dict[str, Approved] = {}
        self._reopened: dict[str, list[Standing]] = {}
        self._standing = {each.id: each for every in self.tables.values() for each in every}

    def of_upload(self, assignment_id: int, code: str) -> Inputs:
        """What a version that is not yet approved is checked against."""
        wanted = referred(load_definition(code))
        sources = {
            table: parts for table, parts in self._complete.items() if table in wanted and self._source(table)
        }
        return Inputs(
            self.schedule,
            sources,
            self._priors.get(assignment_id),
            tuple(
                Released(
                    each.rule, each.reason, each.table_code, each.sheet, each.column, each.key, each.cell
                )
                for each in self._releases
                if each.fits(assignment_id, code)
            ),
        )

    def of_check(self, assignment_id: int, code: str) -> Inputs:
        """What the system check of an approved version is computed from."""
        known, used = self.of_upload(assignment_id, code), used_tables(code)
        own = self._standing.get(assignment_id)
        compared = own is not None and own.rows and load_definition(code).key
        return replace(
            known,
            tables={table: parts for table, parts in self._complete.items() if table in used},
            beside=self.approved(code) if compared else Approved(),
            department=own.department if own else "",
        )

    def approved(self, code: str) -> Approved:
        """All rows of a table that are approved, be it complete or not."""
        if code not in self._approved:
            parts = Whole(
                Part(each.department, each.rows)
                for each in self.tables.get(code, ())
                if each.approved and not each.exempt and each.rows
            )
            self._approved[code] = Approved(parts, parts.print)
        return self._approved[code]

    def reopened(self, code: str) -> list[Standing]:
        """Those of a table that were approved once and now are not."""
        if code not in self._reopened:
            self._reopened[code] = [each for each in self.tables[code] if each.reopened]
        return self._reopened[code]

    def _source(self, code: str) -> bool:
        return self.tables[code][0].source

    def _parts(self, code: str) -> Whole | None:
        """The table's parts where all departments' that owe it are approved, and their rows are here."""
        owed = [each for each in self.tables[code] if not each.exempt]
        if not owed or not all(each.approved and each.kind != ATTEST for each in owed):
            return None
        return Whole(Part(each.department, each.rows) for each in owed)


def inputs_of(session: Session, seen: Line) -> Inputs:
    """What a version of this assignment that is not yet approved would be checked against now."""
    code = seen.table.code
    return Knowledge(session, referred(load_definition(code)), seen.id).of_upload(seen.id, code)


def check_inputs(session: Session, seen: Line) -> Inputs:
    """What the system check of this assignment would be computed from now."""
    code, rows = seen.table.code, seen.version.rows_blob if seen.version else None
    return Knowledge(session, _telling(session, seen.id, code, rows), seen.id).of_check(seen.id, code)


def current_inputs(session: Session, code: str, version: Version) -> str:
    """The hash over what a system check of this version would be computed from, were it approved now."""
    key = version.assignment_id
    tables = _telling(session, key, code, version.rows_blob)
    known = Knowledge(session, tables, key, approving=key).of_check(key, code)
    return known.hash_of(code, version.rows_blob or version.kind)


def _telling(session: Session, key: int, code: str, rows: str | None) -> set[str]:
    """The tables that this check can be computed from: those it uses that lack no other department's part,
    and its own where keys are compared.  The others tell it nothing, however many departments owe them."""
    used = used_tables(code)
    compared = {code} if rows and load_definition(code).key else set()
    if not used:
        return compared
    missing = select(Assignment.id).where(
        Assignment.table_id == DataTable.id,
        Assignment.id != key,
        col(Assignment.closed).is_(False),
        col(Assignment.exempt).is_(False),
        col(Assignment.stage).not_in(APPROVED),
    )
    whole = select(DataTable.code).where(col(DataTable.code).in_(used), ~missing.exists())
    return {*session.exec(whole), *compared}


def _standings(session: Session, codes: Iterable[str] | None) -> Iterable[Standing]:
    """In the order of the plan: by table, then by department."""
    statement: Any = (
        select(Assignment.id, DataTable.code, DataTable.name, DataTable.step)
        .add_columns(
            col(Department.name), col(Assignment.stage), col(Assignment.exempt), col(Assignment.reviewed_at)
        )
        .add_columns(col(Version.kind), col(Version.rows_blob))
        .select_from(Assignment)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(Department, col(Assignment.department_id) == Department.id)
        .outerjoin(Version, col(Assignment.version_id) == Version.id)
        .where(col(Assignment.closed).is_(False))
        .order_by(col(DataTable.no), col(Department.position), col(Department.id))
    )
    if codes is not None:
        statement = statement.where(col(DataTable.code).in_(sorted(codes)))
    for key, code, name, step, department, stage, exempt, reviewed_at, kind, rows in session.exec(statement):
        yield Standing(key, code, name, step == 1, department, stage, exempt, reviewed_at, kind or "", rows)
