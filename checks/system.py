"""The system check after review: the stored rows again, with references to the approved source tables."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from checks.definition import Definition, load_definition
from checks.finding import Finding
from checks.release import Released, apply_releases
from plans.plan import Schedule

# Raised whenever a rule's code changes what it finds, so that earlier checks count as stale.
RULES_VERSION = 1


def system_check(
    code: str,
    rows: bytes,
    schedule: Schedule,
    sources: Mapping[str, Sequence[bytes] | bytes],
    *,
    prior: bytes | None = None,
    tables: Mapping[str, Sequence[tuple[str, bytes]]] | None = None,
    released: Sequence[Released] = (),
) -> list[Finding]:
    """Findings of the rows (Parquet, as reading wrote them) in cell order.

    ``sources``: all approved parts of source tables by code, Parquet too; an absent one isn't referred to.
    ``prior``: last year's rows.  ``tables``: the complete tables that cross-table rules use, as departments
    and parts, own rows included.  ``released``: what the office lets pass.
    """
    import polars as pl

    from checks.context import context_for
    from checks.engine import check
    from checks.rows import from_parquet

    definition = load_definition(code)
    used = referred(definition)
    frames = {
        source: pl.concat([from_parquet(part).frame for part in _parts(parts)], how="diagonal")
        for source, parts in sources.items()
        if source in used
    }
    found = check(definition, from_parquet(rows), context_for(schedule, frames))
    return apply_releases(found, released, code)


def _parts(parts: Sequence[bytes] | bytes) -> Sequence[bytes]:
    return [parts] if isinstance(parts, bytes) else parts


def used_tables(code: str) -> frozenset[str]:
    """All tables whose rows the check of this one depends on."""
    return referred(load_definition(code))


def referred(definition: Definition) -> frozenset[str]:
    """The source tables that the definition's columns refer to."""
    links = (field.reference for field in definition.fields)
    return frozenset(link.table for link in links if link and link.table != definition.code)


def inputs_hash(
    code: str,
    rows: str,
    inputs: Mapping[str, Sequence[str] | str],
    schedule: Schedule,
    *,
    prior: str = "",
    released: Sequence[Released] = (),
) -> str:
    """SHA-256 over all that a check's findings depend on.

    ``rows``, ``inputs`` (all parts of other tables, by code) and ``prior`` are SHA-256 names of stored rows;
    tables that the check doesn't use don't count.  A check whose hash is no longer this one is stale.
    """
    definition = load_definition(code)
    used = used_tables(code)
    parts = [str(RULES_VERSION), repr(definition), rows, prior, repr(tuple(released)), *_campaign(schedule)]
    parts += [f"{table}:{names!r}" for table, names in sorted(inputs.items()) if table in used]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _campaign(schedule: Schedule) -> list[str]:
    """The parts of the schedule that a check asks."""
    return [
        repr((schedule.period, schedule.calendar_year, schedule.five_year_offset)),
        repr((schedule.cohorts, schedule.new_student_tables)),
        repr((schedule.enrolled_statuses, schedule.other_statuses, schedule.employed, schedule.unemployed)),
    ]
