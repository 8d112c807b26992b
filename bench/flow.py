"""1,000 tables moved by one flow, beside a bare Prefect flow with as many empty tasks on the same server."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import col, func, select, update

from actions.clock import start_rehearsal, wall
from actions.follow_ups import Task, claim
from actions.review import decide
from actions.submit import report_nothing
from bench.measure import Figure, timed
from flows.station import Station
from flows.track import track_tables
from flows.tracked import run_tracked
from models import Assignment, Department, Event, FollowUp
from models.database import Database
from models.stages import CHECKED, COLLECTED
from models.worklist import lines
from settings import Settings
from tests.actions.people import holder
from tests.conftest import MORNING
from tests.flows.conftest import witnessed
from tests.soak.college import found

TABLES, REST = 1000, 60.0
WHAT, BESIDE = "1,000 tables moved by one flow", "bare Prefect flow, 1,000 empty tasks"
CAUSE = "what is read and written of a table costs as much as what Prefect writes down of an empty task"


def measure() -> list[Figure]:
    """Each once, the bare one first; then the server gets time to write down what it has taken in."""
    with TemporaryDirectory(prefix="caiji-bench-") as place:
        folder = Path(place)
        with witnessed(folder / "prefect", PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL="ERROR"):
            bare = timed(_bare)
            time.sleep(REST)
            ours = _moved(folder)
    return [Figure(WHAT, ours, BESIDE, bare, 1.3, CAUSE)]


def _bare() -> None:
    from prefect import flow, task

    @task
    def empty() -> None:
        """Nothing."""

    @flow
    def of_nothing() -> None:
        for _ in range(TABLES):
            empty()

    of_nothing()


def _moved(folder: Path) -> float:
    """Seconds from reviewed to checked for all tables in one tracked run."""
    database = Database(f"sqlite:///{folder}/caiji.db")
    station = Station(Settings(data=folder), database)
    try:
        tasks = _reviewed(database)
        seconds = timed(lambda: _run(station, tasks))
        with database.reading() as session:
            checked = session.exec(select(Assignment.id).where(Assignment.stage == CHECKED)).all()
        assert len(checked) == TABLES
        return seconds
    finally:
        database.close()


def _run(station: Station, tasks: list[Task]) -> None:
    assert run_tracked(track_tables, station, tasks, name="bench", tags=("track",)).tracked


def _reviewed(database: Database) -> list[Task]:
    """What is left to do once each unit has said that it has nothing, and the next one has approved that."""
    found(database, TABLES + 1)
    with database.writing() as session:
        start_rehearsal(session, MORNING)
        last = select(func.max(Department.id)).scalar_subquery()
        following = update(Assignment).where(col(Assignment.department_id) < last)
        session.exec(following.values(reviewer_id=col(Assignment.department_id) + 1))
        for unit, next_one in pairwise(lines(session)):
            collector = holder(session, "collector", unit.department, MORNING)
            version = report_nothing(session, collector, unit.id, MORNING).assignment.version_id
            reviewer = holder(session, "reviewer", next_one.department, MORNING)
            decide(session, reviewer, unit.id, version or 0, "approve", "", MORNING)
        collected = select(Event.id).where(Event.to_stage == COLLECTED)
        session.exec(update(FollowUp).where(col(FollowUp.event_id).in_(collected)).values(done_at=wall()))
    with database.writing() as session:
        return claim(session, wall(), TABLES)
