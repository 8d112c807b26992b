"""`caiji check TABLE FILE`: a workbook checked without a server."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from checks.definition import load_definition
from checks.finding import ERROR, INFO, WARNING
from checks.system import referred
from plans.plan import Schedule
from workbooks.limits import Limits
from workbooks.reading import Readers


def check_file(
    table: str, path: Path, schedule: Schedule, sources_dir: Path | None = None, limits: Limits | None = None
) -> dict[str, Any]:
    """The document that `caiji check --json` prints: counts and all findings in cell order.

    ``sources_dir`` holds approved source tables as `CODE.xlsx`; those that the table refers to are used.
    """
    with (
        Readers(limit=1, limits=limits) as readers,
        tempfile.TemporaryDirectory(prefix="caiji-check-") as folder,
    ):
        sources = _sources(readers, table, schedule, sources_dir, Path(folder))
        result = readers.read(path, table, schedule, sources)
    severities = [finding.severity for finding in result.findings]
    return {
        "table": table,
        "rows": result.row_count,
        "errors": severities.count(ERROR),
        "warnings": severities.count(WARNING),
        "infos": severities.count(INFO),
        "findings": [finding.as_dict() for finding in result.findings],
    }


def _sources(
    readers: Readers, table: str, schedule: Schedule, sources_dir: Path | None, folder: Path
) -> dict[str, list[Path]]:
    """The referred source tables as Parquet files; what cannot be read isn't referred to."""
    found = {}
    for code in sorted(referred(load_definition(table))) if sources_dir else ():
        workbook = Path(sources_dir or ".") / f"{code}.xlsx"
        if workbook.is_file():
            result = readers.read(workbook, code, schedule)
            if not result.unreadable:
                found[code] = [folder / f"{code}.parquet"]
                found[code][0].write_bytes(result.rows)
    return found
