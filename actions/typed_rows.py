"""Rows typed, merged or changed on the page become a version's content, as if they had been uploaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from actions.examine import examine
from actions.inputs import Inputs
from actions.submit import Content
from checks.finding import NORMALISED, Finding
from models import Version
from models.blobs import Blobs
from models.version import found_at_upload
from models.worklist import Line

if TYPE_CHECKING:
    from checks.definition import Definition
    from checks.rows import Rows


@dataclass(frozen=True)
class Former:
    """The version that rows were made from: its own rows, by blob name, and what was found in them.

    ``moved``: by sheet and row there, the row among those that are made now; None where all keep their order.
    """

    rows_blob: str
    findings: Sequence[Finding]
    moved: Mapping[tuple[str, int], int] | None = None


@dataclass(frozen=True)
class Making:
    """How rows came to be: the version's ``kind``, the number of the version they were made from, its story.

    ``clean``: whether paste dirt is to be normalised (rows that were read before are clean already).
    """

    kind: str
    base: int | None = None
    filename: str = ""
    origin: dict[str, Any] | None = None
    clean: bool = True


def content_of_rows(
    blobs: Blobs,
    seen: Line,
    campaign: str,
    rows: Rows,
    known: Inputs,
    making: Making,
    former: Former | None = None,
) -> Content:
    """The rows checked and written as a workbook of the assignment; opens no session, may take seconds.

    Rows are numbered anew from 2 on in each sheet, as they stand in the workbook.
    """
    from checks.definition import load_definition
    from checks.rows import to_parquet

    definition = load_definition(seen.table.code, seen.table.name)
    placed, found = checked(blobs, definition, rows, known, former, clean=making.clean)
    content = to_parquet(definition, placed)
    book = _workbook(definition, seen, campaign, content, known, making)
    rows_blob = blobs.put(content)
    return Content(
        kind=making.kind,
        blob=blobs.put(book),
        rows_blob=rows_blob,
        filename=making.filename or f"{seen.table.code} {seen.table.name}-{seen.department}.xlsx",
        row_count=placed.frame.height,
        findings=found,
        base=making.base,
        origin=making.origin,
        inputs_hash=known.hash_of(definition.code, rows_blob),
    )


def checked(
    blobs: Blobs,
    definition: Definition,
    rows: Rows,
    known: Inputs,
    former: Former | None = None,
    *,
    clean: bool = True,
) -> tuple[Rows, Sequence[Finding]]:
    """The rows as they would be kept, and what a version of them would be told.

    What was read in the cells of the former version stays with them until they are changed.
    """
    from checks.normalise import normalise

    placed, altered = numbered(definition, rows), list[Finding]()
    if clean:
        placed, altered = normalise(definition, placed)
    read = _still_true(blobs, former, rows, placed, altered) if former else []
    return placed, examine(blobs, definition, placed, known, [*read, *altered])


def former_of(
    session: Session, version: Version | None, moved: Mapping[tuple[str, int], int] | None = None
) -> Former | None:
    """What rows that are made from this version have to be told; None where it has no rows."""
    if version is None or version.rows_blob is None:
        return None
    return Former(version.rows_blob, found_at_upload(session, version.id or 0), moved)


def numbered(definition: Definition, rows: Rows) -> Rows:
    """The rows under each other in the template's own columns."""
    import polars as pl

    from checks.rows import ROW, SHEET, Rows, empty_rows

    empty = empty_rows(definition)
    order = {sheet.name: place for place, sheet in enumerate(definition.sheets)}
    frame = rows.frame.sort(
        pl.col(SHEET).replace_strict(order, default=len(order)), ROW, maintain_order=True
    ).with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).over(SHEET).alias(ROW))
    whole = pl.concat([empty.frame, frame], how="diagonal")
    return Rows(whole.select(empty.frame.columns), empty.columns)


def _still_true(
    blobs: Blobs, former: Former, rows: Rows, placed: Rows, altered: Sequence[Finding]
) -> list[Finding]:
    from checks.of_reading import still_true
    from checks.rows import from_parquet

    moved = former.moved if former.moved is not None else _numbers(rows)
    found = still_true(former.findings, from_parquet(blobs.get(former.rows_blob)), placed, moved)
    anew = {(each.sheet, each.row, each.column) for each in altered}
    return [
        each for each in found if each.rule != NORMALISED or (each.sheet, each.row, each.column) not in anew
    ]


def _numbers(rows: Rows) -> dict[tuple[str, int], int]:
    """Each row's number once they stand under each other."""
    from checks.rows import ROW, SHEET

    places: dict[str, int] = {}
    found: dict[tuple[str, int], int] = {}
    for sheet, row in rows.frame.select(SHEET, ROW).sort(SHEET, ROW).iter_rows():
        places[sheet] = places.get(sheet, 1) + 1
        found[sheet, row] = places[sheet]
    return found


def _workbook(
    definition: Definition, seen: Line, campaign: str, rows: bytes, known: Inputs, making: Making
) -> bytes:
    from workbooks.template import TemplateStamp, write_template

    stamp = TemplateStamp(campaign, seen.id, seen.table.code, seen.department, making.base or 0)
    out = BytesIO()
    write_template(definition, out, stamp=stamp, schedule=known.schedule, prior=rows)
    return out.getvalue()
