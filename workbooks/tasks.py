"""What the child process does with a workbook; each task leaves a document of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from checks.context import CheckContext, context_for
from checks.engine import check, in_cell_order
from checks.normalise import normalise
from checks.rows import from_parquet, to_parquet
from workbooks.limits import Limits
from workbooks.package import Package
from workbooks.request import ANNOTATED, ROWS, Annotation, Request
from workbooks.stamp import TemplateStamp, from_notes, from_properties
from workbooks.table import code_among, notes_rows, read_table, wrong_table

CUSTOM = "docProps/custom.xml"
MOST_ROWS = 20_000
MOST_FINDINGS = 5_000
"""Beyond these a workbook is written anew instead of being edited cell by cell."""
IMPORTED_LATE = ("defusedxml.ElementTree", "workbooks.annotated", "workbooks.annotated_anew")
Document = dict[str, Any]


def preload() -> None:
    """Import what any task may need, without letting it work."""
    for name in IMPORTED_LATE:
        import_module(name)


def warm() -> None:
    """Start the threads of the libraries, so that neither their time nor what they reserve counts later."""
    pl.DataFrame({"a": ["1"], "b": [" "]}).lazy().select(pl.all().str.strip_chars()).collect()


def read(request: Request) -> Document:
    """The table's rows, left as Parquet, and every finding."""
    definition = request.definition
    package = _package(request.path, request.limits)
    stamp = _stamp(request.path, package)
    if stamp is not None and stamp.table != definition.code:
        raise wrong_table(definition, stamp.table)
    reading = read_table(request.path, package, definition)
    rows, altered = normalise(definition, reading.rows)
    found = [*reading.findings, *altered, *check(definition, rows, _context(request))]
    (request.out / ROWS).write_bytes(to_parquet(definition, rows))
    return {
        "row_count": rows.frame.height,
        "stamp": vars(stamp) if stamp else None,
        "findings": [finding.as_kept() for finding in in_cell_order(definition, rows, found)],
    }


def annotate(request: Annotation) -> Document:
    """The workbook given back with its faults marked, left as a file; whether it was written anew."""
    definition = request.definition
    package = _package(request.path, request.limits)
    out, findings = request.out / ANNOTATED, list(request.findings)
    if request.rows is not None and (request.anew or _is_large(request.rows, len(findings))):
        from workbooks.annotated_anew import annotate_anew

        stamp = _stamp(request.path, package)
        rows = request.rows.read_bytes()
        annotate_anew(rows, findings, definition, out, stamp=stamp, schedule=request.schedule)
        return {"anew": True}
    from workbooks.annotated import annotate as edit

    edit(request.path, findings, definition, out)
    return {"anew": False}


def identify(path: Path, limits: Limits) -> Document:
    """Whose workbook it is: its stamp, else the table that its sheets' names tell."""
    package = _package(path, limits)
    stamp = _stamp(path, package)
    code = stamp.table if stamp else code_among([part.name for part in package.sheets])
    return {"stamp": vars(stamp) if stamp else None, "code": code}


def _package(path: Path, limits: Limits) -> Package:
    return Package(path, limits.unpacked, limits.together)


def _is_large(rows: Path, findings: int) -> bool:
    return findings > MOST_FINDINGS or pl.scan_parquet(rows).select(pl.len()).collect().item() > MOST_ROWS


def _context(request: Request) -> CheckContext:
    sources = {code: _frame(parts) for code, parts in request.sources.items()}
    return context_for(request.schedule, sources, _frame([request.prior]) if request.prior else None)


def _frame(parts: Sequence[Path]) -> pl.DataFrame:
    return pl.concat([from_parquet(part.read_bytes()).frame for part in parts], how="diagonal")


def _stamp(path: Path, package: Package) -> TemplateStamp | None:
    """From the document's properties, else from `说明` (some programs drop the properties)."""
    if CUSTOM in package.names():
        values = {
            node.get("name", ""): "".join(node.itertext()) for node in package.xml(CUSTOM) if node.get("name")
        }
        stamp = from_properties(values)
        if stamp is not None:
            return stamp
    return from_notes(notes_rows(path, package))
