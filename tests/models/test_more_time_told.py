"""A campaign in use is brought up to date: what was asked and answered long ago is not told late."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from models.database import Database
from models.migrate import upgrade
from tests.models.migrated import migrate_to

MARKS = [("remind", "2020-11-09 01:00:00"), ("withdraw", "2020-11-10 02:00:00")]


@pytest.mark.parametrize("marks", [[], MARKS[:1], MARKS])
def test_extensions_are_told_from_the_latest_look_on(tmp_path: Path, marks: list[tuple[str, str]]) -> None:
    database = Database(f"sqlite:///{tmp_path / 'caiji.db'}")
    with database.connection() as connection:
        migrate_to(connection, "0011")
        for job, until in marks:
            connection.execute(text(f"INSERT INTO mark (job, until) VALUES ('{job}', '{until}')"))
    upgrade(database)
    with database.connection() as connection:
        kept = text("SELECT until FROM mark WHERE job IN ('more_time', 'more_time_from')")
        found = connection.execute(kept).scalars().all()
    database.close()
    assert found == [until for _, until in marks[-1:]] * 2
