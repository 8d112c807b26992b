"""The system check after review: the stored rows again, with references to the approved source tables."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from checks.definition import Definition, load_definition
from checks.finding import Finding
from plans.plan import Schedule

# Raised whenever a rule's code changes what it finds, so that earlier checks count as stale.
RULES_VERSION = 1


def system_check(code: str, rows: bytes, schedule: Schedule, sources: Mapping[str, bytes]) -> list[Finding]:
    """Findings of the rows (Parquet, as reading wrote them) in cell order.

    ``sources``: the approved rows of source tables by code, Parquet too; what is not there isn't referred to.
    """
    from checks.context import context_for
    from checks.engine import check
    from checks.rows import from_parquet

    definition = load_definition(code)
    used = referred(definition)
    frames = {source: from_parquet(content).frame for source, content in sources.items() if source in used}
    return check(definition, from_parquet(rows), context_for(schedule, frames))


def referred(definition: Definition) -> frozenset[str]:
    """The source tables that the definition's columns refer to."""
    links = (field.reference for field in definition.fields)
    return frozenset(link.table for link in links if link and link.table != definition.code)


def inputs_hash(code: str, rows: str, sources: Mapping[str, str], schedule: Schedule) -> str:
    """SHA-256 over all that a check's findings depend on.

    ``rows`` and ``sources`` are the SHA-256 names of the stored rows; sources the table doesn't refer to
    don't count.  A check whose hash is no longer this one is stale.
    """
    definition = load_definition(code)
    used = referred(definition)
    parts = [str(RULES_VERSION), repr(definition), rows, *_campaign(schedule)]
    parts += [f"{source}:{name}" for source, name in sorted(sources.items()) if source in used]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _campaign(schedule: Schedule) -> list[str]:
    """The parts of the schedule that a check asks."""
    return [
        repr((schedule.period, schedule.calendar_year, schedule.five_year_offset)),
        repr((schedule.cohorts, schedule.new_student_tables)),
        repr((schedule.enrolled_statuses, schedule.other_statuses, schedule.employed, schedule.unemployed)),
    ]
