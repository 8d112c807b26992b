"""The child processes that open workbooks: one spare kept warm, each used once, ended with their holder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from workbooks.limits import Limits
from workbooks.refusal import Refused, too_large, too_slow
from workbooks.request import RESULT, AnyRequest, send

ROOT = Path(__file__).parent.parent
TRIES = 2
INTERRUPTED = "unreadable-interrupted"
OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS)


class Children:
    """Hands requests to children; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spare: subprocess.Popen[bytes] | None = None
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def warm(self) -> None:
        """Start the spare child where there is none."""
        with self._lock:
            if not self._closed and (self._spare is None or self._spare.poll() is not None):
                _end(self._spare)
                self._spare = _spawn()

    @property
    def spare_pid(self) -> int | None:
        """The warm child's process id; None where there is none."""
        with self._lock:
            return self._spare.pid if self._spare else None

    @property
    def running_pids(self) -> list[int]:
        """The children that have a request."""
        with self._lock:
            return [child.pid for child in self._running]

    def close(self) -> None:
        """End every child; what is under way comes back as interrupted."""
        with self._lock:
            self._closed = True
            children = [*self._running, self._spare]
            self._spare = None
        for child in children:
            _end(child)

    def serve(self, request: AnyRequest) -> tuple[list[dict[str, Any]], Refused | None]:
        """The documents that a child left, and why it ended too early.

        One that somebody killed gets a second try; RuntimeError after `close`.
        """
        for _ in range(TRIES):
            documents, ended = self._try(request)
            if ended is None or ended.finding.rule != INTERRUPTED:
                break
        return documents, ended

    def _try(self, request: AnyRequest) -> tuple[list[dict[str, Any]], Refused | None]:
        with self._child(request) as child:
            try:
                code = child.wait(request.limits.seconds)
            except subprocess.TimeoutExpired:
                return _left(request.out), too_slow(request.limits)
        return _left(request.out), _ended(code, request.limits) if code else None

    @contextmanager
    def _child(self, request: AnyRequest) -> Iterator[subprocess.Popen[bytes]]:
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


def _left(out: Path) -> list[dict[str, Any]]:
    """The documents that are complete."""
    result = out / RESULT
    lines = result.read_text(encoding="utf-8").splitlines(keepends=True) if result.is_file() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


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


def _sent(child: subprocess.Popen[bytes], request: AnyRequest) -> bool:
    """Whether the child took the request; False where it is gone."""
    if child.stdin is None:
        return False
    try:
        send(request, child.stdin)
    except OSError:
        return False
    return True


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
