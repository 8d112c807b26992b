"""The flow that follows committed transitions: one run, one task a table, named by what happened.

A follow-up may be played again after a kill; its effect is not: the check's verdict is a conditional
transition, and everything else is only recorded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from actions.check import CheckTask, claim, release, settle
from actions.clock import now
from actions.examine import system_findings
from actions.follow_ups import Task, check_held_until, finish, note_tracked, postpone
from actions.follow_ups import claim as claim_tasks
from checks.finding import Finding
from flows.station import Station
from flows.tracked import log, run_tracked, step
from models.blobs import Lost
from models.errors import Conflict
from models.incidents import tell_lost
from models.stages import REVIEWED

TABLES_A_RUN = 20
ATTEMPTS = 5
PAUSE = timedelta(seconds=30)

_log = logging.getLogger(__name__)


def follow(station: Station) -> int:
    """Follow the transitions that nobody has followed yet, in one run; how many there were."""
    with station.database.writing() as session:
        tasks = claim_tasks(session, station.wall(), TABLES_A_RUN)
    if tasks:
        outcome = run_tracked(track_tables, station, tasks, name=_run_name(station, tasks), tags=("track",))
        with station.database.writing() as session:
            note_tracked(session, tasks, outcome.tracked)
    return len(tasks)


def track_tables(station: Station, tasks: Sequence[Task]) -> int:
    """Do what follows each transition; one that fails is tried again later and holds up no other."""
    followed = 0
    for task in tasks:
        try:
            step(task.name, _follow, station, task)
            followed += 1
        except Exception as error:
            _log.exception("%s", task.name)
            _put_off(station, task, error)
    log(f"{followed} / {len(tasks)}")
    return followed


def _follow(station: Station, task: Task) -> str:
    return EFFECTS.get(task.to_stage, _record)(station, task)


def _record(station: Station, task: Task) -> str:
    with station.database.writing() as session:
        finish(session, task, "recorded", station.wall())
    return "recorded"


def _check(station: Station, task: Task) -> str:
    """An approved version is checked by the system, with no session open while it computes.

    A nil return has no rows: nothing is computed between claim and verdict, which are one transaction.
    """
    with station.database.writing() as session:
        at, wall = now(session), station.wall()
        found = claim(session, task.assignment_id, at, wall)
        if found is not None and found.rows_blob is None:
            return _settled(session, task, found, [], at, wall)
        if found is None:
            held_until = check_held_until(session, task.assignment_id, wall)
            if held_until is not None:
                postpone(session, task, held_until)
                return "checked by another"
            finish(session, task, "nothing to check", wall)
            return "nothing to check"
    return _conclude(station, task, found, computed(station, found))


def computed(station: Station, found: CheckTask) -> list[Finding]:
    """The findings of a claimed check of rows; a failure gives it back at once, a kept file that is gone is
    told."""
    try:
        return system_findings(station.blobs, found.code, found.rows_blob or "", found.inputs)
    except Exception as error:
        with station.database.writing() as session:
            release(session, found)
            if isinstance(error, Lost):
                tell_lost(session, error.name, station.wall())
        raise


def _conclude(station: Station, task: Task, found: CheckTask, findings: Sequence[Finding]) -> str:
    try:
        with station.database.writing() as session:
            return _settled(session, task, found, findings, now(session), station.wall())
    except Conflict as conflict:
        with station.database.writing() as session:
            finish(session, task, "superseded", station.wall())
        log(conflict.message)
        return "superseded"


def _settled(
    session: Session,
    task: Task,
    found: CheckTask,
    findings: Sequence[Finding],
    at: datetime,
    wall: datetime,
) -> str:
    stage = settle(session, found, findings, at).assignment.stage
    finish(session, task, stage, wall)
    return stage


EFFECTS: dict[str, Callable[[Station, Task], str]] = {REVIEWED: _check}
"""What follows a transition to a stage; any other is recorded, and told in the next digest."""


def _put_off(station: Station, task: Task, error: Exception) -> None:
    with station.database.writing() as session:
        if task.attempt < ATTEMPTS:
            postpone(session, task, station.wall() + PAUSE * task.attempt)
            return
        finish(session, task, "given up", station.wall())
    message = f"{task.name}：后续处理连续 {ATTEMPTS} 次失败（{type(error).__name__}），请查看运行日志。"
    station.incident("follow-up", f"follow-up:{task.id}", message)


def _run_name(station: Station, tasks: Sequence[Task]) -> str:
    if len(tasks) == 1:
        return tasks[0].name
    moment = station.now() or station.wall()
    return f"跟踪 {station.local(moment):%Y-%m-%d %H:%M} · {len(tasks)} 张表"
