"""The summary: what passed all three stages, and for everything else why it is left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from checks.definition import Definition, load_definition
from models import Event
from models.assignment import REMARKS
from models.blobs import Blobs
from models.stages import CHECKED, FAILED, RETURNED, SAYS
from models.worklist import Line, current_campaign, lines

NIL = "nil"


@dataclass(frozen=True)
class Part:
    """One assignment that the summary holds."""

    department: str
    version: int
    kind: str
    rows: int
    sha256: str | None


@dataclass(frozen=True)
class TableSummary:
    """One table of the summary; ``complete`` when every department's part is in."""

    code: str
    name: str
    parts: tuple[Part, ...]
    missing: int

    @property
    def complete(self) -> bool:
        return self.missing == 0

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True)
class Exclusion:
    """One assignment that the summary leaves out, and why."""

    code: str
    name: str
    department: str
    stage: str
    reason: str


@dataclass(frozen=True)
class Summary:
    """What would be exported now; tables in the order of the plan."""

    campaign: str
    tables: tuple[TableSummary, ...]
    excluded: tuple[Exclusion, ...]

    @property
    def complete(self) -> int:
        """How many tables are done: every assignment of theirs is in."""
        return sum(1 for table in self.tables if table.complete)


def summary(session: Session) -> Summary:
    """What passed all three stages now, and what did not (S4)."""
    found = lines(session)
    reasons = _reasons(session)
    by_code: dict[str, list[Line]] = {}
    for line in found:
        by_code.setdefault(line.table.code, []).append(line)
    return Summary(
        campaign=current_campaign(session).name,
        tables=tuple(_table(group) for group in by_code.values()),
        excluded=tuple(_exclusion(line, reasons) for line in found if not _holds(line)),
    )


def export(session: Session, blobs: Blobs, folder: Path) -> dict[str, Any]:
    """Write the summary to a folder: a workbook a table, `manifest.json`, `datapackage.json`.

    Returns the manifest.  The same state gives the same bytes, whenever it is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = summary(session)
    written = [_write_table(table, blobs, folder) for table in found.tables]
    manifest = {
        "campaign": found.campaign,
        "tables": written,
        "complete": found.complete,
        "excluded": [vars(exclusion) for exclusion in found.excluded],
    }
    _write_json(folder / "manifest.json", manifest)
    _write_json(folder / "datapackage.json", _data_package(found, written))
    return manifest


def _holds(line: Line) -> bool:
    return line.assignment.stage == CHECKED and not line.assignment.exempt


def _table(group: list[Line]) -> TableSummary:
    table = group[0].table
    parts = tuple(_part(line) for line in group if _holds(line))
    owed = sum(1 for line in group if not line.assignment.exempt)
    return TableSummary(table.code, table.name, parts, owed - len(parts))


def _part(line: Line) -> Part:
    version = line.version
    if version is None:
        raise ValueError(f"{line.label}: checked without a version")
    return Part(line.department, version.number, version.kind, version.row_count, version.rows_blob)


def _exclusion(line: Line, reasons: dict[int, str]) -> Exclusion:
    stage = line.assignment.stage
    if line.assignment.exempt:
        reason = f"免报：{line.assignment.exempt_reason}"
    elif stage in (RETURNED, FAILED):
        reason = f"{SAYS[stage]}：{reasons.get(line.id, '')}"
    else:
        reason = _WHY[stage]
    return Exclusion(line.table.code, line.table.name, line.department, stage, reason)


_WHY = {
    "pending": "未采集：采集部门尚未提交",
    "collected": "未审核：已提交，审核部门尚未审核",
    "reviewed": "未检测：已审核，系统检测尚未完成",
}


def _reasons(session: Session) -> dict[int, str]:
    """The latest reason given for each assignment that was sent back."""
    statement = (
        select(Event.assignment_id, Event.reason)
        .where(col(Event.to_stage).in_((RETURNED, FAILED)), col(Event.verb).not_in(REMARKS))
        .order_by(col(Event.id))
    )
    return dict(session.exec(statement).all())


def _write_table(table: TableSummary, blobs: Blobs, folder: Path) -> dict[str, Any]:
    rows = {part.department: blobs.get(part.sha256) for part in table.parts if part.sha256}
    document: dict[str, Any] = {
        "table": table.code,
        "name": table.name,
        "complete": table.complete,
        "missing": table.missing,
        "rows": table.rows,
        "parts": [vars(part) for part in table.parts],
        "file": None,
        "sha256": None,
    }
    if rows:
        content = _workbook(load_definition(table.code, table.name), rows)
        (folder / f"{table.code}.xlsx").write_bytes(content)
        document |= {"file": f"{table.code}.xlsx", "sha256": hashlib.sha256(content).hexdigest()}
    return document


def _workbook(definition: Definition, rows: dict[str, bytes]) -> bytes:
    from workbooks.export import write_rows

    buffer = BytesIO()
    write_rows(definition, rows, buffer)
    return buffer.getvalue()


def _data_package(found: Summary, written: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A Frictionless data package over the workbooks; one resource a data sheet."""
    resources = [
        _resource(document, sheet_name)
        for document in written
        if document["file"]
        for sheet_name in (
            sheet.name for sheet in load_definition(document["table"], document["name"]).sheets
        )
    ]
    return {"name": "caiji-summary", "title": found.campaign, "resources": resources}


def _resource(document: dict[str, Any], sheet: str) -> dict[str, Any]:
    return {
        "name": f"table-{sheet}".lower(),
        "title": f"{sheet} {document['name']}",
        "path": document["file"],
        "format": "xlsx",
        "mediatype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "hash": f"sha256:{document['sha256']}",
        "dialect": {"excel": {"sheet": sheet}},
    }


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
