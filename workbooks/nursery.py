"""Our side of `workbooks.forking`: where children come from, and how each is asked, awaited and ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from workbooks.request import CHILD_PLEASE, CODE, AnyRequest, send

ROOT = Path(__file__).parent.parent
PATIENCE = 10.0
"""Seconds in which the process ends a child or itself; later it is killed."""
ENVIRONMENT = {"PATH": os.defpath, "PYTHONUTF8": "1", "_RJEM_MALLOC_CONF": "background_thread:false"}
"""Not our own, so that a hostile file finds no secrets; no thread that a fork would lose."""


class Nursery:
    """The process that forks children, and dies with this one."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workbooks.forking"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={**ENVIRONMENT, "POLARS_MAX_THREADS": str(min(os.cpu_count() or 1, 4))},
                process_group=0,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def lives(self, patience: float = 0) -> bool:
        """Whether it doesn't end within so many seconds."""
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            return True
        self._orders.close()
        return False

    def close(self) -> None:
        """End it and all its children."""
        self._orders.close()
        if self.lives(PATIENCE):
            self._process.kill()
            self._process.wait()

    @contextmanager
    def child(self) -> Iterator[Child]:
        """A child for one request; where nobody is there to fork it, one that ends at once without a code."""
        line, its_line = socket.socketpair()
        its_request, request = os.pipe()
        with line, suppress(BrokenPipeError), open(request, "wb") as stream:
            with its_line, open(its_request, "rb") as its_stream, suppress(OSError):
                socket.send_fds(self._orders, [CHILD_PLEASE], [its_stream.fileno(), its_line.fileno()])
            yield Child(line, stream)


class Child:
    """Our ends of a child's request and of the line that tells how it ended."""

    def __init__(self, line: socket.socket, request: IO[bytes]) -> None:
        self._line = line
        self._request = request

    def ask(self, request: AnyRequest) -> None:
        """Give it its request; one that is gone by now says so on the line."""
        with suppress(OSError):
            send(request, self._request)

    def code(self, seconds: float) -> int | None:
        """Its exit code; None where nobody can tell it any more, TimeoutError where it takes longer."""
        self._line.settimeout(seconds)
        try:
            told = self._line.recv(CODE.size)
        except ConnectionError:
            return None
        return int(CODE.unpack(told)[0]) if len(told) == CODE.size else None

    def end(self) -> bool:
        """Have it killed; False where that isn't done in time."""
        try:
            self._line.shutdown(socket.SHUT_WR)
            self.code(PATIENCE)
        except TimeoutError:
            return False
        except OSError:
            pass
        return True
