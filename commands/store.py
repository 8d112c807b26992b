"""Opens the data folder that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.blobs import Blobs
from models.database import Database
from models.errors import NotFound
from models.migrate import upgrade
from settings import Settings, load

REHEARSAL_FOLDER = "rehearsal"


def settings_for(data: Path | None, *, rehearsal: bool = False) -> Settings:
    """This process's settings, with the data folder that the command names; a rehearsal that names none has
    its own below the usual one."""
    settings = load()
    if data is None and not rehearsal:
        return settings
    return settings.model_copy(update={"data": data or settings.data / REHEARSAL_FOLDER})


def has_database(settings: Settings) -> bool:
    """Whether there is a database to open; a server's is taken to be there."""
    return bool(settings.database_url) or (settings.data / "caiji.db").exists()


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The existing database of the data folder, in its newest form; NotFound where there is none."""
    if not has_database(settings):
        raise NotFound(
            f"数据目录 {settings.data} 里还没有数据库。",
            "请先运行 caiji serve，或用 --data 指定已有的目录（演练的数据默认在 data/rehearsal）。",
        )
    with migrated(settings) as database:
        yield database


@contextmanager
def migrated(settings: Settings) -> Iterator[Database]:
    """The data folder's database in its newest form, made where there is none."""
    database = Database(settings.url)
    try:
        upgrade(database)
        yield database
    finally:
        database.close()


def blobs_of(settings: Settings) -> Blobs:
    """The file store of the data folder."""
    return Blobs(settings.data / "blobs")
