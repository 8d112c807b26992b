"""A whole Caiji, started as its users start it, and ended as they end it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

import psutil

from settings import ROOT

T = TypeVar("T")
CAIJI = [sys.executable, str(ROOT / "caiji.py")]
LOOK = 0.1
PATIENCE = 60.0
"""Seconds that a busy machine may take for an answer."""


@dataclass
class Service:
    """A running `caiji serve`: where it is, its data folder and its process."""

    url: str
    data: Path
    process: subprocess.Popen[str]

    def command(self, *arguments: str) -> str:
        """What a command on this service's data prints."""
        done = subprocess.run(
            [*CAIJI, *arguments, "--data", str(self.data)],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        return done.stdout.strip()

    def token(self, staff_no: str) -> dict[str, str]:
        """The header that signs a request in as this person."""
        return {"Authorization": f"Bearer {self.command('people', 'token', staff_no)}"}

    def family(self) -> list[psutil.Process]:
        """The supervisor's descendants."""
        return psutil.Process(self.process.pid).children(recursive=True)


@contextmanager
def serving(data: Path, *arguments: str, prefect: bool = False) -> Iterator[Service]:
    """Start `caiji serve`, wait for its `ready` line, and stop it by SIGTERM."""
    environment = os.environ | {"CAIJI_PREFECT": str(prefect).lower()}
    with (data / "serve.log").open("a") as log:
        process = subprocess.Popen(
            [*CAIJI, "serve", "--data", str(data), "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
            cwd=ROOT,
        )
    try:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        assert said[:1] == ["ready"], (data / "serve.log").read_text()
        yield Service(said[1], data, process)
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def until(look: Callable[[], T], seconds: float = PATIENCE) -> T:
    """The first true answer of ``look``, asked for as long as ``seconds``."""
    deadline = monotonic() + seconds
    while not (found := look()):
        assert monotonic() < deadline, "waited in vain"
        sleep(LOOK)
    return found
