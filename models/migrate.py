"""Brings a database to the newest form; safe to call at every start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session, SQLModel

from models.database import Database
from models.errors import Conflict, Sentence

VERSIONS = "alembic_version"
ROOT = Path(__file__).parent.parent
NEWEST = "0022"


def upgrade(database: Database) -> None:
    """Run the migrations that the database has not seen, in one transaction."""
    with database.connection() as connection:
        found = _revision(connection)
        if found == NEWEST:
            return
        if found is not None and found > NEWEST:
            raise Conflict(
                Sentence(
                    "数据库是由更新的版本建立的（%(found)s，本程序只认识到 %(ours)s）。",
                    found=found,
                    ours=NEWEST,
                ),
                "请更新程序，或用 --data 指定别的数据目录。",
            )
        _run(connection)


def demand_newest(session: Session) -> None:
    """Conflict where the database has another form than this program's; nothing is changed."""
    found = _revision(session.connection())
    if found != NEWEST:
        raise Conflict(
            Sentence(
                "数据库是另一个版本的（%(value)s，本程序用的是 %(ours)s）。",
                value=found or Sentence("没有版本"),
                ours=NEWEST,
            ),
            "请先用本程序启动一次服务，数据库会随之更新；或用 --data 指定别的数据目录。",
        )


def differences(session: Session) -> list[str]:
    """Where tables and columns are not what the models say: what is missing, what nobody knows."""
    known = inspect(session.connection())
    there = {name: {column["name"] for column in known.get_columns(name)} for name in known.get_table_names()}
    there.pop(VERSIONS, None)
    wanted = {name: set(table.columns.keys()) for name, table in SQLModel.metadata.tables.items()}
    told = [f"缺少表 {name}" for name in sorted(wanted.keys() - there.keys())]
    told += [f"多出表 {name}" for name in sorted(there.keys() - wanted.keys())]
    for name in sorted(wanted.keys() & there.keys()):
        told += [f"表 {name} 缺少列 {column}" for column in sorted(wanted[name] - there[name])]
        told += [f"表 {name} 多出列 {column}" for column in sorted(there[name] - wanted[name])]
    return told


def _revision(connection: Connection) -> str | None:
    names = inspect(connection).get_table_names()
    if VERSIONS not in names:
        return None
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
