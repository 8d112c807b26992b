"""What the tests of child processes share."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from models.blobs import Blobs
from models.database import Database
from tests.commands.cli import Cli


@pytest.fixture
def gone() -> Callable[[list[psutil.Process]], bool]:
    """Tells whether processes all end within two seconds; orphans may stay as zombies for a while."""

    def within_two_seconds(processes: list[psutil.Process]) -> bool:
        deadline = time.monotonic() + 2
        while alive := [process for process in processes if process.is_running() and not _zombie(process)]:
            if time.monotonic() > deadline:
                return False
            psutil.wait_procs(alive, timeout=0.05)
        return True

    return within_two_seconds


def _zombie(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command line, called in this process."""
    return Cli(monkeypatch, capsys)


@pytest.fixture
def data(campaign: Database, tmp_path: Path) -> Path:
    """The data folder of a loaded campaign with one stored file."""
    Blobs(tmp_path / "blobs").put(b"a workbook")
    campaign.close()
    return tmp_path
