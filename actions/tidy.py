"""What is thrown away at night: sessions that have ended and guesses that no longer count."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from models import FailedSignIn, SignIn

GUESSES_KEPT = timedelta(days=1)


def tidy(session: Session, wall: datetime) -> int:
    """Delete expired sessions and old failed guesses; how many rows went."""
    ended = session.connection().execute(delete(SignIn).where(col(SignIn.expires_at) < wall))
    old = session.connection().execute(delete(FailedSignIn).where(col(FailedSignIn.at) < wall - GUESSES_KEPT))
    return ended.rowcount + old.rowcount
