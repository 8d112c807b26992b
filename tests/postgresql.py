"""A PostgreSQL server of the tests' own: started once, each test's database a copy of a filled one."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import make_url

from models.database import Database


class PostgreSQL:
    """A running server; ``quick`` ones lose data with the machine and are for tests that end sooner."""

    def __init__(self, folder: Path, *, quick: bool) -> None:
        with warnings.catch_warnings():  # of a machine without XDG_RUNTIME_DIR, where it falls back to /tmp
            warnings.simplefilter("ignore")
            from pgserver import get_server

            self._server = get_server(folder, cleanup_mode="delete")
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._numbers = count(1)
        if quick:
            self._admin.execute("ALTER SYSTEM SET fsync = off")
            self._admin.execute("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        uri = make_url(self._server.get_uri(name)).set(drivername="postgresql+psycopg")
        return uri.render_as_string(hide_password=False)

    def made(self, template: str = "template0") -> Database:
        """A new database, empty or a copy of ``template``."""
        name = f"caiji{next(self._numbers)}"
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return Database(self.url(name))

    def template(self, fill: Callable[[Database], None]) -> str:
        """The name of a database, filled, to be copied."""
        database = self.made()
        fill(database)
        database.close()
        return str(make_url(database.url).database)

    def drop(self, database: Database) -> None:
        database.close()
        self._admin.execute(f'DROP DATABASE "{make_url(database.url).database}"')

    def close(self) -> None:
        self._admin.close()
        self._server.cleanup()


@contextmanager
def postgresql(*, quick: bool) -> Iterator[PostgreSQL]:
    """A server in a folder of its own; both are gone afterwards."""
    with TemporaryDirectory(prefix="caiji-pg-") as parent:
        server = PostgreSQL(Path(parent, "data"), quick=quick)
        try:
            yield server
        finally:
            server.close()
