"""What a system check of a version is computed from, and the hash that says when it is stale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from actions.plan_in_force import plan_in_force
from checks.system import inputs_hash
from models import Assignment, DataTable, Prior, Version
from models.stages import APPROVED
from models.worklist import Line
from plans.plan import Schedule

PASSED = "passed"
FAILED_VERDICT = "failed"


@dataclass(frozen=True)
class Inputs:
    """What a check of an assignment's rows asks besides the rows: blob names only, no session needed.

    ``sources``: the approved source tables by code; ``prior``: last year's rows of the assignment.
    """

    schedule: Schedule
    sources: Mapping[str, str] = field(default_factory=dict)
    prior: str | None = None


def inputs_of(session: Session, seen: Line) -> Inputs:
    """What a check of this assignment would be computed from now."""
    prior = session.exec(select(Prior.rows_blob).where(Prior.assignment_id == seen.id)).first()
    return Inputs(plan_in_force(session).schedule, source_rows(session, seen.table.code), prior)


def source_rows(session: Session, code: str) -> dict[str, str]:
    """The approved versions' typed rows of the source tables other than ``code``, by code."""
    statement = (
        select(DataTable.code, Version.rows_blob)
        .join(Assignment, col(Assignment.table_id) == DataTable.id)
        .join(Version, col(Assignment.version_id) == Version.id)
        .where(
            DataTable.step == 1,
            DataTable.code != code,
            col(Assignment.stage).in_(APPROVED),
            col(Assignment.closed).is_(False),
            col(Version.rows_blob).is_not(None),
        )
        .order_by(col(DataTable.no))
    )
    return {source: blob for source, blob in session.exec(statement) if blob}


def current_inputs(session: Session, code: str, version: Version) -> str:
    """The hash over what a check of this version would be computed from now."""
    schedule = plan_in_force(session).schedule
    return inputs_hash(code, version.rows_blob or version.kind, source_rows(session, code), schedule)
