"""A real worker process: it sends, it stops at once, and no kill loses or repeats what was decided."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from models import Heartbeat, Notice, Report
from plans.plan import Plan
from tests.flows.rehearsed import Rehearsed, until

SENDERS = 2
KILLS = 8


@pytest.fixture
def rehearsed(tmp_path: Path, plan: Plan) -> Iterator[Callable[..., Rehearsed]]:
    made: list[Rehearsed] = []

    def make(shown: str, rate: float = 1.0) -> Rehearsed:
        moment = datetime.fromisoformat(shown).replace(tzinfo=plan.schedule.zone)
        made.append(Rehearsed(tmp_path, plan, moment, rate))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_reminders_go_out_and_the_worker_leaves_at_once(rehearsed: Callable[..., Rehearsed]) -> None:
    stage = rehearsed("2020-11-06T08:31")
    stage.start_catcher()
    worker = stage.start_worker()
    until(lambda: stage.states() == {"sent": 12})
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert time.monotonic() - began < 2
    assert len(stage.caught()) == 12
    with stage.database.reading() as session:
        assert session.get_one(Heartbeat, "worker").detail == "untracked"


def test_a_kill_at_any_point_across_a_deadline_decides_each_once(rehearsed: Callable[..., Rehearsed]) -> None:
    """Eight kills from the last hours before the deadline to the reports of the day after it."""
    stage, chance = rehearsed("2020-11-11T12:00", rate=0), random.Random(20201111)
    stage.start_catcher()
    moments = ["2020-11-11T13:31", "2020-11-11T23:58", "2020-11-12T08:29", "2020-11-12T08:31"]
    for kill in range(KILLS):
        if kill < len(moments):
            stage.jump(moments[kill])
        worker = stage.start_worker()
        beat = heart(stage)
        until(lambda worker=worker, beat=beat: heart(stage) != beat or stage.states()["leased"])
        time.sleep(chance.uniform(0, 0.8))
        worker.kill()
        worker.wait()
        stage.let_leases_end()
    stage.start_worker()
    until(lambda: set(stage.states()) <= {"sent", "moot"} and "2020-11-12T08:31" in reports(stage))
    keys = [(mail.address, mail.kind, mail.slot) for mail in stage.mails()]
    assert len(keys) == len(set(keys))
    sent = {mail.message_id for mail in stage.mails() if mail.state == "sent"}
    caught = {caught.message_id: caught.times for caught in stage.caught()}
    assert set(caught) == sent
    assert sum(caught.values()) - len(caught) <= KILLS * SENDERS
    assert reports(stage) == ["2020-11-12T08:31"]
    digests = [mail for mail in stage.mails() if mail.kind == "digest" and mail.slot == "2020-11-12"]
    assert len(digests) == len({mail.person_id for mail in digests}) > 0


def heart(stage: Rehearsed) -> datetime | None:
    with stage.database.reading() as session:
        found = session.get(Heartbeat, "worker")
        return found.at if found else None


def reports(stage: Rehearsed) -> list[str]:
    with stage.database.reading() as session:
        return list(session.exec(select(Report.slot)))


def test_two_workers_at_once_decide_and_send_once(rehearsed: Callable[..., Rehearsed]) -> None:
    stage = rehearsed("2020-11-12T08:31")
    stage.start_catcher()
    for _ in range(2):
        stage.start_worker()
    until(lambda: reports(stage) and stage.states() and set(stage.states()) == {"sent"})
    assert {caught.times for caught in stage.caught()} == {1}
    assert len(stage.caught()) == len(stage.mails())
    with stage.database.reading() as session:
        keys = [(n.rule, n.subject, n.deadline, n.occurrence) for n in session.exec(select(Notice))]
    assert len(keys) == len(set(keys))


@pytest.mark.prefect
def test_tracked_by_prefect_it_leaves_at_once_too(witness: Any, rehearsed: Callable[..., Rehearsed]) -> None:
    stage = rehearsed("2020-11-06T08:45", rate=0)
    stage.start_catcher()
    worker = stage.start_worker(witness.server.client_environment({}))
    until(lambda: stage.states() == {"sent": 12})
    until(lambda: witness.flow_run("提醒 2020-11-06 08:45 · 12 封")["state_type"] == "COMPLETED")
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert time.monotonic() - began < 2


@pytest.mark.prefect
def test_with_prefect_hung_or_gone_the_reminders_go_out_once(
    witness: Any, rehearsed: Callable[..., Rehearsed]
) -> None:
    stage = rehearsed("2020-11-06T08:45", rate=0)
    stage.start_catcher()
    witness.send(signal.SIGSTOP)
    stage.start_worker(witness.server.client_environment({}))
    until(lambda: stage.states() == {"sent": 12})
    witness.kill()
    stage.jump("2020-11-10T08:45")
    until(lambda: len(stage.caught()) == 15)
    assert {caught.times for caught in stage.caught()} == {1}
