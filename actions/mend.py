"""One-click corrections: cells of the newest version are written anew, and that is a version of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from actions.acceptance import demand_open
from actions.inputs import Inputs
from actions.newest import demand_newest
from actions.submit import Content, upload
from actions.typed_rows import Former, Making, content_of_rows, former_of
from actions.who import Who, demand_collector
from checks.finding import NORMALISED
from models import StoredFinding, Version
from models.blobs import Blobs
from models.errors import Unusable
from models.history import findings
from models.stages import APPROVED, stage_conflict
from models.worklist import Line, line

if TYPE_CHECKING:
    from checks.rows import Rows

MEND = "mend"
MEND_ANEW = "请刷新页面，在最新的检查结果上改正；没有改动任何内容。"
TOLD = 200
"""How many of the changed cells a version tells of."""
Cell = tuple[str, int, str]
"""Sheet, row number and column."""


@dataclass(frozen=True)
class Choice:
    """Which findings are to be mended: one by its id, else all of the rule (in the sheet, column)."""

    rule: str = ""
    sheet: str = ""
    column: str = ""
    finding: int | None = None


@dataclass(frozen=True)
class Mending:
    """What a click asks for: the version it was made on, with what was found in it, and the new values."""

    version: Version
    why: str
    changes: Mapping[Cell, str]
    former: Former | None


def mending(
    session: Session, who: Who, assignment_id: int, version_id: int, choice: Choice, now: datetime
) -> tuple[Line, Mending]:
    """What would be written, for a collector; Conflict (409) where the version isn't the newest."""
    seen = line(session, assignment_id)
    version = _demand_newest(session, who, seen, version_id)
    demand_open(session, seen, now)
    chosen = _chosen(session, version, choice)
    changes = {(each.sheet, each.row or 0, each.column): written(each) for each in chosen}
    return seen, Mending(version, chosen[0].rule, changes, former_of(session, version))


def mended(blobs: Blobs, seen: Line, campaign: str, known: Inputs, asked: Mending) -> Content:
    """The content of the version with its cells written anew; opens no session, may take seconds."""
    from checks.rows import from_parquet

    rows = from_parquet(blobs.get(asked.version.rows_blob or ""))
    changed, told = rewritten(rows, asked.changes)
    origin: dict[str, Any] = {
        "former": asked.version.number,
        "why": asked.why,
        "count": len(told),
        "changes": told[:TOLD],
    }
    making = Making(MEND, asked.version.number, asked.version.filename, origin, clean=False)
    return content_of_rows(blobs, seen, campaign, changed, known, making, asked.former)


def keep(
    session: Session, who: Who, assignment_id: int, version_id: int, content: Content, now: datetime
) -> Version:
    """Keep the mended content as the newest version; Conflict (409) where there is a newer one by now."""
    _demand_newest(session, who, line(session, assignment_id), version_id)
    return upload(session, who, assignment_id, content, now)


def written(finding: StoredFinding) -> str:
    """What one click writes into the cell: the proposed value, or what stood there before normalising."""
    return finding.proposal or (finding.value if finding.rule == NORMALISED else "")


def rewritten(rows: Rows, changes: Mapping[Cell, str]) -> tuple[Rows, list[dict[str, Any]]]:
    """The rows with the new values, and what was changed.  Unusable where the rows have no such cell."""
    import polars as pl

    from checks.rows import ROW, SHEET

    near = rows.frame.filter(pl.col(ROW).is_in(sorted({row for _, row, _ in changes})))
    cells = {(row[SHEET], row[ROW]): row for row in near.to_dicts()}
    told = []
    for (sheet, row, column), new in sorted(changes.items()):
        if column not in cells.get((sheet, row), {}):
            raise Unusable(f"“{sheet}”第 {row} 行没有“{column}”这个单元格。", "请刷新页面后再试。")
        was = cells[sheet, row][column] or ""
        place = {"sheet": sheet, "row": row, "cell": rows.address(sheet, row, column), "column": column}
        told.append(place | {"old": was, "new": new})
    frame = rows.frame
    for column in dict.fromkeys(column for _, _, column in changes):
        values = [(sheet, row, new) for (sheet, row, name), new in changes.items() if name == column]
        written_anew = pl.DataFrame(values, schema=[SHEET, ROW, "_new"], orient="row")
        frame = (
            frame.join(
                written_anew.cast({ROW: frame.schema[ROW]}),
                on=[SHEET, ROW],
                how="left",
                maintain_order="left",
            )
            .with_columns(pl.coalesce("_new", column).alias(column))
            .drop("_new")
        )
    return replace(rows, frame=frame), told


def _demand_newest(session: Session, who: Who, seen: Line, version_id: int) -> Version:
    demand_collector(who, seen.assignment)
    if seen.assignment.stage in APPROVED:
        raise stage_conflict("submit", seen.assignment.stage)
    return demand_newest(session, seen.id, version_id, MEND_ANEW)


def _chosen(session: Session, version: Version, choice: Choice) -> list[StoredFinding]:
    found = findings(session, version.id or 0, rule=choice.rule or None, column=choice.column or None)
    chosen = [
        each
        for each in found
        if written(each)
        and each.row is not None
        and (choice.finding is None or each.id == choice.finding)
        and (not choice.sheet or each.sheet == choice.sheet)
    ]
    if not chosen or (choice.finding is None and not choice.rule):
        raise Unusable("没有可以一键改正的内容。", "请刷新页面，看最新的检查结果。")
    return chosen
