"""The moved clock runs, stops, jumps forward only, and survives a restart; live data has none."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from actions import clock
from models import ClockSetting, Mark
from models.database import Database
from models.errors import Conflict, NotFound, Unusable

SECOND = timedelta(seconds=1)


def test_a_live_installation_shows_the_real_time(database: Database) -> None:
    with database.writing() as session:
        clock.stamp(session, clock.LIVE)
        assert abs(clock.now(session) - clock.wall()) < 5 * SECOND
        for move in (lambda: clock.run_at(session, 60), lambda: clock.jump(session, clock.wall())):
            with pytest.raises(NotFound):
                move()


def test_what_it_shows_runs_at_its_rate(morning: datetime) -> None:
    setting = ClockSetting(wall=morning, shown=morning, rate=60)
    assert clock.shown_at(setting, morning + SECOND) == morning + timedelta(minutes=1)
    assert clock.shown_at(setting, morning - SECOND) == morning


def test_it_stops_and_jumps_forward(database: Database, morning: datetime) -> None:
    with database.writing() as session:
        clock.start_rehearsal(session, morning)
        clock.run_at(session, 0)
        shown = clock.now(session)
        clock.jump(session, shown + timedelta(hours=1))
        assert clock.now(session) == shown + timedelta(hours=1)
        with pytest.raises(Unusable, match="向前"):
            clock.jump(session, shown)
        assert clock.now(session) == shown + timedelta(hours=1)


@pytest.mark.parametrize("rate", [-1, 3601])
def test_a_senseless_rate_is_refused(database: Database, morning: datetime, rate: float) -> None:
    with database.writing() as session:
        clock.start_rehearsal(session, morning)
        with pytest.raises(Unusable, match="速度"):
            clock.run_at(session, rate)


def test_it_resumes_where_it_was_held(database: Database, morning: datetime) -> None:
    with database.writing() as session:
        clock.start_rehearsal(session, morning)
        clock.run_at(session, 0)
        clock.jump(session, morning + timedelta(days=1))
        clock.hold(session)
        clock.start_rehearsal(session, morning)
        assert clock.now(session) == morning + timedelta(days=1)


def test_after_a_kill_it_is_no_earlier_than_what_was_decided(database: Database, morning: datetime) -> None:
    with database.writing() as session:
        clock.start_rehearsal(session, morning)
        clock.run_at(session, 0)
        session.add(Mark(job="tick", until=morning + timedelta(hours=5)))
        session.flush()
        clock.start_rehearsal(session, morning)
        assert clock.now(session) == morning + timedelta(hours=5)


def test_live_and_rehearsal_refuse_each_others_data(database: Database, morning: datetime) -> None:
    with database.writing() as session:
        clock.start_rehearsal(session, morning)
        with pytest.raises(Conflict, match="演练"):
            clock.stamp(session, clock.LIVE)
        assert clock.mode(session) == clock.REHEARSAL
