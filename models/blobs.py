"""Files kept by the SHA-256 of their bytes: a workbook, its typed rows, a report."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

UNFINISHED = ".part"
"""The folder of files that are still being written; a copy of the store leaves it out."""


class Lost(OSError):
    """A kept file that is gone or cannot be read; ``name`` is its SHA-256."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the kept file {name} cannot be read")
        self.name = name


class Blobs:
    """A folder of immutable files named by their content; a file is on disk before its name is given out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store the bytes, synced, and return their SHA-256 in hexadecimal."""
        name = hashlib.sha256(content).hexdigest()
        target = self.path(name)
        if not target.exists():
            self._write(target, content)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of this name; Lost where they cannot be read."""
        try:
            return self.path(name).read_bytes()
        except OSError as error:
            raise Lost(name) from error

    def path(self, name: str) -> Path:
        """Where the file of this name lies."""
        return self._folder / name[:2] / name

    def _write(self, target: Path, content: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / UNFINISHED
        unfinished.mkdir(exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=unfinished)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except OSError:
            os.unlink(temporary)
            raise
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
