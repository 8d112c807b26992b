"""A child process of the supervisor: leashed, logged, started again with growing pauses when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

LEASH = Path(__file__).with_name("leash.py")

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
STEADY_AFTER = 60.0
LOG_BYTES = 10_000_000


class Child:
    """One leashed process; all times are seconds of one monotonic clock, handed in.

    Its output goes to `log`, with the one before it kept beside it as `….1`.
    """

    def __init__(self, name: str, argv: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._argv = list(argv)
        self._environment = dict(environment)
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = FIRST_PAUSE / 2
        self._again_at: float | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The leash's process id, which is the id of the child's session too; None before the first start."""
        return self._process.pid if self._process else None

    def start(self, now: float) -> None:
        """Start the process; `OSError` where not even the leash can be started."""
        self._reap()
        self._started, self._again_at = now, None
        with self._open_log() as log:
            self._process = subprocess.Popen(
                [sys.executable, "-IS", str(LEASH), *self._argv],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def tend(self, now: float) -> bool:
        """Start it again where it died and its pause is over; whether it was started now.

        The pause doubles from one second to a minute, and is short again once it has run for a minute.
        """
        if self.alive:
            return False
        if self._again_at is None:
            self._reap()
            steady = now - self._started >= STEADY_AFTER
            self._pause = FIRST_PAUSE if steady else min(self._pause * 2, LONGEST_PAUSE)
            self._again_at = now + self._pause
        if now < self._again_at:
            return False
        self.start(now)
        return True

    def stop(self, timeout: float) -> int | None:
        """Ask it to end, and end it after `timeout` seconds; its exit code (None where it never ran)."""
        if self._process is None:
            return None
        self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._reap()
        return self._process.returncode

    def _reap(self) -> None:
        """Leave nothing of the last run: a leash that was killed itself cannot tidy up any more."""
        if self._process is None or self._process.stdin is None or self._process.stdin.closed:
            return
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        for pid in _session(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _open_log(self) -> BinaryIO:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))
        return self.log.open("ab")


def _session(leader: int) -> Iterator[int]:
    """The processes of a session, whatever groups they made."""
    import psutil

    for pid in psutil.pids():
        with suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == leader:
                yield pid
