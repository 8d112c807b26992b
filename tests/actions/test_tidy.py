"""At night goes what nobody can need any more, and nothing that somebody may come back to."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import select

from actions.sign_in import GRACE, LIMITS, WINDOW, note_failure, session_of, sign_in
from actions.tidy import KEPT, kept_folder, still_kept, sweep_kept, tidy
from models import FailedSignIn
from models.database import Database
from tests.models.rows import person

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


def test_an_ended_session_is_known_until_its_grace_is_over(database: Database) -> None:
    with database.writing() as session:
        secret = sign_in(session, person(session, "1001").id or 0, NOON, 1)
        assert tidy(session, NOON + timedelta(hours=1) + GRACE) == 0
        assert session_of(session, secret) is not None
        assert tidy(session, NOON + timedelta(hours=1, seconds=1) + GRACE) == 1
        assert session_of(session, secret) is None


def test_guesses_go_once_they_count_no_more(database: Database) -> None:
    with database.writing() as session:
        note_failure(session, "1001", "10.0.0.1", NOON)
        note_failure(session, "1001", "10.0.0.1", NOON + timedelta(minutes=30))
        assert len(session.exec(select(FailedSignIn)).all()) == 2 * len(LIMITS)
        assert tidy(session, NOON + WINDOW + timedelta(seconds=1)) == len(LIMITS)
        assert {row.at for row in session.exec(select(FailedSignIn))} == {NOON + timedelta(minutes=30)}


def test_kept_work_has_a_day(tmp_path: Path) -> None:
    sweep_kept(tmp_path, NOON)
    folder = kept_folder(tmp_path) / "token"
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"work")
    os.utime(folder, (NOON.timestamp(), NOON.timestamp()))
    sweep_kept(tmp_path, NOON + KEPT)
    assert still_kept(folder, NOON + KEPT)
    sweep_kept(tmp_path, NOON + KEPT + timedelta(seconds=1))
    assert not folder.exists()
    assert not still_kept(folder, NOON)
