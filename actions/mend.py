"""One-click corrections: cells of the newest version are written anew, and that is a version of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from actions.acceptance import demand_open
from actions.examine import examine
from actions.inputs import Inputs
from actions.newest import demand_newest
from actions.submit import Content, upload
from actions.typed_rows import Former, Making, content_of_rows, former_of
from actions.who import Who, demand_collector
from checks.definition import load_definition
from checks.finding import NORMALISED, Finding
from models import StoredFinding, Version
from models.blobs import Blobs
from models.errors import Sentence, Unusable
from models.history import findings
from models.stages import APPROVED, stage_conflict
from models.worklist import Line, line

if TYPE_CHECKING:
    from checks.rows import Rows

MEND, UPLOADED = "mend", "upload"
MEND_ANEW = "请刷新页面，在最新的检查结果上改正；没有改动任何内容。"
TOLD = 200
"""How many of the changed cells a version tells of."""
Cell = tuple[str, int, str]
"""Sheet, row number and column."""
ReadAgain = Callable[[], Sequence[Finding]]


@dataclass(frozen=True)
class Choice:
    """Which findings are to be mended: one by its id, else all of the rule (in the sheet, column)."""

    rule: str = ""
    sheet: str = ""
    column: str = ""
    finding: int | None = None


@dataclass(frozen=True)
class Mending:
    """What a click asks for: the version it was made on, with what was found in it, and the new values.

    ``rest``: the choice, where more fit it than are listed one by one; the others are looked for anew.
    """

    version: Version
    why: str
    changes: Mapping[Cell, str]
    former: Former | None
    rest: Choice | None = None


def mending(
    session: Session, who: Who, assignment_id: int, version_id: int, choice: Choice, now: datetime
) -> tuple[Line, Mending]:
    """What would be written, for a collector; Conflict (409) where the version isn't the newest."""
    seen = line(session, assignment_id)
    version = _demand_newest(session, who, seen, version_id)
    demand_open(session, seen, now)
    chosen = _chosen(session, version, choice)
    changes = {(each.sheet, each.row or 0, each.column): written(each) for each in chosen}
    rest = choice if _is_cut(session, version, choice) else None
    return seen, Mending(version, chosen[0].rule, changes, former_of(session, version), rest)


def mended(
    blobs: Blobs,
    seen: Line,
    campaign: str,
    known: Inputs,
    asked: Mending,
    read_again: ReadAgain | None = None,
) -> Content:
    """The content of the version with its cells written anew; opens no session, may take seconds.

    ``read_again`` reads the version's workbook: only there stand the values before normalising that are not
    listed.
    """
    from checks.rows import from_parquet

    rows = from_parquet(blobs.get(asked.version.rows_blob or ""))
    if asked.rest is not None:
        asked = _with_rest(asked, asked.rest, _found_anew(blobs, seen, rows, known, asked, read_again))
    changed, told = rewritten(rows, asked.changes)
    origin: dict[str, Any] = {
        "former": asked.version.number,
        "why": asked.why,
        "count": len(told),
        "changes": told[:TOLD],
    }
    making = Making(MEND, asked.version.number, asked.version.filename, origin, clean=False)
    return content_of_rows(blobs, seen, campaign, changed, known, making, asked.former)


def undoes_all(kind: str) -> bool:
    """Whether all that was normalised in a version of this kind can be undone, not only what is listed: the
    workbook as it came still holds it."""
    return kind == UPLOADED


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
            raise Unusable(
                Sentence(
                    "“%(sheet)s”第 %(row)s 行没有“%(column)s”这个单元格。",
                    sheet=sheet,
                    row=row,
                    column=column,
                ),
                "请刷新页面后再试。",
            )
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


def _is_cut(session: Session, version: Version, choice: Choice) -> bool:
    if choice.finding is not None or (choice.rule == NORMALISED and not undoes_all(version.kind)):
        return False
    found = findings(session, version.id or 0, rule=choice.rule)
    return any(each.count > 1 and _fits(each.as_found(), choice) for each in found)


def _fits(finding: Finding, choice: Choice) -> bool:
    wanted = ((choice.rule, finding.rule), (choice.sheet, finding.sheet), (choice.column, finding.column))
    return all(want in ("", have) for want, have in wanted)


def _found_anew(
    blobs: Blobs, seen: Line, rows: Rows, known: Inputs, asked: Mending, read_again: ReadAgain | None
) -> Sequence[Finding]:
    if asked.why == NORMALISED:
        return read_again() if read_again else ()
    return examine(blobs, load_definition(seen.table.code, seen.table.name), rows, known)


def _with_rest(asked: Mending, rest: Choice, found: Sequence[Finding]) -> Mending:
    """All that fits, and no finding left that tells of some not listed."""
    every = {
        (each.sheet, each.row, each.column): each.proposal
        for each in found
        if _fits(each, rest) and each.row is not None and each.proposal
    }
    former = asked.former and replace(
        asked.former,
        findings=[each for each in asked.former.findings if each.count == 1 or not _fits(each, rest)],
    )
    return replace(asked, changes=every | dict(asked.changes), former=former)


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
