"""What every test may use: a migrated database of its own, and the campaign's first morning."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from actions.load_plan import apply
from actions.people import load_people
from actions.sample_people import sample_people
from models.database import Database
from models.migrate import upgrade
from plans.load import load_files
from plans.plan import Plan
from settings import ROOT
from tests.postgresql import PostgreSQL, postgresql

SHANGHAI = ZoneInfo("Asia/Shanghai")


MORNING = datetime(2020, 11, 6, 8, 0, tzinfo=SHANGHAI)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `both` run on SQLite and on PostgreSQL."""
    if metafunc.definition.get_closest_marker("both") and "database" in metafunc.fixturenames:
        other = pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))
        metafunc.parametrize("database", ["sqlite", other], indirect=True)


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for garbage, time and again, was a fifth of all."""
    gc.collect()
    gc.freeze()


class Server(NamedTuple):
    """A running PostgreSQL, and the names of its databases to copy."""

    started: PostgreSQL
    migrated: str
    planned: str


@cache
def shipped_plan() -> Plan:
    """The shipped 2020 plan, read once."""
    return load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")


@cache
def migrated() -> bytes:
    """The file of a database in the newest form, made once."""
    return _file(upgrade)


@cache
def planned() -> bytes:
    """The same with the 2020 plan and the sample people loaded on the first morning."""
    return _file(_load_migrated)


def _load(database: Database) -> None:
    with database.writing() as session:
        apply(session, shipped_plan(), None, MORNING)
        load_people(session, sample_people(shipped_plan()), MORNING, sample=True)


def _load_migrated(database: Database) -> None:
    upgrade(database)
    _load(database)


def _file(fill: Callable[[Database], None]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "caiji.db"
        database = Database(f"sqlite:///{path}")
        fill(database)
        database.close()
        return path.read_bytes()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server with the same two databases to copy."""
    with postgresql(quick=True) as started:
        yield Server(started, started.template(upgrade), started.template(_load_migrated))


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A new database in the newest form, on SQLite but for some of `both`; the plan is loaded where the
    test asks for `campaign`."""
    filled = "campaign" in request.fixturenames
    if getattr(request, "param", "sqlite") == "postgresql":
        server: Server = request.getfixturevalue("server")
        found = server.started.made(server.planned if filled else server.migrated)
        yield found
        server.started.drop(found)
        return
    path = tmp_path / "caiji.db"
    path.write_bytes(planned() if filled else migrated())
    found = Database(f"sqlite:///{path}")
    yield found
    found.close()


@pytest.fixture
def morning() -> datetime:
    """The moment the 2020 plan is issued."""
    return MORNING


@pytest.fixture
def plan() -> Plan:
    """The shipped 2020 plan."""
    return shipped_plan()


@pytest.fixture
def campaign(database: Database) -> Database:
    """A database with the 2020 plan and the sample people loaded."""
    return database
