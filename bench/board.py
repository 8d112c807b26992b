"""The progress board over 72 tables that all fan out to 1,500 units, beside its SQL and the small board."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session, col, func, insert, select
from starlette.testclient import TestClient

from actions import clock
from actions.load_plan import apply
from actions.people import load_people
from actions.plan_in_force import rules_in_force
from actions.receipts import confirmed
from actions.sample_people import sample_people
from actions.sign_in import sign_in
from actions.verdicts import count_awaiting
from bench.measure import Figure, side_by_side
from deadlines.forecast import Forecast
from mail.announcement import standing_at
from models import Assignment, DataTable, Department, Person
from models.board import board, counts, reached_by_day, tables_done
from models.database import Database
from models.draft import count_begun
from models.extension import waiting_extensions
from models.history import recent_events
from models.incidents import open_incidents
from models.migrate import upgrade
from models.pace import counted_paces
from models.question import count_waiting
from models.rosters import unnamed
from models.stages import RETURNED, STAGES
from models.typical_case import count_handed
from models.void import count_where, reopened_tables, waits_for_addition
from plans.load import load_files
from settings import ROOT, Settings
from web.app import create_app
from web.trouble import due_soon, late
from web.visitor import SESSION

UNITS = 1500
FIRST_POSITION = 100
LISTED = 12
CELLS = "1,440 cells are drawn instead of 189, and the pace of 1,774 groups is foretold"


def measure() -> list[Figure]:
    """The full page over 108,000 assignments beside its queries alone, and beside the page over 189; before
    each look an assignment of another department is sent back, since the unchanged isn't counted again."""
    with _campaign(0) as small, _campaign(UNITS) as large, _page(small) as little, _page(large) as big:
        moved = partial(_send_back, large), partial(_send_back, small)
        page, queries = side_by_side(big, lambda: _queries(large), before=(moved[0], moved[0]))
        again, less = side_by_side(big, little, before=moved)
    return [
        Figure("board over 108,000 assignments, full page", page, "its queries alone", queries, goal=3.0),
        Figure("board over 108,000 assignments, full page", again, "board over 189", less, 2.0, CELLS),
    ]


@contextmanager
def _campaign(units: int) -> Iterator[Database]:
    with TemporaryDirectory(prefix="caiji-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'caiji.db'}")
        upgrade(database)
        plan = load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")
        with database.writing() as session:
            clock.start_rehearsal(session, plan.schedule.start)
            apply(session, plan, None, plan.schedule.start)
            load_people(session, sample_people(plan), plan.schedule.start, sample=True)
            if units:
                _fan_out(session, units)
        yield database
        database.close()


@contextmanager
def _page(database: Database) -> Iterator[Callable[[], None]]:
    """Asks for the board as the quality office does."""
    settings = Settings(data=Path(database.url.removeprefix("sqlite:///")).parent)
    with database.writing() as session:
        office = session.exec(select(Person.id).where(Person.staff_no == "S000")).one()
        secret = sign_in(session, office or 0, clock.wall(), 1)
    with TestClient(
        create_app(settings, database), base_url="http://127.0.0.1", cookies={SESSION: secret}
    ) as client:

        def look() -> None:
            answer = client.get("/dashboard")
            assert answer.status_code == 200, answer.text

        look()
        yield look


def _queries(database: Database) -> None:
    """All that `web.pages.dashboard` asks of the database."""
    with database.reading() as session:
        rules, now = rules_in_force(session), clock.now(session)
        counts(session, rules, now)
        tables_done(session)
        board(session, rules, now, reopened=reopened_tables(session))
        count_where(session, waits_for_addition())
        reached_by_day(session, rules.schedule.zone)
        counted_paces(session, Forecast(rules, now).window.since)
        late(session, rules, now, LISTED)
        due_soon(session, rules, now, LISTED)
        recent_events(session, LISTED)
        count_begun(session)
        count_awaiting(session)
        waiting_extensions(session)
        count_waiting(session)
        count_handed(session)
        confirmed(session, now, LISTED)
        open_incidents(session, limit=LISTED)
        unnamed(session, now)
        standing_at(session, rules, now, "https://caiji.test")


def _send_back(database: Database) -> None:
    """Somebody's assignment comes back, each time another one's."""
    with database.writing() as session:
        row = session.exec(
            select(Assignment).where(Assignment.stage != RETURNED).order_by(func.random()).limit(1)
        ).one()
        row.stage, row.returned_at = RETURNED, clock.now(session)


def _fan_out(session: Session, units: int) -> None:
    """Each table owed by so many more units, at every stage."""
    campaign_id = session.exec(select(Department.campaign_id)).first()
    unit = {"campaign_id": campaign_id, "sample": True, "closed": False}
    positions = range(FIRST_POSITION, FIRST_POSITION + units)
    names = [unit | {"name": f"单位{position}", "position": position} for position in positions]
    session.connection().execute(insert(Department), names)
    tables = session.exec(select(DataTable.id)).all()
    departments = session.exec(select(Department.id).where(col(Department.position) >= FIRST_POSITION)).all()
    owed = {"exempt": False, "closed": False, "exempt_reason": ""}
    rows = [
        owed | {"table_id": table, "department_id": unit, "stage": STAGES[number % len(STAGES)]}
        for table in tables
        for number, unit in enumerate(departments)
    ]
    session.connection().execute(insert(Assignment), rows)
