"""A plan of 72 tables that all fan out to 1,500 units, beside the same for 150: loaded, and checked again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session, col, func, insert, select, update

from actions.check import claim, settle
from actions.load_plan import apply
from actions.staleness import to_recheck
from bench.measure import Figure, timed
from models import Assignment, CheckRun, Department, Version
from models.database import Database
from models.migrate import upgrade
from models.stages import CHECKED
from plans.load import load_plan, read_text
from plans.plan import Plan
from settings import ROOT

MANY, FEW = 1500, 150
UNITED = "各系部"
DEEPER = "each row goes into the trees of its indexes, which are deeper: the inserts take 12 times as long"


def measure() -> list[Figure]:
    """Loading and looking through all checks are to be linear; a single check is to cost what it did."""
    with _loaded(FEW) as (few, few_seconds), _loaded(MANY) as (many, many_seconds):
        looked = _looked_through(many), _looked_through(few)
        again = _checked_again(many), _checked_again(few)
    return [
        Figure("plan of 72 × 1,500 units loaded", many_seconds, "72 × 150", few_seconds, 11.0, DEEPER),
        Figure("its 108,000 checks, all stale, looked through", looked[0], "72 × 150", looked[1], 11.0),
        Figure("one unit's 72 of them made again", again[0], "among 72 × 150", again[1], 1.1),
    ]


@contextmanager
def _loaded(units: int) -> Iterator[tuple[Database, float]]:
    """A database with the plan, everything checked since, and the seconds that loading took."""
    plan = _plan(units)
    with TemporaryDirectory(prefix="caiji-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'caiji.db'}")
        upgrade(database)
        seconds = timed(lambda: _apply(database, plan))
        with database.writing() as session:
            _check_all(session, plan.schedule.start)
        yield database, seconds
        database.close()


def _plan(units: int) -> Plan:
    """The shipped plan with so many units, all of which owe all tables."""
    schedule, rest = read_text(ROOT / "schedule.yaml").split("\ngroups:", 1)
    named = "\n".join(f"  - {{name: 单位{number}, groups: [teaching]}}" for number in range(units))
    head, *lines = read_text(ROOT / "tasks.csv").splitlines()
    place = head.split(",").index("collect")
    rows = [line.split(",") for line in lines]
    tasks = [",".join([*row[:place], UNITED, *row[place + 1 :]]) for row in rows]
    teaching = [line for line in schedule.splitlines() if "sample: true" not in line]
    return load_plan("\n".join([head, *tasks, ""]), "\n".join([*teaching, named, "", f"groups:{rest}"]))


def _apply(database: Database, plan: Plan) -> None:
    with database.writing() as session:
        apply(session, plan, None, plan.schedule.start)


def _check_all(session: Session, at: datetime) -> None:
    """Nobody had anything to report, which was approved and checked, by other inputs than today's."""
    keys = list(session.exec(select(Assignment.id).order_by(col(Assignment.id))))
    nothing = {"number": 1, "kind": "nil", "made_at": at}
    session.connection().execute(
        insert(Version), [{"id": key, "assignment_id": key} | nothing for key in keys]
    )
    passed = {"inputs_hash": "", "inputs": {}, "started_at": at, "finished_at": at, "verdict": "passed"}
    session.connection().execute(insert(CheckRun), [{"version_id": key} | passed for key in keys])
    moments = dict.fromkeys(("first_collected_at", "collected_at", "reviewed_at", "checked_at"), at)
    session.connection().execute(
        update(Assignment).values(stage=CHECKED, version_id=col(Assignment.id), **moments)
    )


def _looked_through(database: Database) -> float:
    def look() -> None:
        with database.reading() as session:
            owed = session.exec(select(func.count(col(Assignment.id)))).one()
            assert len(to_recheck(session)) == owed

    return timed(look)


def _checked_again(database: Database) -> float:
    """Each claimed and settled in transactions of its own, as the sweep does it."""
    with database.reading() as session:
        unit = select(func.max(Department.id)).scalar_subquery()
        keys = session.exec(select(Assignment.id).where(col(Assignment.department_id) == unit)).all()
        at = session.exec(select(CheckRun.started_at).limit(1)).one()

    def check() -> None:
        for key in keys:
            with database.writing() as session:
                task = claim(session, key or 0, at, at, "bench")
            assert task is not None
            with database.writing() as session:
                settle(session, task, [], at)

    return timed(check)
