"""Versions of an assignment's data, the checks run on them and their findings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from checks.finding import Finding, told_again
from models.types import document, instant, maybe_instant


class Version(SQLModel, table=True):
    """An immutable state of an assignment's data.

    ``kind``: upload (a workbook), form (typed on the page), merge (several people's workbooks), mend (cells
    of a former version changed by one click), attest (typed into the national platform), nil (nothing to
    report) or preload (last year's data).  ``origin`` tells what it was made from: the merged files with
    their rows, or the former version and the changed cells.  ``blob`` and ``rows_blob`` are SHA-256 names of
    the original file and of its typed rows; ``base`` is the version number that the workbook's template was
    made from (None: not told); ``attestation`` holds what an attest version states.  ``inputs_hash`` covers
    what its findings were computed from (empty: unknown); where it is no longer the current one, they are
    computed again.
    """

    __table_args__ = (UniqueConstraint("assignment_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    number: int
    kind: str
    blob: str | None = None
    rows_blob: str | None = None
    filename: str = ""
    base: int | None = None
    row_count: int = 0
    attestation: dict[str, Any] = document()
    origin: dict[str, Any] = document()
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = instant()
    errors: int = 0
    warnings: int = 0
    inputs_hash: str = ""


class CheckRun(SQLModel, table=True):
    """One system check of a version against the inputs that ``inputs_hash`` covers.

    ``inputs`` has a short print of each of them, by table code and by name, to tell later what has changed;
    ``verdict``: passed, failed, or empty while it runs under its lease.
    """

    id: int | None = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="version.id", index=True)
    inputs_hash: str
    inputs: dict[str, Any] = document()
    attempts: int = 0
    leased_until: datetime | None = maybe_instant()
    started_at: datetime = instant()
    finished_at: datetime | None = maybe_instant()
    verdict: str = ""
    errors: int = 0
    warnings: int = 0
    tracked: bool = False


class StoredFinding(SQLModel, table=True):
    """A finding kept with its version (``check_run_id`` empty: found at upload); ``said``: the facts of its
    sentences, as `Finding.as_kept` has them."""

    __tablename__ = "finding"

    id: int | None = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="version.id", index=True)
    check_run_id: int | None = Field(default=None, foreign_key="checkrun.id", index=True)
    rule: str
    severity: str
    sheet: str = ""
    cell: str = ""
    row: int | None = None
    column: str = ""
    key: str = ""
    value: str = ""
    message: str
    remedy: str = ""
    proposal: str = ""
    released: str = ""
    count: int = 1
    said: dict[str, Any] = document()

    def as_found(self) -> Finding:
        """The finding as the check yielded it."""
        return told_again({name: getattr(self, name) for name in (*Finding.__dataclass_fields__, "said")})


def found_at_upload(session: Session, version_id: int) -> list[Finding]:
    """What the version was told when it came, in cell order; a system check doesn't replace it."""
    kept = select(StoredFinding).where(
        StoredFinding.version_id == version_id, col(StoredFinding.check_run_id).is_(None)
    )
    return [each.as_found() for each in session.exec(kept.order_by(col(StoredFinding.id)))]
