"""How far each department that owes a table has come with it, and which of their rows are approved.

Kept between looks by table and department (`models.kept`): a check asks anew of what has changed only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from sqlmodel import Session, col, select

from models import Assignment, DataTable, Department, Version
from models.database import among
from models.kept import Question, each_by_department
from models.stages import APPROVED, REVIEWED

NIL, ATTEST = "nil", "attest"


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
        return print_of(*(f"{part.department}={part.rows or NIL}" for part in self))


@dataclass(frozen=True)
class Approved:
    """What departments have approved of one table, be it complete or not, and a print of all of it."""

    parts: tuple[Part, ...] = ()
    print: str = ""


NOTHING = Approved()


def print_of(*names: str) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one assignment of a table stands; ``name`` is the table's, ``kind``, ``rows`` its version's.

    ``stage``: one of those before the approval, or ``reviewed``, since to be checked then changes nothing for
    others; ``place``: of its department in the plan.
    """

    id: int
    code: str
    name: str
    source: bool
    place: tuple[int, int]
    department: str
    stage: str
    exempt: bool
    once_approved: bool
    kind: str
    rows: str | None

    @property
    def approved(self) -> bool:
        return self.stage == REVIEWED

    @property
    def reopened(self) -> bool:
        """Whether it was approved once and now is not: it will be again."""
        return not self.approved and not self.exempt and self.once_approved


class Owing(tuple[Standing, ...]):
    """One table as all departments that owe it stand, in the order of the plan; what follows is made once."""

    @classmethod
    def of(cls, found: Mapping[int, Standing]) -> Owing:
        """The table as its departments were found."""
        return cls(sorted(found.values(), key=lambda each: each.place))

    def were_approved(self, assignment_id: int) -> Owing:
        """The table as it would stand if this assignment were approved."""
        return Owing(replace(each, stage=REVIEWED) if each.id == assignment_id else each for each in self)

    @cached_property
    def whole(self) -> Whole | None:
        """All parts, where all departments' that owe it are approved, and their rows are here."""
        owed = [each for each in self if not each.exempt]
        if not owed or not all(each.approved and each.kind != ATTEST for each in owed):
            return None
        return Whole(Part(each.department, each.rows) for each in owed)

    @cached_property
    def approved(self) -> Approved:
        """All rows that are approved, be the table complete or not."""
        parts = Whole(
            Part(each.department, each.rows)
            for each in self
            if each.approved and not each.exempt and each.rows
        )
        return Approved(parts, parts.print)

    @cached_property
    def reopened(self) -> list[Standing]:
        """Those that were approved once and now are not."""
        return [each for each in self if each.reopened]

    @cached_property
    def by_assignment(self) -> dict[int, Standing]:
        return {each.id: each for each in self}


def owing_of(session: Session, codes: Iterable[str]) -> dict[str, Owing]:
    """These tables, but those that nobody owes."""
    question = Question("approved", partial(_standings, session))
    found = each_by_department(session, question, dict.fromkeys(codes))
    tables = {code: each.folded(Owing.of) for code, each in found.items()}
    return {code: table for code, table in tables.items() if table}


def _standings(
    session: Session, codes: Collection[str], departments: Collection[int] | None
) -> dict[str, dict[int, Standing]]:
    statement: Any = (
        select(DataTable.code, Assignment.id, DataTable.name, DataTable.step)
        .add_columns(col(Department.id), col(Department.position), col(Department.name))
        .add_columns(col(Assignment.stage), col(Assignment.exempt), col(Assignment.reviewed_at).is_not(None))
        .add_columns(col(Version.kind), col(Version.rows_blob))
        .select_from(Assignment)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(Department, col(Assignment.department_id) == Department.id)
        .outerjoin(Version, col(Assignment.version_id) == Version.id)
        .where(col(Assignment.closed).is_(False), col(DataTable.code).in_(sorted(codes)))
    )
    if departments is not None:
        statement = statement.where(among(col(Assignment.department_id), departments))
    found: dict[str, dict[int, Standing]] = {code: {} for code in codes}
    for code, key, name, step, department_id, position, department, stage, *rest in session.exec(statement):
        exempt, once_approved, kind, rows = rest
        found[code][department_id] = Standing(
            key,
            code,
            name,
            step == 1,
            (position, department_id),
            department,
            REVIEWED if stage in APPROVED else stage,
            exempt,
            once_approved,
            kind or "",
            rows,
        )
    return found
