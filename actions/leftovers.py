"""What a process that was killed leaves half done in the data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

PASSING = ("incoming", "outgoing", "reading")
"""Folders whose files live no longer than the request that made them."""


def sweep_leftovers(data: Path) -> None:
    """Empty them; only for who holds the data folder's lock, when nothing is served yet."""
    for name in PASSING:
        shutil.rmtree(data / name, ignore_errors=True)
