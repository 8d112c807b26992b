"""Versions that are not approved yet are examined again when what they were checked against has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from actions.examine import examine
from actions.inputs import Inputs, Knowledge
from actions.submit import store_findings
from checks.definition import load_definition
from checks.finding import ERROR, WARNING, Finding
from checks.listed import count_of, listed
from checks.system import referred
from models import Assignment, DataTable, StoredFinding, Version
from models.blobs import Blobs
from models.stages import APPROVED
from models.version import found_at_upload


@dataclass(frozen=True)
class Outdated:
    """A version whose findings were computed from something else than there is now (hash ``former``)."""

    version_id: int
    code: str
    name: str
    rows: str
    former: str
    known: Inputs
    read: Sequence[Finding] = ()


def outdated(session: Session) -> list[Outdated]:
    """The newest versions of all that is not approved whose findings may have changed since."""
    from checks.of_reading import of_reading

    found = list(_open_versions(session))
    if not found:
        return []
    known = Knowledge(session, set().union(*(referred(load_definition(code)) for _, code, _ in found)))
    inputs = {version.id: known.of_upload(version.assignment_id, code) for version, code, _ in found}
    return [
        Outdated(
            version.id or 0,
            code,
            name,
            version.rows_blob or "",
            version.inputs_hash,
            inputs[version.id],
            of_reading(found_at_upload(session, version.id or 0)),
        )
        for version, code, name in found
        if inputs[version.id].hash_of(code, version.rows_blob or "") != version.inputs_hash
    ]


def examined(blobs: Blobs, each: Outdated) -> list[Finding]:
    """The findings as they are now; opens no session, may take seconds."""
    from checks.rows import from_parquet

    definition = load_definition(each.code, each.name)
    return examine(blobs, definition, from_parquet(blobs.get(each.rows)), each.known, each.read)


def keep_examined(session: Session, each: Outdated, found: Sequence[Finding]) -> bool:
    """Put the findings in the place of the former ones; False where somebody else has, or where the version
    has been approved or followed by another."""
    changed = session.connection().execute(
        update(Version)
        .where(
            col(Version.id) == each.version_id,
            col(Version.inputs_hash) == each.former,
            col(Version.id).in_(_newest_open()),
        )
        .values(
            inputs_hash=each.known.hash_of(each.code, each.rows),
            errors=count_of(found, ERROR),
            warnings=count_of(found, WARNING),
        )
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:
        return False
    former = found_at_upload(session, each.version_id)
    found = listed(_with_origins(found, former))
    if found != former:
        session.connection().execute(delete(StoredFinding).where(*_at_upload(each.version_id)))
        store_findings(session, each.version_id, found)
    return True


def _with_origins(found: Sequence[Finding], former: Sequence[Finding]) -> list[Finding]:
    """A merge says behind a sentence which file a row came from; what is found again keeps that."""
    said = {(each.rule, each.sheet, each.cell): each.message for each in former}
    kept = [said.get((each.rule, each.sheet, each.cell), "") for each in found]
    return [
        replace(each, message=former) if former.startswith(each.message) else each
        for each, former in zip(found, kept, strict=True)
    ]


def _newest_open() -> Any:
    """The newest version of each assignment that is not approved, with rows that can be looked at again."""
    newest = (
        select(func.max(Version.id))
        .join(Assignment, col(Version.assignment_id) == Assignment.id)
        .where(
            col(Assignment.stage).not_in(APPROVED),
            col(Assignment.exempt).is_(False),
            col(Assignment.closed).is_(False),
        )
        .group_by(col(Version.assignment_id))
    )
    return select(Version.id).where(col(Version.id).in_(newest), col(Version.rows_blob).is_not(None))


def _open_versions(session: Session) -> Iterable[tuple[Version, str, str]]:
    statement = (
        select(Version, DataTable.code, DataTable.name)
        .join(Assignment, col(Version.assignment_id) == Assignment.id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .where(col(Version.id).in_(_newest_open()))
        .order_by(col(Version.id))
    )
    return session.exec(statement).all()


def _at_upload(version_id: int) -> tuple[Any, Any]:
    return col(StoredFinding.version_id) == version_id, col(StoredFinding.check_run_id).is_(None)
