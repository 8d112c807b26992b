"""The two kinds of session: `reading` never writes, `writing` holds the write lock from its start.

A transaction that reads and then writes after another's commit fails at once on SQLite, whatever the
busy timeout; so a writing transaction begins IMMEDIATE and a reading one refuses writes.  On PostgreSQL it
would overwrite what it has not seen; so a writing transaction begins with an advisory lock, and means the
same on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Insert,
    SQLColumnExpression,
    bindparam,
    event,
)
from sqlalchemy.dialects import sqlite
from sqlmodel import Session, SQLModel, create_engine

from models.kept import ANSWERS, Kept

POOL = 40
KEPT = 5
"""Connections that a process keeps to a database server; more are closed after use."""
WRITE_LOCK = 0x6361696A69
SERVER_OPTIONS = "-c lock_timeout=30s -c idle_in_transaction_session_timeout=5min -c timezone=UTC"
"""As long as SQLite waits for its lock; the lock of a machine that has vanished is taken from it."""
PRAGMAS = ("journal_mode=WAL", "busy_timeout=30000", "foreign_keys=ON", "synchronous=FULL")


class Database:
    """One database, opened for reading and for writing; safe to share among threads.

    One that is thrown away need not be ``durable``: its commits don't wait for the disk.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = url
        self._pragmas = PRAGMAS if durable else (*PRAGMAS, "synchronous=OFF")
        self.sqlite = url.startswith("sqlite")
        self._kept = Kept()
        made = self._sqlite if self.sqlite else self._server
        self._reader = made(read_only=True)
        self._writer = made(read_only=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and cannot change it."""
        with Session(self._reader, expire_on_commit=False, info={ANSWERS: self._kept}) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at its end, or rolls everything back on an error."""
        answers = self._kept.of_a_writer()
        with Session(self._writer, expire_on_commit=False, info={ANSWERS: answers}) as session:
            with session.begin():
                yield session
                commits = session.in_transaction()
            if commits:
                self._kept.adopt(answers)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A writing connection, for migrations, backups and what needs no session."""
        with self._writer.begin() as connection:
            yield connection

    @property
    def writer(self) -> Engine:
        return self._writer

    def close(self) -> None:
        """Close every pooled connection."""
        self._reader.dispose()
        self._writer.dispose()

    def _sqlite(self, *, read_only: bool) -> Engine:
        engine = create_engine(self.url, pool_size=POOL, max_overflow=POOL)
        begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
        _speak_sqlite(engine, begin, self._pragmas, read_only=read_only)
        return engine

    def _server(self, *, read_only: bool) -> Engine:
        """A reading transaction sees one state; a writing one, once it holds the lock, the newest."""
        engine = create_engine(
            self.url,
            pool_size=KEPT,
            max_overflow=POOL,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
            connect_args={"options": SERVER_OPTIONS},
        )
        if read_only:
            return engine.execution_options(postgresql_readonly=True)
        event.listen(engine, "begin", _take_write_lock)
        return engine


def _take_write_lock(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")


def _speak_sqlite(engine: Engine, begin: str, pragmas: Sequence[str], *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def insert_or_leave(session: Session, model: type[SQLModel]) -> Insert:
    """An INSERT that leaves rows whose key is taken as they are."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(model).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # a twentieth of what is imported before the first page

    return postgresql.insert(model).on_conflict_do_nothing()


def among(column: SQLColumnExpression[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether the column is one of these ids, however many: they stand in the text of the statement, since
    databases bound its parameters (PostgreSQL: 65,535)."""
    named: BindParameter[Any] = bindparam(
        "ids", sorted(set(ids)), expanding=True, literal_execute=True, unique=True
    )
    return column.in_(named)
