"""The long runs of `make soak` in small: the same code, few mails and few kills."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from models.database import Database
from tests.conftest import planned
from tests.soak.field import Outcome, fields
from tests.soak.runs import Killing, outage, two_workers
from tests.soak.stopped import STOPS, Course, course

MAILS, KILLS = 60, 2
POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))


@pytest.mark.parametrize("kind", ["sqlite", POSTGRESQL])
def test_killed_senders_lose_nothing_and_repeat_no_more_than_was_in_flight(kind: str) -> None:
    with fields(kind, MAILS) as field:
        killing = Killing(field, seed=1)
        found = killing.run(KILLS)
    assert (found.mails, found.lost, found.renamed) == (MAILS, 0, 0)
    assert found.duplicates <= killing.kills
    assert killing.kills >= KILLS


@pytest.mark.xdist_group("postgresql")
def test_two_workers_on_one_postgresql_decide_and_send_once() -> None:
    with fields("postgresql", MAILS) as field:
        assert two_workers(field) == Outcome(MAILS, lost=0, duplicates=0, renamed=0)


def test_after_four_hours_without_a_mail_server_all_goes_out_at_the_set_rate() -> None:
    with fields("sqlite", MAILS) as field:
        found, rate = outage(field, 2400)
    assert found == Outcome(MAILS, lost=0, duplicates=0, renamed=0)
    assert rate <= 2400 * MAILS / (MAILS - 1)


@cache
def unstopped() -> Course:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "caiji.db"
        path.write_bytes(planned())
        database = Database(f"sqlite:///{path}")
        whole = course(database, None)
        database.close()
    return whole


@pytest.mark.both
@pytest.mark.parametrize("name", STOPS)
def test_a_scheduler_that_was_stopped_tells_each_late_thing_once(campaign: Database, name: str) -> None:
    found = course(campaign, STOPS[name])
    assert (found.twice, found.digests_too_many) == (0, 0)
    assert found.late == unstopped().late
    assert found.notices == unstopped().notices if name == "1 min" else found.notices < unstopped().notices
