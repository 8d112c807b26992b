"""What was handed in of each assignment, as columns: a summary of all of them reads nothing else."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from models.assignment import Assignment
from models.campaign import DataTable
from models.version import Version
from models.worklist import COLLECTING


class HandedIn(NamedTuple):
    """One assignment, also one that has left the plan, and its current version where it has one (``kind``,
    ``rows`` and ``sha256`` are that version's)."""

    id: int
    code: str
    name: str
    printed: str
    department: str
    stage: str
    exempt: bool
    exempt_reason: str
    closed: bool
    version: int | None
    kind: str | None
    rows: int | None
    sha256: str | None

    @property
    def owed(self) -> bool:
        return not (self.exempt or self.closed)


def handed_in(session: Session, department_id: int | None = None) -> list[HandedIn]:
    """All in the order of the plan; of one department where it is named."""
    statement: Any = (
        select(Assignment.id, DataTable.code, DataTable.name, DataTable.printed)
        .add_columns(col(COLLECTING.name), col(Assignment.stage), col(Assignment.exempt))
        .add_columns(col(Assignment.exempt_reason), col(Assignment.closed), col(Version.number))
        .add_columns(col(Version.kind), col(Version.row_count), col(Version.rows_blob))
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(COLLECTING, col(Assignment.department_id) == COLLECTING.id)
        .outerjoin(Version, col(Assignment.version_id) == Version.id)
        .order_by(col(DataTable.no), col(COLLECTING.position))
    )
    if department_id is not None:
        statement = statement.where(col(Assignment.department_id) == department_id)
    return [HandedIn(*row) for row in session.exec(statement)]
