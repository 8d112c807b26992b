"""A database of the first release, with a row in every table, becomes one of this program: on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    Integer,
    MetaData,
    Table,
    func,
    select,
)
from sqlmodel import SQLModel

from models import Mail, Notice, Person
from models.database import Database
from models.migrate import VERSIONS, upgrade
from tests.conftest import MORNING
from tests.models.migrated import migrate_to

FIRST_RELEASE = "0003"
VALUES: dict[type[Any], Any] = {
    Boolean: False,
    Integer: 1,
    Float: 1,
    JSON: {},
    DateTime: MORNING.replace(tzinfo=None),
}
AN_ESCALATION = {"assignment_id": 1, "audience": "leader", "subject": "1.6@政务部"}
A_ROSTER = {"id": 2, "audience": "head", "subject": "roster@政务部"}
A_REPORT = {"id": 3, "audience": "office", "subject": "campaign"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of the first release."""
    other = request.param == "postgresql"
    server = request.getfixturevalue("server").started if other else None
    found = server.made() if server else Database(f"sqlite:///{tmp_path / 'caiji.db'}")
    with found.connection() as connection:
        migrate_to(connection, FIRST_RELEASE)
        fill(connection)
    yield found
    if server:
        server.drop(found)
    found.close()


def fill(connection: Connection) -> None:
    """A row in every table, and three kinds of notices."""
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        if table.name != VERSIONS:
            given = AN_ESCALATION if table.name == "notice" else {}
            connection.execute(table.insert().values({**row(table), **given}))
    for given in (A_ROSTER, A_REPORT):
        connection.execute(tables.tables["notice"].insert().values({**row(tables.tables["notice"]), **given}))


def row(table: Table) -> dict[str, Any]:
    return {column.name: value(column) for column in table.columns if not column.nullable}


def value(column: Column[Any]) -> Any:
    return next((found for kind, found in VALUES.items() if isinstance(column.type, kind)), column.name)


def test_nothing_is_lost_and_every_row_can_be_read(old: Database) -> None:
    before = counts(old)
    assert len(before) > 25
    assert set(before.values()) == {1, 3}
    upgrade(old)
    after = counts(old)
    own = {"mark": before["mark"] + 2}  # 0012 and 0014 note until when more time needs no telling
    assert {name: after[name] for name in before} == before | own
    assert {after[name] for name in after.keys() - before.keys()} == {0}
    with old.reading() as session:
        for mapper in SQLModel._sa_registry.mappers:
            session.execute(select(mapper.class_)).all()


def test_what_is_new_of_old_rows_says_nothing(old: Database) -> None:
    upgrade(old)
    with old.reading() as session:
        mail, person = session.get_one(Mail, 1), session.get_one(Person, 1)
        holders = [session.get_one(Notice, key).holder for key in (1, 2, 3)]
    assert (mail.course, mail.calendar, mail.pressing, mail.opens_at) == ([], "", False, None)
    assert person.digest_at == ""
    assert holders == ["collector", "roster", ""]


def counts(database: Database) -> dict[str, int]:
    with database.connection() as connection:
        tables = MetaData()
        tables.reflect(connection)
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.sorted_tables
            if table.name != VERSIONS
        }
