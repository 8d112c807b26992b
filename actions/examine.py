"""Findings computed from stored rows and what they are checked against; opens no session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from actions.approved import Part
from actions.inputs import Inputs
from actions.joined import Joined
from checks.finding import Finding
from checks.release import apply_releases
from checks.system import system_check
from models.blobs import Blobs

if TYPE_CHECKING:
    import polars as pl

    from checks.context import CheckContext
    from checks.definition import Definition
    from checks.rows import Rows


def examine(
    blobs: Blobs, definition: Definition, rows: Rows, known: Inputs, read: Sequence[Finding] = ()
) -> list[Finding]:
    """What a version of these rows is told before it is approved, in cell order.

    ``read``: what reading the workbook found.
    """
    from checks.engine import check, in_cell_order

    found = check(definition, rows, _context(blobs, known))
    return apply_releases(in_cell_order(definition, rows, [*read, *found]), known.released, definition.code)


def system_findings(blobs: Blobs, code: str, rows: str, known: Inputs) -> list[Finding]:
    """What the system check of these approved rows finds, in cell order."""
    whole = Joined(blobs, code, known)
    return system_check(
        code,
        blobs.get(rows),
        known.schedule,
        whole.sources(),
        prior=blobs.get(known.prior) if known.prior else None,
        across=whole.across(rows),
        twice=whole.holders(rows),
        released=known.released,
    )


def _context(blobs: Blobs, known: Inputs) -> CheckContext:
    from checks.context import context_for

    sources = {
        code: _joined([content for _, content in parts])
        for code, parts in _contents(blobs, known.sources).items()
        if parts
    }
    return context_for(known.schedule, sources, _joined([blobs.get(known.prior)]) if known.prior else None)


def _joined(contents: Sequence[bytes]) -> pl.DataFrame:
    import polars as pl

    from checks.rows import from_parquet

    return pl.concat([from_parquet(content).frame for content in contents], how="diagonal")


def _contents(blobs: Blobs, tables: Mapping[str, Sequence[Part]]) -> dict[str, list[tuple[str, bytes]]]:
    """The parts that have rows, with their department: none where all have nothing to report."""
    return {code: _named(blobs, parts) for code, parts in tables.items()}


def _named(blobs: Blobs, parts: Sequence[Part]) -> list[tuple[str, bytes]]:
    return [(part.department, blobs.get(part.rows)) for part in parts if part.rows]
