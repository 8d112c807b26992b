"""Killed at any step, a backup or a restore leaves no half one, and goes through the next time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import chain, count
from pathlib import Path

import pytest

from commands.keep import backup, restore
from models.blobs import Blobs
from tests.killed import at_byte, at_file, killed_in

EVERY = int(os.environ.get("EVERY", "4"))
"""Which touches of a file it is killed at; all of them in a soak."""
FILES = [b"a workbook", b"its rows", b"a report"]


@pytest.fixture
def full(data: Path) -> Path:
    for content in FILES:
        Blobs(data / "blobs").put(content)
    return data


def whole(folder: Path) -> bool:
    """Whether the database is sound and every file is what its name says."""
    with closing(sqlite3.connect(folder / "caiji.db")) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        people = connection.execute("SELECT count(*) FROM person").fetchone()[0]
    blobs = Blobs(folder / "blobs")
    kept = [
        blobs.get(path.name)
        for path in folder.glob("blobs/??/*")
        if blobs.put(path.read_bytes()) == path.name
    ]
    return sound and people > 0 and sorted(kept) == sorted(FILES)


IN_A_FILE = [at_byte(size) for size in (1, 20, 5_000, 100_000, 400_000)]


def survives(into: Callable[[int], Path], verb: Callable[[Path], None], *, by: int) -> int:
    """Kill it in its files and at each ``by``-th touch of one, each in a new place; how many kills."""
    for n, arm in enumerate(chain(IN_A_FILE, map(at_file, count(1, by)))):
        folder = into(n)
        killed = killed_in(lambda: verb(folder), arm)  # noqa: B023
        if not (folder / "caiji.db").exists():
            assert killed
            verb(folder)
        assert whole(folder), n
        if not killed:
            return n
    raise AssertionError


def test_a_backup(full: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    kept = tmp_path_factory.mktemp("kept")
    assert survives(lambda n: kept / str(n), lambda folder: backup(folder, full), by=EVERY) > 10
    assert whole(full)


def test_a_restore(full: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    kept, back = tmp_path_factory.mktemp("kept") / "one", tmp_path_factory.mktemp("back")
    backup(kept, full)
    assert survives(lambda n: back / str(n), lambda folder: restore(kept, folder), by=EVERY) > 10
    assert whole(kept)
