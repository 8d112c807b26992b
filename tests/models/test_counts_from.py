"""What is written counts after what was looked at, unless that is of a clock that was wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import Mark
from models.database import Database
from models.system import counts_from

DAY, INSTANT = timedelta(days=1), timedelta.resolution


@pytest.mark.parametrize(
    ("ahead", "later"),
    [
        (-DAY, 0 * INSTANT),
        (0 * DAY, INSTANT),
        (DAY, DAY + INSTANT),
        (DAY + INSTANT, 0 * INSTANT),
        (300 * DAY, 0 * INSTANT),
    ],
)
def test_a_mark_is_followed_for_a_day(
    database: Database, morning: datetime, ahead: timedelta, later: timedelta
) -> None:
    with database.writing() as session:
        assert counts_from(session, morning) == morning
        session.add(Mark(job="look", until=morning + ahead))
        session.flush()
        assert counts_from(session, morning) == morning + later
