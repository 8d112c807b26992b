"""The progress board: counted by the database, so that its size doesn't matter; no query per cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, literal, or_, union_all
from sqlmodel import Session, col, func, select

from deadlines.calendar import WorkingCalendar
from deadlines.effective import DUE_SOON, DeadlineRules
from models.assignment import Assignment
from models.campaign import DataTable, Department
from models.draft import has_begun
from models.hold import Hold, standing
from models.stages import CHECKED, COLLECTED, FAILED, PENDING, RETURNED, REVIEWED
from models.void import is_void, waits_for_addition

EXEMPT = "exempt"
WIDTH = 20
"""Departments that stand side by side on one page of the board."""
SHOWN_AS = case((col(Assignment.exempt).is_(True), EXEMPT), else_=col(Assignment.stage))


@dataclass(frozen=True)
class Cell:
    """One assignment on the board; ``started``: somebody has begun what is still pending (P6); ``held``: the
    office holds it back from the leaders; ``void``: its system check holds no longer; ``waiting``: for an
    addition to a source table."""

    id: int
    stage: str
    overdue: bool
    started: bool = False
    held: bool = False
    void: bool = False
    waiting: bool = False


@dataclass(frozen=True)
class Row:
    """One table and its cells by department id."""

    table: DataTable
    cells: dict[int, Cell]


@dataclass(frozen=True)
class Board:
    """Tables × the departments of one window; ``departments`` counts all of them."""

    columns: Sequence[Department]
    rows: Sequence[Row]
    first: int
    departments: int


@dataclass(frozen=True)
class Count:
    """How many assignments of one deadline stand at one stage, and whether their holder is late."""

    due: datetime
    stage: str
    overdue: bool
    number: int


def counts(session: Session, rules: DeadlineRules, now: datetime) -> list[Count]:
    """The campaign's assignments counted by the table's deadline, stage and lateness."""
    late = overdue_at(rules, now)
    statement: Any = (
        select(DataTable.due, SHOWN_AS, late, func.count())
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .where(col(Assignment.closed).is_(False))
        .group_by(col(DataTable.due), SHOWN_AS, late)
        .order_by(col(DataTable.due))
    )
    return [Count(due, stage, bool(late), number) for due, stage, late, number in session.exec(statement)]


def department_counts(
    session: Session, rules: DeadlineRules, now: datetime
) -> list[tuple[str, str, bool, int]]:
    """Assignments counted by collecting department, stage and lateness, in the order of the plan."""
    late = overdue_at(rules, now)
    statement: Any = (
        select(Department.name, SHOWN_AS, late, func.count())
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(Department, col(Assignment.department_id) == Department.id)
        .where(col(Assignment.closed).is_(False))
        .group_by(col(Department.id), col(Department.name), col(Department.position), SHOWN_AS, late)
        .order_by(col(Department.position))
    )
    return [(name, stage, bool(late), number) for name, stage, late, number in session.exec(statement)]


def tables_done(session: Session) -> tuple[int, int]:
    """How many tables are done, that is checked for all who owe them, and how many are owed at all."""
    open_ones = func.sum(case((col(Assignment.stage) == CHECKED, 0), else_=1))
    per_table = (
        select(open_ones.label("open"))
        .where(col(Assignment.closed).is_(False), col(Assignment.exempt).is_(False))
        .group_by(col(Assignment.table_id))
        .subquery()
    )
    done = func.coalesce(func.sum(case((per_table.c.open == 0, 1), else_=0)), 0)
    finished, total = session.exec(select(done, func.count()).select_from(per_table)).one()
    return int(finished), int(total)


def board(
    session: Session, rules: DeadlineRules, now: datetime, first: int = 0, reopened: Collection[str] = ()
) -> Board:
    """The board's window that starts with department number ``first``; two queries.

    ``reopened``: the tables that make the checks by them void.
    """
    departments = session.exec(
        select(Department).where(col(Department.closed).is_(False)).order_by(col(Department.position))
    ).all()
    columns = departments[first : first + WIDTH]
    late = overdue_at(rules, now)
    held = col(Assignment.id).in_(select(Hold.assignment_id).where(standing(now)))
    shown: Any = (DataTable, Assignment.id, Assignment.department_id, SHOWN_AS, late, has_begun(), held)
    shown += (is_void(reopened), waits_for_addition())
    statement: Any = (
        select(*shown)
        .select_from(Assignment)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .where(
            col(Assignment.closed).is_(False),
            col(Assignment.department_id).in_([department.id for department in columns]),
        )
        .order_by(col(DataTable.no))
    )
    rows: dict[int, Row] = {}
    for table, id, department_id, stage, *flags in session.exec(statement):
        row = rows.setdefault(table.id, Row(table, {}))
        row.cells[department_id] = Cell(id, stage, *(bool(flag) for flag in flags))
    return Board(columns, list(rows.values()), first, len(departments))


def narrowed(board: Board, flag: str) -> Board:
    """The board with those cells only that have this flag (overdue, started, held, void or waiting)."""
    rows = [
        Row(row.table, {key: cell for key, cell in row.cells.items() if getattr(cell, flag)})
        for row in board.rows
    ]
    kept = [row for row in rows if row.cells]
    columns = [each for each in board.columns if any(each.id in row.cells for row in kept)]
    return replace(board, columns=columns, rows=kept)


def reached_by_day(session: Session, zone: tzinfo) -> dict[str, dict[date, int]]:
    """How many assignments of today's standing were collected, reviewed and checked on which day of the
    zone; the exempt are left out."""
    standing = {
        COLLECTED: (col(Assignment.collected_at), (COLLECTED, REVIEWED, CHECKED)),
        REVIEWED: (col(Assignment.reviewed_at), (REVIEWED, CHECKED)),
        CHECKED: (col(Assignment.checked_at), (CHECKED,)),
    }
    owed = (col(Assignment.closed).is_(False), col(Assignment.exempt).is_(False))
    parts = [
        select(literal(stage), _ten_minutes(moment).label("begun"), func.count())
        .where(*owed, col(Assignment.stage).in_(among), moment.is_not(None))
        .group_by("begun")
        for stage, (moment, among) in standing.items()
    ]
    found: dict[str, Counter[date]] = {stage: Counter() for stage in standing}
    for stage, begun, number in session.connection().execute(union_all(*parts)):
        moment = datetime.fromisoformat(f"{begun}0").replace(tzinfo=UTC)
        found[stage][moment.astimezone(zone).date()] += number
    return {stage: dict(days) for stage, days in found.items()}


def _ten_minutes(moment: Any) -> Any:
    """The ten minutes (UTC) that a moment falls into, as both databases write it: zones have whole or half
    hours, and databases know too little of zones."""
    return func.substr(cast(moment, String), 1, len("2020-11-06 08:3"))


def overdue_at(rules: DeadlineRules, now: datetime) -> ColumnElement[bool]:
    """``DeadlineRules.overdue`` as a condition: what depends on working days is turned into the last
    moment from which a submission or a return is late."""
    waits = _begun_after(rules, rules.schedule.review_within, now)
    mends = _begun_after(rules, rules.schedule.mend_within, now)
    return _due_before(now, waits, mends)


def due_soon_at(rules: DeadlineRules, now: datetime) -> ColumnElement[bool]:
    """``DeadlineRules.due_soon`` as a condition: not overdue now, but after the soon working days."""
    calendar = rules.calendar
    today = calendar.local(now).date()
    beyond = calendar.at(_day_beyond(calendar, today), time.min)
    waits = _begun_after(rules, rules.schedule.review_within, beyond)
    mends = _begun_after(rules, rules.schedule.mend_within, beyond)
    return and_(_due_before(beyond, waits, mends), ~overdue_at(rules, now))


def _day_beyond(calendar: WorkingCalendar, today: date) -> date:
    """The first local day that is more than the soon working days away."""
    day = calendar.add_workdays(today, DUE_SOON)
    while calendar.workdays_between(today, day) <= DUE_SOON:
        day += timedelta(days=1)
    return day


def _due_before(now: datetime, waits: datetime, mends: datetime) -> ColumnElement[bool]:
    """Whether its holder's deadline lies before ``now``; ``waits`` and ``mends``: the moments before which a
    submission or a return must have come for that."""
    row = Assignment
    passed = and_(
        col(DataTable.due) < now, or_(col(row.extended_until).is_(None), col(row.extended_until) < now)
    )
    by_deadline = or_(col(DataTable.due_stage) == REVIEWED, col(row.collected_at).is_(None))
    late = or_(
        and_(col(row.stage) == PENDING, passed),
        and_(
            col(row.stage) == COLLECTED,
            or_(and_(by_deadline, passed), and_(~by_deadline, col(row.collected_at) < waits)),
        ),
        and_(
            col(row.stage) == RETURNED,
            passed,
            or_(col(row.returned_at).is_(None), col(row.returned_at) < mends),
        ),
        and_(col(row.stage) == FAILED, passed, or_(col(row.failed_at).is_(None), col(row.failed_at) < mends)),
    )
    return and_(col(row.exempt).is_(False), late)


def _begun_after(rules: DeadlineRules, days: int, now: datetime) -> datetime:
    """The start of the first local day from which ``days`` working days are not yet over at ``now``."""
    calendar = rules.calendar
    day = calendar.local(now).date()
    while calendar.end_of_work(calendar.add_workdays(day, days)) >= now:
        day -= timedelta(days=1)
    return calendar.at(day + timedelta(days=1), time.min)
