"""Brings a database to the newest form; safe to call at every start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from models.database import Database

ROOT = Path(__file__).parent.parent
NEWEST = "0006"


def upgrade(database: Database) -> None:
    """Run the migrations that the database has not seen, in one transaction."""
    with database.connection() as connection:
        if _revision(connection) == NEWEST:
            return
        _run(connection)


def _revision(connection: Connection) -> str | None:
    names = inspect(connection).get_table_names()
    if "alembic_version" not in names:
        return None
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
