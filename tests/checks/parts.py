"""The system check of rows among the parts of tables, all given as bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checks.definition import load_definition
from checks.finding import Finding
from checks.release import Released
from checks.system import Across, Tables, refers_to, source_frame, system_check, violations_in
from plans.plan import Schedule


def checked(
    code: str,
    rows: bytes,
    schedule: Schedule,
    sources: Mapping[str, Sequence[bytes]],
    *,
    prior: bytes | None = None,
    tables: Tables | None = None,
    released: Sequence[Released] = (),
) -> list[Finding]:
    """``sources`` and ``tables``: departments' parts by code, those of ``tables`` with their names."""
    asked = refers_to(load_definition(code))
    frames = {
        table: source_frame(parts, asked[table])
        for table, parts in sources.items()
        if table in asked and parts
    }
    own = [name for name, part in (tables or {}).get(code, ()) if part == rows]
    across = Across(violations_in(code, tables or {}, schedule), own)
    return system_check(code, rows, schedule, frames, prior=prior, across=across, released=released)
