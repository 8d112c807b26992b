"""Files and folders that are there whole or not at all, whatever ends the process that writes them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

UNFINISHED = ".part"
"""The folder of what is still being written; whoever reads or copies the place leaves it out."""


class NotWritten(OSError):
    """What could not be written is its ``filename``, wherever it was prepared."""


@contextmanager
def whole_file(target: Path, aside: Path | None = None, mode: int = 0o666) -> Iterator[Path]:
    """A file to write to, beside ``target`` or ``aside``, that takes its place once it is on disk.

    What is there and no file (a device, a pipe) is written itself.  NotWritten names the target.
    """
    named, target = target, Path(os.path.realpath(target))
    if target.exists() and not target.is_file():
        yield target
        return
    part = (aside or target.parent) / f".{token_hex(8)}{UNFINISHED}"
    try:
        with _naming(named, part):
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
            yield part
            _sync(part)
            if target.exists():
                shutil.copymode(target, part)
            os.replace(part, target)
            _sync(target.parent)
    finally:
        with suppress(OSError):
            part.unlink()


def write_whole(target: Path, content: bytes) -> None:
    """Write a file that is there whole or as it was before; NotWritten names it."""
    with whole_file(target) as part:
        part.write_bytes(content)


@contextmanager
def whole_folder(folder: Path, last: str) -> Iterator[Path]:
    """A place within ``folder`` to write files to; they move up at the end, ``last`` last: where that is,
    all of it is.  A folder made for this goes again where it fails.  NotWritten names the folder.
    """
    made = not folder.exists()
    part = folder / UNFINISHED
    try:
        with _naming(folder, folder.anchor):
            folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
        with _naming(folder, folder):
            yield part
            for path in sorted(part.iterdir(), key=lambda path: path.name == last):
                _sync(path)
                os.replace(path, folder / path.name)
    except BaseException:
        shutil.rmtree(folder if made else part, ignore_errors=True)
        raise
    part.rmdir()
    _sync(folder)


@contextmanager
def _naming(target: Path, below: Path | str) -> Iterator[None]:
    """Name the target in an error about a place below this one, or about no place: there is no room."""
    try:
        yield
    except OSError as error:
        named = error.filename is None or Path(error.filename).is_relative_to(below)
        if error.errno is None or isinstance(error, NotWritten) or not named:
            raise
        raise NotWritten(error.errno, error.strerror, str(target)) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
