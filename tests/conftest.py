"""What every test may use: a migrated database of its own, and the campaign's first morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
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

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new SQLite database brought to the newest form."""
    found = Database(f"sqlite:///{tmp_path / 'caiji.db'}")
    upgrade(found)
    yield found
    found.close()


@pytest.fixture
def morning() -> datetime:
    """The moment the 2020 plan is issued."""
    return datetime(2020, 11, 6, 8, 0, tzinfo=SHANGHAI)


@pytest.fixture
def plan() -> Plan:
    """The shipped 2020 plan."""
    return load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")


@pytest.fixture
def campaign(database: Database, plan: Plan, morning: datetime) -> Database:
    """A database with the 2020 plan and the sample people loaded."""
    with database.writing() as session:
        apply(session, plan, None, morning)
        load_people(session, sample_people(plan), morning, sample=True)
    return database
