"""A database brought to an older form, as those have that are in use."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from models.migrate import ROOT


def migrate_to(connection: Connection, revision: str) -> None:
    """Run the migrations up to this one."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
