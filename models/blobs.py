"""Files kept by the SHA-256 of their bytes: a workbook, its typed rows, a report."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.whole import UNFINISHED, whole_file


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
            with self._put_whole(target) as part:
                part.write_bytes(content)
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

    def copy_to(self, other: Blobs) -> int:
        """Put every whole file of this store into the other, synced, anew where it is there; how many."""
        found = sorted(self._folder.glob("??/*"))
        for source in found:
            with other._put_whole(other.path(source.name)) as part:
                shutil.copyfile(source, part)
        return len(found)

    @contextmanager
    def _put_whole(self, target: Path) -> Iterator[Path]:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / UNFINISHED
        unfinished.mkdir(exist_ok=True)
        with whole_file(target, unfinished, mode=0o600) as part:
            yield part
