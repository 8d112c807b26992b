"""The migrations make exactly what the models say, and may be run again."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import SQLModel

from models.database import Database
from models.errors import Conflict
from models.migrate import NEWEST, ROOT, upgrade


@pytest.mark.both
def test_a_migrated_database_is_what_the_models_say(database: Database) -> None:
    with database.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, SQLModel.metadata) == []


@pytest.mark.both
def test_upgrading_twice_changes_nothing(database: Database) -> None:
    upgrade(database)
    with database.connection() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == NEWEST


def test_the_newest_revision_is_the_last_file() -> None:
    newest = sorted(path.name for path in Path(ROOT, "migrations/versions").glob("*.py"))[-1]
    assert newest.startswith(NEWEST)


def test_a_database_of_two_campaigns_is_refused_in_a_sentence(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'caiji.db'}")
    upgrade(database)
    with database.connection() as connection:
        for statement in (
            "DROP INDEX one_campaign",
            "ALTER TABLE campaign DROP COLUMN only",
            "UPDATE alembic_version SET version_num = '0012'",
            "INSERT INTO campaign (name, year, timezone) VALUES ('甲', 2019, 'UTC'), ('乙', 2020, 'UTC')",
        ):
            connection.execute(text(statement))
    with pytest.raises(Conflict, match="2 个采集活动"):
        upgrade(database)
    database.close()
