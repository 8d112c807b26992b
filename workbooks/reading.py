"""Reading workbooks, each in a child process of its own: whatever a file does, only that child suffers."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from checks.finding import Finding
from plans.plan import Schedule
from workbooks.limits import Limits
from workbooks.refusal import Refused, too_large, too_slow
from workbooks.request import RESULT, ROWS, Request, send
from workbooks.stamp import TemplateStamp

__all__ = ["Limits", "ReadResult", "Readers", "TemplateStamp"]

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).parent.parent
TRIES = 2
INTERRUPTED = "unreadable-interrupted"
OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS)


@dataclass(frozen=True)
class ReadResult:
    """What a workbook held.

    ``rows`` is Parquet (empty bytes where ``unreadable``); ``findings`` in cell order; ``stamp`` what the
    template says of itself (None: not told), whose version the caller compares with the newest.
    """

    row_count: int
    rows: bytes
    findings: list[Finding]
    stamp: TemplateStamp | None
    unreadable: bool


class Readers:
    """At most ``limit`` workbooks are read at once; one spare child is kept warm.  Safe for threads.

    ``folder``: where children write what they have read, until it is taken; the system's own unless given.
    """

    def __init__(self, limit: int = 2, limits: Limits | None = None, folder: Path | None = None) -> None:
        self.limits = limits or Limits()
        self._folder = folder.absolute() if folder else None
        self._slots = threading.BoundedSemaphore(limit)
        self._lock = threading.Lock()
        self._spare: subprocess.Popen[bytes] | None = None
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Warm the spare child."""
        with self._lock:
            if not self._closed and (self._spare is None or self._spare.poll() is not None):
                _end(self._spare)
                self._spare = _spawn()

    @property
    def spare_pid(self) -> int | None:
        """The warm child's process id; None where there is none."""
        with self._lock:
            return self._spare.pid if self._spare else None

    def close(self) -> None:
        """End every child; readings under way come back as interrupted."""
        with self._lock:
            self._closed = True
            children = [*self._running, self._spare]
            self._spare = None
        for child in children:
            _end(child)

    def read(
        self,
        path: Path,
        code: str,
        schedule: Schedule,
        sources: Mapping[str, Sequence[Path]] | None = None,
        prior: Path | None = None,
    ) -> ReadResult:
        """The workbook's rows and findings for table ``code``; waits for a free slot.

        ``sources``: Parquet files of approved source tables' parts, for references; ``prior``: of last year's
        rows.  Refusals are findings, never errors; RuntimeError only after `close`, OSError where there is no
        room to write.
        """
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
        with self._slots, tempfile.TemporaryDirectory(prefix="caiji-read-", dir=self._folder) as folder:
            out, given = Path(folder), dict(sources or {})
            request = Request(path.absolute(), code, out, schedule, self.limits, given, prior)
            try:
                return self._run(request)
            finally:
                self.start()

    def _run(self, request: Request) -> ReadResult:
        """The child's answer; one that somebody killed gets a second try."""
        for _ in range(TRIES):
            result = self._try(request)
            if not any(finding.rule == INTERRUPTED for finding in result.findings):
                break
        return result

    def _try(self, request: Request) -> ReadResult:
        with self._child(request) as child:
            try:
                code = child.wait(request.limits.seconds)
            except subprocess.TimeoutExpired:
                return _refused(too_slow(request.limits))
        if code == 0 and (request.out / RESULT).is_file():
            return _result(request.out)
        return _refused(_ended(code, request.limits))

    @contextmanager
    def _child(self, request: Request) -> Iterator[subprocess.Popen[bytes]]:
        """A child that has the request; a warm one that died meanwhile is replaced."""
        child = self._take()
        try:
            if not _sent(child, request):
                self._drop(child)
                child = self._take()
                _sent(child, request)
            yield child
        finally:
            self._drop(child)

    def _take(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise RuntimeError("the readers are closed")
            child, self._spare = self._spare, None
            if child is None or child.poll() is not None:
                _end(child)
                child = _spawn()
            self._running.add(child)
            return child

    def _drop(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._running.discard(child)
        _end(child)


def _spawn() -> subprocess.Popen[bytes]:
    """A child without our environment: a hostile file finds no secrets there."""
    threads = str(min(os.cpu_count() or 1, 4))
    return subprocess.Popen(
        [sys.executable, "-m", "workbooks.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONUTF8": "1", "POLARS_MAX_THREADS": threads},
        process_group=0,
    )


def _end(child: subprocess.Popen[bytes] | None) -> None:
    """Kill the child's process group and take its exit code; again does nothing."""
    if child is None or child.stdin is None:
        return
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    with suppress(OSError):
        child.stdin.close()


def _sent(child: subprocess.Popen[bytes], request: Request) -> bool:
    """Whether the child took the request; False where it is gone."""
    if child.stdin is None:
        return False
    try:
        send(request, child.stdin)
    except OSError:
        return False
    return True


def _result(out: Path) -> ReadResult:
    document = json.loads((out / RESULT).read_text(encoding="utf-8"))
    if document["trouble"]:
        LOG.error("a workbook could not be read:\n%s", document["trouble"])
    rows = out / ROWS
    return ReadResult(
        row_count=document["row_count"],
        rows=rows.read_bytes() if rows.is_file() else b"",
        findings=[Finding(**finding) for finding in document["findings"]],
        stamp=TemplateStamp(**document["stamp"]) if document["stamp"] else None,
        unreadable=not rows.is_file(),
    )


def _refused(reason: Refused) -> ReadResult:
    return ReadResult(0, b"", [reason.finding], None, unreadable=True)


def _ended(code: int, limits: Limits) -> Refused:
    """Why a child ended without an answer."""
    if code == -signal.SIGXCPU:
        return too_slow(limits)
    if code in OUT_OF_MEMORY:
        return too_large()
    return Refused(
        INTERRUPTED,
        "读取中断，没有读完这个文件。",
        "请重新上传一次；仍然如此的，请与质量部联系。",
    )
