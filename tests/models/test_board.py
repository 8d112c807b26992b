"""The board counts in the database what the deadline rules say of each assignment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from actions.load_plan import apply
from actions.plan_in_force import rules_in_force
from models import Assignment, DataTable
from models.board import (
    EXEMPT,
    WIDTH,
    board,
    counts,
    department_counts,
    reached_by_day,
    tables_done,
)
from models.database import Database
from models.facts import facts_of
from models.lateness import due_soon_at
from models.stages import CHECKED, COLLECTED, FAILED, RETURNED, REVIEWED, STAGES
from models.worklist import Line, lines
from plans.load import load_files
from settings import ROOT
from tests.conftest import SHANGHAI

pytestmark = pytest.mark.both

MOMENTS = [
    datetime(2020, 11, 6, 8, 0, tzinfo=SHANGHAI),
    datetime(2020, 11, 11, 23, 59, 59, tzinfo=SHANGHAI),
    datetime(2020, 11, 12, 0, 0, tzinfo=SHANGHAI),
    datetime(2020, 11, 13, 17, 30, tzinfo=SHANGHAI),
    datetime(2020, 11, 13, 17, 30, 1, tzinfo=SHANGHAI),
    datetime(2020, 11, 15, 12, 0, tzinfo=SHANGHAI),
    datetime(2020, 11, 20, 9, 0, tzinfo=SHANGHAI),
    datetime(2020, 12, 1, 9, 0, tzinfo=SHANGHAI),
]


@pytest.fixture
def session(database: Database, morning: datetime) -> Iterator[Session]:
    with database.writing() as session:
        apply(session, load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml"), None, morning)
        yield session


def scatter(session: Session, morning: datetime, seed: int) -> None:
    """Put every assignment at some stage that it could have reached some time in the campaign."""
    chance = Random(seed)
    for line in lines(session):
        place(line.assignment, chance, morning)
        session.add(line.assignment)
    session.flush()


def place(row: Assignment, chance: Random, morning: datetime) -> None:
    at = morning + timedelta(minutes=chance.randrange(14 * 24 * 60))
    row.stage = chance.choice(STAGES)
    row.exempt = chance.random() < 0.1
    if chance.random() < 0.2:
        row.extended_until = at + timedelta(days=chance.randrange(10))
    if row.stage in (COLLECTED, REVIEWED, CHECKED, RETURNED, FAILED):
        row.collected_at = row.first_collected_at = at
    if row.stage in (REVIEWED, CHECKED, FAILED):
        row.reviewed_at = at + timedelta(hours=chance.randrange(72))
    if row.stage == CHECKED or (row.stage == FAILED and chance.random() < 0.5):
        row.checked_at = at + timedelta(hours=80)
    if row.stage == RETURNED:
        row.returned_at = at + timedelta(hours=chance.randrange(72))


def shown(line: Line) -> str:
    return EXEMPT if line.assignment.exempt else line.assignment.stage


@pytest.mark.parametrize("seed", range(4))
def test_lateness_in_the_database_is_lateness_by_the_rules(
    session: Session, morning: datetime, seed: int
) -> None:
    scatter(session, morning, seed)
    rules = rules_in_force(session)
    for now in MOMENTS:
        said = Counter(
            (line.table.due, shown(line), rules.overdue(facts_of(line), now)) for line in lines(session)
        )
        counted = {(row.due, row.stage, row.overdue): row.number for row in counts(session, rules, now)}
        assert counted == said, now


@pytest.mark.parametrize("seed", range(4))
def test_due_soon_in_the_database_is_due_soon_by_the_rules(
    session: Session, morning: datetime, seed: int
) -> None:
    scatter(session, morning, seed)
    rules = rules_in_force(session)
    for now in MOMENTS:
        said = {line.id for line in lines(session) if rules.due_soon(facts_of(line), now)}
        statement = select(Assignment.id).join(DataTable, col(Assignment.table_id) == DataTable.id)
        assert set(session.exec(statement.where(due_soon_at(rules, now)))) == said, now


def test_departments_and_board_say_the_same(session: Session, morning: datetime) -> None:
    scatter(session, morning, 7)
    rules, now = rules_in_force(session), MOMENTS[5]
    by_department = Counter(
        (line.department, shown(line), rules.overdue(facts_of(line), now)) for line in lines(session)
    )
    assert {row[:3]: row[3] for row in department_counts(session, rules, now)} == by_department
    found = board(session, rules, now)
    cells = {cell.id: (cell.stage, cell.overdue) for row in found.rows for cell in row.cells.values()}
    assert cells == {line.id: (shown(line), rules.overdue(facts_of(line), now)) for line in lines(session)}
    assert [row.table.no for row in found.rows] == list(range(1, 73))


def test_the_board_is_a_window_of_departments(session: Session, morning: datetime) -> None:
    rules = rules_in_force(session)
    whole, rest = board(session, rules, morning), board(session, rules, morning, first=10)
    assert (len(whole.columns), whole.departments, WIDTH) == (12, 12, 20)
    assert ([d.name for d in rest.columns], rest.departments) == ([d.name for d in whole.columns][10:], 12)
    assert all(len(row.cells) <= 2 for row in rest.rows)


def test_the_board_is_four_queries_whatever_its_size(
    session: Session, database: Database, morning: datetime
) -> None:
    rules, asked = rules_in_force(session), list[str]()
    event.listen(database.writer, "before_cursor_execute", lambda *given: asked.append(given[2]))
    board(session, rules, morning, reopened=["1.6", "6.1"])
    assert len(asked) == 4


def test_a_table_is_done_when_all_its_departments_are(session: Session) -> None:
    assert tables_done(session) == (0, 72)
    rows = [line.assignment for line in lines(session, table="6.2")]
    for row in rows[:-1]:
        row.stage = CHECKED
    session.flush()
    assert tables_done(session) == (0, 72)
    rows[-1].exempt = True
    session.flush()
    assert tables_done(session) == (1, 72)


def test_what_was_reached_is_counted_by_day(session: Session, morning: datetime) -> None:
    first, second, third = lines(session)[:3]
    for line, stage, day in ((first, COLLECTED, 0), (second, CHECKED, 1), (third, RETURNED, 1)):
        row = line.assignment
        row.stage, row.collected_at = stage, morning + timedelta(days=day, hours=2)
        if stage == CHECKED:
            row.reviewed_at = row.checked_at = morning + timedelta(days=2, hours=2)
    session.flush()
    assert reached_by_day(session, SHANGHAI) == {
        COLLECTED: {date(2020, 11, 6): 1, date(2020, 11, 7): 1},
        REVIEWED: {date(2020, 11, 8): 1},
        CHECKED: {date(2020, 11, 8): 1},
    }


def test_a_day_is_the_campaigns_not_greenwichs(session: Session) -> None:
    late_evening, small_hours = (
        datetime(2020, 11, day, hour, 30, tzinfo=SHANGHAI) for day, hour in ((6, 23), (7, 0))
    )
    for line, at in zip(lines(session), (late_evening, small_hours, small_hours), strict=False):
        line.assignment.stage, line.assignment.collected_at = COLLECTED, at
    session.flush()
    found = reached_by_day(session, SHANGHAI)[COLLECTED]
    assert found == {date(2020, 11, 6): 1, date(2020, 11, 7): 2}
    assert reached_by_day(session, UTC)[COLLECTED] == {date(2020, 11, 6): 3}
