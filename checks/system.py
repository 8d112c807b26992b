"""The system check after review: the stored rows again, with references to the approved source tables."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from checks.cross_rules import rules_file, rules_on
from checks.definition import Definition, FileState, definition_file, load_definition
from checks.finding import Finding
from checks.release import Released, apply_releases
from plans.plan import Schedule

if TYPE_CHECKING:
    from checks.rows import Rows

Tables = Mapping[str, Sequence[tuple[str, bytes]]]

# Raised whenever a rule's code changes what it finds, so that earlier checks count as stale.
RULES_VERSION = 2


def system_check(
    code: str,
    rows: bytes,
    schedule: Schedule,
    sources: Mapping[str, Sequence[bytes]],
    *,
    prior: bytes | None = None,
    tables: Tables | None = None,
    released: Sequence[Released] = (),
) -> list[Finding]:
    """Findings of the rows (Parquet, as reading wrote them) in cell order.

    ``sources``: all approved parts of source tables by code, Parquet too; an absent one isn't referred to.
    ``prior``: last year's rows.  ``tables``: the complete tables that cross-table rules use, as departments
    and parts, own rows included.  ``released``: what the office lets pass.
    """
    import polars as pl

    from checks.context import context_for
    from checks.engine import check, in_cell_order
    from checks.rows import from_parquet

    definition = load_definition(code)
    used = referred(definition)
    frames = {
        source: pl.concat([from_parquet(part).frame for part in parts], how="diagonal")
        for source, parts in sources.items()
        if source in used and parts
    }
    own = from_parquet(rows)
    known = context_for(schedule, frames, from_parquet(prior).frame if prior else None)
    found = check(definition, own, known)
    if across := _across(definition, own, rows, tables or {}, schedule):
        found = in_cell_order(definition, own, [*found, *across])
    return apply_releases(found, released, code)


def _across(
    definition: Definition, own: Rows, rows: bytes, tables: Tables, schedule: Schedule
) -> list[Finding]:
    """What the cross-table rules find in the own rows, which are known among the parts by their content."""
    asked = [rule for rule in rules_on(definition.code) if set(rule.uses) <= tables.keys()]
    if not asked:
        return []
    from checks.cross_check import Own, cross_findings, table_frame
    from checks.rows import from_parquet

    frames = {
        code: table_frame(load_definition(code), [(name, from_parquet(part).frame) for name, part in parts])
        for code, parts in tables.items()
        if any(code in rule.uses for rule in asked)
    }
    departments = [name for name, part in tables[definition.code] if part == rows]
    return list(cross_findings(asked, Own(definition, own, departments), frames, schedule))


def used_tables(code: str) -> frozenset[str]:
    """All tables whose rows the check of this one depends on: where a rule over tables lands on it, among
    them its own, whose other departments' rows count too."""
    return _settled(code)[1]


def _settled(code: str) -> tuple[str, frozenset[str]]:
    return settled_by(code, definition_file(code), rules_file())


@lru_cache(maxsize=256)
def settled_by(
    code: str, definition_file: FileState, rules_file: FileState | None
) -> tuple[str, frozenset[str]]:
    """The print of what the files say of a table, and the tables that it uses; made once a state of them."""
    definition, across = load_definition(code), rules_on(code)
    said = "\n".join([repr(definition), *map(repr, across)])
    used = referred(definition).union(*(rule.uses for rule in across))
    return hashlib.sha256(said.encode()).hexdigest(), used


def referred(definition: Definition) -> frozenset[str]:
    """The source tables that the definition's columns refer to."""
    links = (field.reference for field in definition.fields)
    return frozenset(link.table for link in links if link and link.table != definition.code)


def inputs_hash(
    code: str,
    rows: str,
    inputs: Mapping[str, str],
    schedule: Schedule,
    *,
    prior: str = "",
    released: Sequence[Released] = (),
    others: str = "",
) -> str:
    """SHA-256 over all that a check's findings depend on.

    ``rows`` and ``prior`` are SHA-256 names of stored rows, ``inputs`` prints of all parts of other tables,
    by code; ``others`` is one of what is approved of the same table; tables that are not used don't count.
    A check whose hash is no longer this one is stale.
    """
    said, used = _settled(code)
    parts = [str(RULES_VERSION), code, said, rows, prior, others, repr(tuple(released))]
    parts += _campaign(schedule)
    parts += [f"{table}:{known}" for table, known in sorted(inputs.items()) if table in used]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _campaign(schedule: Schedule) -> list[str]:
    """The parts of the schedule that a check asks."""
    return [
        repr((schedule.period, schedule.calendar_year, schedule.five_year_offset)),
        repr((schedule.cohorts, schedule.new_student_tables)),
        repr((schedule.enrolled_statuses, schedule.other_statuses, schedule.employed, schedule.unemployed)),
    ]
