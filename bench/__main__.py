"""`make bench`: every promised ratio, measured side by side, in one table."""

from __future__ import annotations

import gc
import platform
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

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
    figures = [figure for measure in MEASURES for figure in _by_itself(measure)]
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}")
    for line in table(figures):
        print(line)
    sys.exit(0 if all(figure.reached for figure in figures) else 1)


def _by_itself(measure: Callable[[], list[Figure]]) -> list[Figure]:
    """In a process of its own: what others have left in memory slows nobody down."""
    fresh = get_context("spawn")
    with ProcessPoolExecutor(1, fresh, initializer=gc.set_threshold, initargs=GARBAGE) as process:
        return process.submit(measure).result()


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
