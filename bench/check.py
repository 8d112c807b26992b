"""Workbooks of 10.1.1, file to findings: beside fastexcel, beside frictionless, beside each other's sizes."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import fastexcel

from bench.large_book import write_students
from bench.measure import Figure, largest_child, side_by_side, timed
from checks.finding import ERROR
from plans.load import load_files
from settings import ROOT
from tests.workbooks.seeded import CODE, SHARED, Cells, found_by_frictionless, seeded
from workbooks.reading import Limits, Readers, ReadResult

SIZES = (10_000, 100_000, 1_000_000)
FAULTS = 300
REST = 1.5
"""Seconds between two measurements, in which the next child warms itself."""
LIMITS = Limits(seconds=600, megabytes=6_144)
MEMORY = 2.0
CORES = "wants a core to spare: pieces are unpacked, scanned and read side by side"


def measure() -> list[Figure]:
    """All rules of 100,000 rows beside both; then 10,000, 100,000 and 1,000,000 rows, and their memory."""
    with TemporaryDirectory(prefix="caiji-bench-") as folder, Readers(1, LIMITS) as readers:
        return _Books(Path(folder), readers).figures()


class _Books:
    def __init__(self, folder: Path, readers: Readers) -> None:
        self._readers = readers
        self._schedule = load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml").schedule
        self._faults = {size: seeded(size, FAULTS) for size in SIZES}
        self._paths = {size: folder / f"{size}.xlsx" for size in SIZES}
        for size, path in self._paths.items():
            write_students(path, size, self._faults[size])

    def figures(self) -> list[Figure]:
        small, usual, large = SIZES
        time.sleep(REST)
        check, limit = side_by_side(lambda: self._check(usual), lambda: _bare(self._paths[usual]), rest=REST)
        slow = timed(lambda: self._frictionless(usual))
        more, less = side_by_side(lambda: self._check(usual), lambda: self._check(small), rest=REST)
        most = timed(lambda: self._check(large))
        peak = largest_child(lambda: self._check(large))
        what = "check 100,000 rows, file to findings"
        return [
            Figure(what, check, "fastexcel reading them", limit, 1.5, CORES),
            Figure(what, check, "frictionless, same cells found", slow, 1 / 12),
            Figure("check 100,000 rows", more, "10,000 rows", less, 11),
            Figure("check 1,000,000 rows", most, "100,000 rows", more, 11),
            Figure("check 1,000,000 rows, peak memory in GiB", peak, "promised", MEMORY, 1.0),
        ]

    def _check(self, size: int) -> None:
        """Read and check; exactly the seeded cells are found, or the figure would mean nothing."""
        result = self._readers.read(self._paths[size], CODE, self._schedule)
        assert result.row_count == size, result.findings
        assert {(f.rule, f.cell) for f in result.findings} == self._faults[size].expected()
        assert _shared(result) == self._faults[size].shared()

    def _frictionless(self, size: int) -> None:
        assert found_by_frictionless(self._paths[size]) == self._faults[size].shared()


def _shared(result: ReadResult) -> Cells:
    errors = [finding for finding in result.findings if finding.severity == ERROR and finding.rule in SHARED]
    return {(finding.row or 0, finding.column) for finding in errors}


def _bare(path: Path) -> None:
    sheet = fastexcel.read_excel(path).load_sheet(CODE, header_row=None, skip_rows=0, dtypes="string")
    sheet.to_polars()
