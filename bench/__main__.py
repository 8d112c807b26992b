"""`make bench`: every promised ratio, measured side by side, in one table."""

from __future__ import annotations

import gc
import platform
import sys
from datetime import UTC, datetime

import bench.board
import bench.check
import bench.digests
import bench.first_page
import bench.flow
import bench.plan
import bench.uploads
from bench.measure import Figure
from caiji import GARBAGE

MEASURES = (
    bench.check.measure,
    bench.first_page.measure,
    bench.board.measure,
    bench.plan.measure,
    bench.uploads.measure,
    bench.digests.measure,
    bench.flow.measure,
)


def main() -> None:
    """Measure all and print the table; a missed goal is told, never hidden."""
    gc.set_threshold(*GARBAGE)
    figures = [figure for measure in MEASURES for figure in measure()]
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}")
    for line in table(figures):
        print(line)
    sys.exit(0 if all(figure.reached for figure in figures) else 1)


def table(figures: list[Figure]) -> list[str]:
    """The figures as a Markdown table."""
    head = ["| what | seconds | beside | seconds | ratio | goal | |", "|---|---|---|---|---|---|---|"]
    return head + [
        f"| {f.what} | {f.seconds:.3f} | {f.beside} | {f.beside_seconds:.3f} | {f.ratio:.2f} | ≤ {f.goal:g} "
        f"| {'reached' if f.reached else 'missed: ' + (f.cause or 'cause unknown')} |"
        for f in figures
    ]


if __name__ == "__main__":
    main()
