"""The summary: what passed all three stages, and for everything else why it is left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from actions.data_package import data_package
from actions.staleness import stale
from checks.definition import load_definition
from models import Event, Explanation
from models.assignment import REMARKS
from models.blobs import Blobs
from models.explanation import accepted_explanations
from models.handed_in import HandedIn, handed_in
from models.release import releases_in_force
from models.stages import CHECKED, FAILED, RETURNED, SAYS
from models.whole import whole_folder
from models.worklist import current_campaign
from plans.sentence import Sentence, together

MANIFEST, EXPLANATIONS = "manifest.json", "explanations.json"


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
    """One table of the summary, with its name as the plan prints it; ``complete`` when every department's
    part is in."""

    code: str
    name: str
    printed: str
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
class Passed:
    """What the office lets pass in it, and why; an empty place fits everything."""

    rule: str
    table: str
    department: str
    sheet: str
    column: str
    key: str
    cell: str
    reason: str


@dataclass(frozen=True)
class Explained:
    """An accepted explanation of data that is in the summary; offered again next year."""

    table: str
    department: str
    rule: str
    sheet: str
    column: str
    key: str
    text: str


@dataclass(frozen=True)
class Summary:
    """What would be exported now; tables in the order of the plan."""

    campaign: str
    tables: tuple[TableSummary, ...]
    excluded: tuple[Exclusion, ...]
    releases: tuple[Passed, ...]
    explanations: tuple[Explained, ...]

    @property
    def complete(self) -> int:
        """How many tables are done: every assignment of theirs is in."""
        return sum(1 for table in self.tables if table.complete)


def summary(session: Session, department_id: int | None = None) -> Summary:
    """What passed all three stages now, and what did not (S4); of one department where it is named."""
    found = handed_in(session, department_id)
    void = stale(session)
    held = {each.id for each in found if each.stage == CHECKED and each.owed and each.id not in void}
    reasons = _reasons(session)
    by_code: dict[str, list[HandedIn]] = {}
    for each in found:
        if not each.closed:
            by_code.setdefault(each.code, []).append(each)
    return Summary(
        campaign=current_campaign(session).name,
        tables=tuple(_table(group, held) for group in by_code.values()),
        excluded=tuple(_exclusion(each, reasons, void) for each in found if each.id not in held),
        releases=_releases(session, found),
        explanations=_explanations(session, [each for each in found if each.id in held]),
    )


def export(session: Session, blobs: Blobs, folder: Path) -> dict[str, Any]:
    """Write the summary to a folder: a workbook a table, `manifest.json`, `datapackage.json`,
    `explanations.json`; workbooks of a former export that are no longer in it are taken away.

    Returns the manifest.  The same state gives the same bytes, whenever it is written.
    """
    found = summary(session)
    with whole_folder(folder, last=MANIFEST) as part:
        manifest = _write(found, blobs, part)
        _clear(folder, {document["file"] for document in manifest["tables"]})
    return manifest


def _write(found: Summary, blobs: Blobs, folder: Path) -> dict[str, Any]:
    written = [_write_table(table, blobs, folder) for table in found.tables]
    manifest = {
        "campaign": found.campaign,
        "tables": [document for document, _ in written],
        "complete": found.complete,
        "excluded": [vars(exclusion) for exclusion in found.excluded],
        "releases": [vars(passed) for passed in found.releases],
        "explanations": [vars(explained) for explained in found.explanations],
    }
    _write_json(folder / MANIFEST, manifest)
    _write_json(folder / EXPLANATIONS, manifest["explanations"])
    _write_json(folder / "datapackage.json", data_package(found.campaign, written))
    return manifest


def _clear(folder: Path, kept: set[str | None]) -> None:
    """Take away what a former export wrote here; what somebody else put there stays."""
    try:
        former = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        names = {table["file"] for table in former["tables"] if table["file"] == f"{table['table']}.xlsx"}
    except (OSError, ValueError, KeyError, TypeError):
        return
    for name in names - kept:
        (folder / name).unlink(missing_ok=True)


def _table(group: list[HandedIn], held: Container[int]) -> TableSummary:
    parts = tuple(_part(each) for each in group if each.id in held)
    owed = sum(1 for each in group if not each.exempt)
    return TableSummary(group[0].code, group[0].name, group[0].printed, parts, owed - len(parts))


def _part(each: HandedIn) -> Part:
    if each.version is None:
        raise ValueError(f"{each.code} {each.name} · {each.department}: checked without a version")
    return Part(each.department, each.version, each.kind or "", each.rows or 0, each.sha256)


def _exclusion(each: HandedIn, reasons: dict[int, str], void: dict[int, list[str]]) -> Exclusion:
    if each.closed:
        reason = "不在计划中：现行计划里已没有这项任务"
    elif each.exempt:
        reason = f"免报：{each.exempt_reason}"
    elif each.id in void:
        reason = Sentence("检测失效：%(why)s", why=together(void[each.id], ""))
    elif each.stage in (RETURNED, FAILED):
        reason = Sentence("%(stage)s：%(why)s", stage=SAYS[each.stage], why=reasons.get(each.id, ""))
    else:
        reason = WHY[each.stage]
    return Exclusion(each.code, each.name, each.department, each.stage, reason)


WHY = {
    "pending": "未采集：采集部门尚未提交",
    "collected": "未审核：已提交，审核部门尚未审核",
    "reviewed": "未检测：已审核，系统检测尚未完成",
}


def _reasons(session: Session) -> dict[int, str]:
    """The latest reason given for each assignment that was sent back."""
    statement = (
        select(Event)
        .where(col(Event.to_stage).in_((RETURNED, FAILED)), col(Event.verb).not_in(REMARKS))
        .order_by(col(Event.id))
    )
    return {event.assignment_id: event.told for event in session.exec(statement)}


def _releases(session: Session, found: Sequence[HandedIn]) -> tuple[Passed, ...]:
    departments = {each.id: each.department for each in found}
    return tuple(
        Passed(
            each.rule,
            each.table_code,
            departments.get(each.assignment_id or 0, ""),
            each.sheet,
            each.column,
            each.key,
            each.cell,
            each.reason,
        )
        for each in releases_in_force(session)
    )


def _explanations(session: Session, held: Sequence[HandedIn]) -> tuple[Explained, ...]:
    told: dict[int, list[Explanation]] = {}
    for each in accepted_explanations(session):
        told.setdefault(each.assignment_id, []).append(each)
    return tuple(
        Explained(part.code, part.department, each.rule, each.sheet, each.column, each.key, each.text)
        for part in held
        for each in told.get(part.id, ())
    )


def _write_table(
    table: TableSummary, blobs: Blobs, folder: Path
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The table's entry in the manifest, and the schemas of its sheets (none without rows)."""
    rows = {part.department: blobs.get(part.sha256) for part in table.parts if part.sha256}
    document: dict[str, Any] = {
        "table": table.code,
        "name": table.name,
        "printed": table.printed,
        "complete": table.complete,
        "missing": table.missing,
        "rows": table.rows,
        "parts": [vars(part) for part in table.parts],
        "file": None,
        "sha256": None,
    }
    if not rows:
        return document, {}
    from workbooks.export import schemas, write_rows

    definition, buffer = load_definition(table.code, table.name), BytesIO()
    write_rows(definition, rows, buffer)
    (folder / f"{table.code}.xlsx").write_bytes(buffer.getvalue())
    document |= {"file": f"{table.code}.xlsx", "sha256": hashlib.sha256(buffer.getvalue()).hexdigest()}
    return document, schemas(definition, rows)


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
