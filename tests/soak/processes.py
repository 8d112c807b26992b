"""Processes of a soak: started like the supervisor's children, and gone at its end however it ends."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from settings import ROOT
from tests.soak.sender import deliver

_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(["tests.soak.runs"])
PATIENCE = 1800.0
LOOK = 0.05


def until(what: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait for a true answer; fails after half an hour."""
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, f"still not after {patience:.0f} s"
        time.sleep(LOOK)


class Processes:
    """What was started, in one folder of logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        self._forked: list[BaseProcess] = []

    def start(self, module: str, *argv: str, **settings: str) -> subprocess.Popen[bytes]:
        """Run a module with these CAIJI_* settings and none else."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT", "CAIJI"))}
        environment = clean | {"PYTHONPATH": str(ROOT)} | _as_settings(settings)
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *argv],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._started.append(process)
        return process

    def sender(self, *argv: str) -> BaseProcess:
        """A sender, forked from a process that has imported it: a hundred of them start in no time."""
        process = _NURSERY.Process(target=deliver, args=argv, daemon=True)
        process.start()
        self._forked.append(process)
        return process

    def end(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()
        for forked in self._forked:
            forked.kill()
            forked.join()


def _as_settings(given: Mapping[str, str]) -> dict[str, str]:
    return {f"CAIJI_{name.upper()}": value for name, value in given.items()}


@contextmanager
def processes(folder: Path) -> Iterator[Processes]:
    """A place to start processes from; all are gone afterwards."""
    made = Processes(folder)
    try:
        yield made
    finally:
        made.end()


class Sink:
    """The mail server's process and what it wrote down."""

    def __init__(self, started: Processes) -> None:
        self._started = started
        self._folder = started.folder / "sink"
        self._folder.mkdir(exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start it, on the port it had before."""
        port = self._folder / "port"
        before = port.read_text() if port.exists() else "0"
        port.unlink(missing_ok=True)
        self._process = self._started.start("tests.soak.sink", str(self._folder), before)
        until(port.exists, 60)

    def shut(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait()

    @property
    def port(self) -> int:
        return int((self._folder / "port").read_text())

    def size(self) -> int:
        """Bytes written down: some 80 a mail."""
        path = self._folder / "arrived"
        return path.stat().st_size if path.exists() else 0

    def arrived(self) -> Counter[tuple[str, str]]:
        """How often each (Message-ID, addressee) arrived."""
        path = self._folder / "arrived"
        lines = path.read_text().splitlines() if path.exists() else []
        return Counter((line.split("\t")[0], line.split("\t")[1]) for line in lines)
