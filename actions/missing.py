"""What open additions wait for, looked up in the rows: the source has it, or nobody needs it any longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from actions.approved import owing_of
from actions.remarks import remark
from actions.restoring import restore_source
from actions.submit import latest_version
from checks.definition import load_definition
from models import Addition, Assignment, DataTable
from models.addition import ADDED, OPEN, WITHDRAWN
from models.blobs import Blobs
from models.system import counts_from

APART = "、"
MADE, DROPPED = "addition-made", "withdraw-addition"


@dataclass(frozen=True)
class Wanted:
    """An open addition's value, and where it may stand.

    ``columns`` of ``parts``, the approved source table's; ``refer`` of ``rows``, the asker's newest version
    (None: it has no rows).
    """

    id: int
    value: str
    columns: tuple[str, ...]
    parts: tuple[str, ...]
    refer: tuple[str, ...]
    rows: str | None


def wanted(session: Session) -> list[Wanted]:
    """The open additions, for `outcome` to look at without a session."""
    found = session.exec(
        select(Addition, DataTable.code)
        .join(Assignment, col(Addition.assignment_id) == Assignment.id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .where(col(Addition.state).in_(OPEN))
        .order_by(col(Addition.id))
    ).all()
    if not found:
        return []
    sources = owing_of(session, {addition.table_code for addition, _ in found})
    approved = {
        code: tuple(part.rows for part in owing.approved.parts if part.rows)
        for code, owing in sources.items()
    }
    return [
        Wanted(
            each.id or 0,
            each.value,
            tuple(each.column.split(APART)),
            approved.get(each.table_code, ()),
            referring(code, each.table_code),
            newest.rows_blob if (newest := latest_version(session, each.assignment_id)) else None,
        )
        for each, code in found
    ]


def referring(code: str, source: str) -> tuple[str, ...]:
    """The columns of a table whose values must stand in the source table."""
    fields = load_definition(code).fields
    return tuple(each.name for each in fields if each.reference and each.reference.table == source)


def outcome(blobs: Blobs, each: Wanted) -> str | None:
    """Added where the approved source has the value, withdrawn where the asker's rows no longer do."""
    if any(_stands(blobs, name, each.columns, each.value) for name in each.parts):
        return ADDED
    needed = each.rows is not None and _stands(blobs, each.rows, each.refer, each.value)
    return None if needed else WITHDRAWN


def close(session: Session, addition_id: int, state: str, now: datetime) -> None:
    """Note the outcome; nothing where it has been answered otherwise meanwhile."""
    addition = session.get_one(Addition, addition_id)
    if addition.state not in OPEN:
        return
    addition.state, addition.closed_at = state, counts_from(session, now)
    session.add(addition)
    session.flush()
    asker = session.get_one(Assignment, addition.assignment_id)
    if state == WITHDRAWN:
        restore_source(session, addition, None, now)
    verb = MADE if state == ADDED else DROPPED
    remark(session, asker, verb, None, now, f"{addition.table_code} {addition.value}")


def _stands(blobs: Blobs, name: str, columns: tuple[str, ...], value: str) -> bool:
    import polars as pl

    from checks.rows import from_parquet

    frame = from_parquet(blobs.get(name)).frame
    present = [column for column in columns if column in frame.columns]
    return bool(present and frame.select(pl.any_horizontal(pl.col(present) == value).any()).item())
