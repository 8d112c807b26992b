"""What every test may use: a migrated database of its own, and the campaign's first morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.database import Database
from models.migrate import upgrade

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
