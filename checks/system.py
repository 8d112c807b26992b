"""The system check after review: the stored rows again, with references to the approved source tables."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from checks.cross_rules import rules_file, rules_on
from checks.definition import Definition, FileState, definition_file, load_definition
from checks.finding import Finding
from checks.release import Released, apply_releases
from plans.plan import Schedule

if TYPE_CHECKING:
    import polars as pl

    from checks.across import Holders
    from checks.cross_check import Violations

Tables = Mapping[str, Sequence[tuple[str, bytes]]]

# Raised whenever a rule's code changes what it finds, so that earlier checks count as stale.
RULES_VERSION = 2


@dataclass(frozen=True)
class Across:
    """What the rules over several tables find in all departments' rows, and whose of them are checked now."""

    violations: Mapping[str, Violations] = field(default_factory=dict)
    departments: Collection[str] = ()


NOTHING_ACROSS = Across()


def system_check(
    code: str,
    rows: bytes,
    schedule: Schedule,
    sources: Mapping[str, pl.DataFrame],
    *,
    prior: bytes | None = None,
    across: Across = NOTHING_ACROSS,
    twice: Holders | None = None,
    released: Sequence[Released] = (),
) -> list[Finding]:
    """Findings of the rows (Parquet, as reading wrote them) in cell order.

    ``sources``: the approved rows of source tables by code (`source_frame`); an absent one isn't referred to.
    ``prior``: last year's rows.  ``across``: what the cross-table rules find in all departments' rows;
    ``twice``: which keys other departments have as well.  ``released``: what the office lets pass.
    """
    from checks.across import repeated
    from checks.context import context_for
    from checks.cross_check import Own, findings_of
    from checks.engine import check, in_cell_order
    from checks.rows import from_parquet

    definition, own = load_definition(code), from_parquet(rows)
    known = context_for(schedule, sources, from_parquet(prior).frame if prior else None)
    found = check(definition, own, known)
    others = list(findings_of(rules_on(code), Own(definition, own, across.departments), across.violations))
    others += repeated(definition, own, twice) if twice else []
    if others:
        found = in_cell_order(definition, own, [*found, *others])
    return apply_releases(found, released, code)


def source_frame(parts: Iterable[bytes], columns: Collection[str]) -> pl.DataFrame:
    """These columns of all departments' parts of a source table."""
    import polars as pl

    from checks.rows import from_parquet

    frames = (from_parquet(part).frame for part in parts)
    looked_at = [frame.select(name for name in frame.columns if name in columns) for frame in frames]
    return pl.concat(looked_at, how="diagonal")


def violations_in(code: str, tables: Tables, schedule: Schedule) -> dict[str, Violations]:
    """What the rules that land on a table find in the complete tables, of all departments."""
    asked = [rule for rule in rules_on(code) if set(rule.uses) <= tables.keys()]
    if not asked:
        return {}
    from checks.cross_check import table_frame, violations_of
    from checks.rows import from_parquet

    frames = {
        used: table_frame(load_definition(used), [(name, from_parquet(part).frame) for name, part in parts])
        for used, parts in tables.items()
        if any(used in rule.uses for rule in asked)
    }
    return violations_of(asked, frames, schedule)


def refers_to(definition: Definition) -> dict[str, set[str]]:
    """The source tables that the definition's columns refer to, with the columns that are looked at there."""
    found: dict[str, set[str]] = {}
    for link in (each.reference for each in definition.fields):
        if link and link.table != definition.code:
            found.setdefault(link.table, set()).update(link.fields)
    return found


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
    return frozenset(refers_to(definition))


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
    parts += campaign_lists(schedule)
    parts += [f"{table}:{known}" for table, known in sorted(inputs.items()) if table in used]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def campaign_lists(schedule: Schedule) -> list[str]:
    """The parts of the schedule that a check asks."""
    return [
        repr((schedule.period, schedule.calendar_year, schedule.five_year_offset)),
        repr((schedule.cohorts, schedule.new_student_tables)),
        repr((schedule.enrolled_statuses, schedule.other_statuses, schedule.employed, schedule.unemployed)),
    ]
