"""The system check: a table's rows in, findings in cell order out.  It never raises on bad data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from checks.cell_rules import Probe, probes
from checks.context import CheckContext
from checks.definition import Definition
from checks.finding import ERROR, Finding
from checks.listed import MOST
from checks.prior_rules import changes, untouched
from checks.row_rules import cohorts, headings, one_row, reference, unique_key
from checks.rows import ROW, SHEET, Rows
from checks.sum_rules import row_sums
from checks.unit_rules import unit_suspects
from plans.sentence import Sentence


def check(definition: Definition, rows: Rows, context: CheckContext) -> list[Finding]:
    """Every finding of the table's own rules, its references to the sources, its changes since last year."""
    found = [
        *_nothing(definition, rows),
        *headings(definition, rows),
        *_cells(definition, rows, context),
        *one_row(definition, rows),
        *unique_key(definition, rows),
        *_by_field(definition, rows, context),
        *row_sums(definition, rows),
        *_last_year(definition, rows, context),
    ]
    return in_cell_order(definition, rows, found)


def _nothing(definition: Definition, rows: Rows) -> Iterator[Finding]:
    if rows.frame.is_empty():
        yield Finding(
            rule="no-rows",
            severity=ERROR,
            message=Sentence("工作簿里没有 %(label)s 的任何数据行。", label=definition.label),
            remedy=Sentence("请从第 2 行起填写；确实没有数据的，不要上传空表，请在任务页作“无数据申报”。"),
            sheet=definition.sheets[0].name,
        )


def _last_year(definition: Definition, rows: Rows, context: CheckContext) -> Iterator[Finding]:
    suspects = unit_suspects(definition, rows, context)
    yield from suspects
    suspected = {(finding.sheet, finding.row or 0, finding.column) for finding in suspects}
    yield from changes(definition, rows, context, suspected)
    yield from untouched(definition, rows, context)


def in_cell_order(definition: Definition, rows: Rows, found: Iterable[Finding]) -> list[Finding]:
    """By sheet, row and column, as one reads the workbook; each with its row's key."""
    order = {name: number for number, name in enumerate(rows.columns)}
    keys = _keys(definition, rows, found := list(found))

    def place(finding: Finding) -> tuple[int, int, int, str]:
        column = rows.place(finding.sheet, finding.column)
        return order.get(finding.sheet, -1), finding.row or 0, column, finding.rule

    ordered = sorted(found, key=place)
    return [replace(finding, key=keys.get((finding.sheet, finding.row or 0), "")) for finding in ordered]


def _keys(definition: Definition, rows: Rows, found: list[Finding]) -> dict[tuple[str, int], str]:
    names = [name for name in definition.key if name in rows.frame.columns]
    if not names:
        return {}
    numbers = {finding.row for finding in found if finding.row}
    near = rows.frame.filter(pl.col(ROW).is_in(list(numbers))).select(SHEET, ROW, *names)
    return {(sheet, row): "/".join(part for part in key if part) for sheet, row, *key in near.iter_rows()}


def _cells(definition: Definition, rows: Rows, context: CheckContext) -> Iterator[Finding]:
    """All one-cell rules of a sheet in one pass over its rows."""
    for sheet in definition.sheets:
        present = [field for field in sheet.fields if field.name in rows.columns.get(sheet.name, ())]
        frame = rows.frame.filter(pl.col(SHEET) == sheet.name)
        if frame.is_empty():
            continue
        part = Rows(frame, rows.columns)
        asked = [probe for field in present for probe in probes(definition, field, context)]
        masks = frame.select(probe.wrong.alias(str(number)) for number, probe in enumerate(asked))
        for probe, mask in zip(asked, masks.iter_columns(), strict=True):
            if mask.any():
                yield from _broken(probe, part, mask)


def _broken(probe: Probe, rows: Rows, mask: pl.Series) -> Iterator[Finding]:
    """Those that nobody will list keep no facts: there may be hundreds of thousands."""
    for number, (sheet, row, value) in enumerate(rows.cells(probe.column, mask)):
        message = probe.message(value)
        yield Finding(
            rule=probe.rule,
            severity=probe.severity,
            message=message if number <= MOST else str(message),
            remedy=probe.remedy if number <= MOST else str(probe.remedy),
            sheet=sheet,
            cell=rows.address(sheet, row, probe.column),
            row=row,
            column=probe.column,
            value=value,
        )


def _by_field(definition: Definition, rows: Rows, context: CheckContext) -> Iterator[Finding]:
    for field in definition.fields:
        if field.name not in rows.frame.columns:
            continue
        if field.rule == "cohort":
            yield from cohorts(definition, field, rows, context)
        if field.reference is not None:
            yield from reference(field, rows, context)
