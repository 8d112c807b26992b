"""The process that reads one workbook and ends: `python -m workbooks.child`, started by `workbooks.reading`.

It imports what it needs, waits for its one request on stdin, reads under limits, and leaves its answer in
files.  When the process that holds the other end of stdin is gone, the kernel ends this one (by SIGIO, which
needs no Python).
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import select
import signal
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import polars as pl

from checks.context import CheckContext, context_for
from checks.definition import Definition, load_definition
from checks.engine import check, in_cell_order
from checks.finding import Finding
from checks.normalise import normalise
from checks.rows import from_parquet, to_parquet
from workbooks.package import Package
from workbooks.refusal import Refused, damaged, too_large
from workbooks.request import RESULT, ROWS, Request, receive
from workbooks.stamp import TemplateStamp, from_notes, from_properties
from workbooks.table import notes_rows, read_table, wrong_table

CUSTOM = "docProps/custom.xml"


@dataclass(frozen=True)
class Answer:
    """What reading a workbook gave; `rows` is None where it was refused, `trouble` is for the log."""

    findings: list[Finding]
    row_count: int = 0
    rows: bytes | None = None
    stamp: TemplateStamp | None = None
    trouble: str = ""


def main() -> None:
    """Serve one request."""
    request = receive(sys.stdin.buffer)
    if request is not None:
        end_with_the_holder()
        _limit(request.limits.seconds, request.limits.megabytes)
        _leave(request.out, _answer(request))
    # Threads of the libraries have nothing more to do; waiting for them could only hang.
    os._exit(0)


def end_with_the_holder() -> None:
    """Let the kernel end this process as soon as the other end of stdin closes, whatever it is busy with."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    gone = select.poll()
    gone.register(0, select.POLLHUP)
    if gone.poll(0):
        os._exit(0)


def _limit(seconds: float, megabytes: int) -> None:
    """Processor time and memory; what the libraries have reserved already doesn't count."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else 0
    memory = pages * resource.getpagesize() + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    processor = ceil(seconds) * (os.cpu_count() or 1)
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))


def _answer(request: Request) -> Answer:
    definition = load_definition(request.code)
    try:
        return _read(request, definition)
    except Refused as refused:
        return Answer([refused.finding])
    except MemoryError:
        return Answer([too_large().finding])
    # A broken file must never end in a traceback, and Rust's panics aren't Exceptions.
    except BaseException as error:
        return Answer([damaged(type(error).__name__).finding], trouble=traceback.format_exc())


def _read(request: Request, definition: Definition) -> Answer:
    package = Package(request.path, request.limits.unpacked)
    stamp = _stamp(request.path, package)
    if stamp is not None and stamp.table != request.code:
        raise wrong_table(definition, stamp.table)
    reading = read_table(request.path, package, definition)
    rows, altered = normalise(definition, reading.rows)
    found = [*reading.findings, *altered, *check(definition, rows, _context(request))]
    return Answer(
        findings=in_cell_order(definition, rows, found),
        row_count=rows.frame.height,
        rows=to_parquet(definition, rows),
        stamp=stamp,
    )


def _context(request: Request) -> CheckContext:
    sources = {code: _frame(parts) for code, parts in request.sources.items()}
    return context_for(request.schedule, sources, _frame([request.prior]) if request.prior else None)


def _frame(parts: Sequence[Path]) -> pl.DataFrame:
    return pl.concat([from_parquet(part.read_bytes()).frame for part in parts], how="diagonal")


def _stamp(path: Path, package: Package) -> TemplateStamp | None:
    """From the document's properties, else from `说明` (some programs drop the properties)."""
    if CUSTOM in package.names():
        values = {
            node.get("name", ""): "".join(node.itertext()) for node in package.xml(CUSTOM) if node.get("name")
        }
        stamp = from_properties(values)
        if stamp is not None:
            return stamp
    return from_notes(notes_rows(path, package))


def _leave(out: Path, answer: Answer) -> None:
    if answer.rows is not None:
        (out / ROWS).write_bytes(answer.rows)
    document = {
        "row_count": answer.row_count,
        "trouble": answer.trouble,
        "stamp": vars(answer.stamp) if answer.stamp else None,
        "findings": [finding.as_dict() for finding in answer.findings],
    }
    (out / RESULT).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
