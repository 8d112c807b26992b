"""Killed at any statement, a migration has not begun, and goes through the next time."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

from models.database import Database
from models.migrate import NEWEST, upgrade
from tests.killed import at_statement, killed_in
from tests.models.migrated import migrate_to

FIRST_RELEASE = "0003"
EVERY = int(os.environ.get("EVERY", "17"))
"""Which statements it is killed at; all of them in a soak."""


def state(path: Path) -> tuple[str, str, list[str]]:
    """Whether the database is sound, its revision, and who is in it."""
    with closing(sqlite3.connect(path)) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        people = [row[0] for row in connection.execute("SELECT staff_no FROM person ORDER BY staff_no")]
        return sound, revision, people


def bring_up(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()


def test_a_migration(tmp_path: Path) -> None:
    path = tmp_path / "caiji.db"
    old = Database(f"sqlite:///{path}")
    with old.connection() as connection:
        migrate_to(connection, FIRST_RELEASE)
        connection.exec_driver_sql(
            "INSERT INTO person (staff_no, name, email, phone, password_hash, active, sample)"
            " VALUES ('0071', '甲', 'a@example.edu', '', '', 1, 0)"
        )
    old.close()
    for step in count(1, EVERY):
        if not killed_in(lambda: bring_up(path), at_statement(step)):
            break
        assert state(path) == ("ok", FIRST_RELEASE, ["0071"]), step
    assert state(path) == ("ok", NEWEST, ["0071"])
    assert step > 5
