"""What is thrown away at night: ended sessions, old guesses, work that was kept for a day."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, delete

from actions.sign_in import GRACE, WINDOW
from models import FailedSignIn, SignIn

KEPT = timedelta(days=1)
"""How long unsent work is kept for a person whose session has ended."""


def tidy(session: Session, wall: datetime) -> int:
    """Delete guesses that no longer count and sessions that ended so long ago that nobody comes back to
    them; how many rows went."""
    ended = session.exec(delete(SignIn).where(col(SignIn.expires_at) < wall - GRACE))
    old = session.exec(delete(FailedSignIn).where(col(FailedSignIn.at) < wall - WINDOW))
    return ended.rowcount + old.rowcount


def kept_folder(data: Path) -> Path:
    """Where the pages keep unsent work: a folder for each form."""
    return data / "kept"


def still_kept(folder: Path, wall: datetime) -> bool:
    """Whether the form of this folder is there, and its day is not over."""
    with suppress(FileNotFoundError):
        return wall - datetime.fromtimestamp(folder.stat().st_mtime, UTC) <= KEPT
    return False


def sweep_kept(data: Path, wall: datetime) -> None:
    """Remove the unsent work whose day is over."""
    for folder in kept_folder(data).glob("*"):
        if not still_kept(folder, wall):
            shutil.rmtree(folder, ignore_errors=True)
