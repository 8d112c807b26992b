"""The JSON shapes that the API answers with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from models import Explanation, StoredFinding, Version
from models.history import Happening
from web.language import sentence
from web.tasks import Task


def assignment(task: Task) -> dict[str, Any]:
    """One assignment, as every list holds it; times in the campaign's zone."""
    line, row = task.line, task.line.assignment
    zone = task.zone
    return {
        "id": line.id,
        "table": line.table.code,
        "name": line.table.name,
        "department": line.department,
        "reviewer": line.reviewer,
        "stage": row.stage,
        "due": task.effective.astimezone(zone).isoformat(),
        "holder_due": task.due.astimezone(zone).isoformat() if task.due else None,
        "overdue": task.urgency == "overdue",
        "held_by": task.held_by,
        "waiting_on": list(task.waiting_on),
        "version": line.version.number if line.version else None,
        "content": version(line.version) if line.version else None,
        "flags": _flags(task),
    }


def version(kept: Version) -> dict[str, Any]:
    """One version; ``number`` is what a decision names."""
    return {
        "number": kept.number,
        "kind": kept.kind,
        "rows": kept.row_count,
        "errors": kept.errors,
        "warnings": kept.warnings,
        "filename": kept.filename,
        "sha256": kept.blob,
        "at": kept.made_at.isoformat(),
    }


def findings(found: Iterable[StoredFinding]) -> list[dict[str, Any]]:
    """Findings by cell."""
    names = ("rule", "severity", "sheet", "cell", "row", "column", "key", "value", "message", "remedy")
    whole = (each.as_found() for each in found)
    return [told({name: getattr(finding, name) for name in names}) for finding in whole]


def told(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding with its sentences in the language of this request."""
    return finding | {name: sentence(finding[name]) for name in ("message", "remedy")}


def explanation(told: Explanation) -> dict[str, Any]:
    """An explanation and what the reviewer says of it (``verdict`` empty: nothing yet)."""
    names = ("id", "rule", "sheet", "column", "key", "text", "offered", "verdict", "remark")
    return {name: getattr(told, name) for name in names}


def history(found: Iterable[Happening]) -> list[dict[str, Any]]:
    """Events, newest first."""
    return [
        {
            "at": item.event.at.isoformat(),
            "verb": item.event.verb,
            "from": item.event.from_stage,
            "to": item.event.to_stage,
            "by": item.actor or None,
            "version": item.version,
            "reason": item.event.reason,
        }
        for item in found
    ]


def _flags(task: Task) -> list[str]:
    row, table = task.line.assignment, task.line.table
    flags = {
        "exempt": row.exempt,
        "source": table.source,
        "preloaded": table.preloaded,
        "extended": row.extended_until is not None,
        "nil": task.line.version is not None and task.line.version.kind == "nil",
        "started": task.started,
        "stale": task.stale,
        "waiting-for-addition": bool(task.waiting_on),
        "due-soon": task.urgency in ("today", "soon"),
    }
    return [name for name, present in flags.items() if present]
