"""The migrations make exactly what the models say, and may be run again."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from models.database import Database
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
