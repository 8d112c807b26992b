"""The progress board: counted by the database, so that its size doesn't matter; no query per cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from sqlalchemy import CompoundSelect, String, case, cast, literal, union_all
from sqlmodel import Session, col, func, select

from deadlines.effective import DeadlineRules
from models.assignment import Assignment
from models.campaign import DataTable, Department
from models.draft import has_begun
from models.hold import Hold, standing
from models.kept import Answer, by_department
from models.lateness import overdue_at, turns
from models.stages import CHECKED, COLLECTED, REVIEWED, STAGES
from models.void import is_void, waits_for_addition
from models.worklist import owed_by, places_of

EXEMPT = "exempt"
WIDTH = 20
"""Departments that stand side by side on one page of the board."""
BEYOND = {COLLECTED: (COLLECTED, REVIEWED, CHECKED), REVIEWED: (REVIEWED, CHECKED), CHECKED: (CHECKED,)}
"""The stages that have what a stage asks behind them."""
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

    @property
    def kind(self) -> tuple[str | bool, ...]:
        """All that it says, but whose it is."""
        return self.stage, self.overdue, self.started, self.held, self.void, self.waiting


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


@dataclass(frozen=True)
class Standings:
    """How many assignments of one department stand where, by deadline, stage and lateness."""

    position: int
    name: str
    counted: Mapping[tuple[datetime, str, bool], int]


def counts(session: Session, rules: DeadlineRules, now: datetime) -> list[Count]:
    """The campaign's assignments counted by the table's deadline, stage and lateness."""
    found = _standings(session, rules, now).folded(_summed)
    return [Count(*key, number) for key, number in sorted(found.items())]


def department_counts(
    session: Session, rules: DeadlineRules, now: datetime
) -> list[tuple[str, str, bool, int]]:
    """Assignments counted by collecting department, stage and lateness, in the order of the plan."""
    return list(_standings(session, rules, now).folded(_listed))


def _standings(session: Session, rules: DeadlineRules, now: datetime) -> Answer[Standings]:
    def ask(departments: Collection[int] | None) -> dict[int, Standings]:
        late = overdue_at(rules, now)
        statement: Any = (
            select(Assignment.department_id, DataTable.due, SHOWN_AS, late)
            .add_columns(func.count())
            .join(DataTable, col(Assignment.table_id) == DataTable.id)
            .where(*owed_by(departments))
            .group_by(col(Assignment.department_id), col(DataTable.due), SHOWN_AS, late)
        )
        found: dict[int, Counter[tuple[datetime, str, bool]]] = defaultdict(Counter)
        for department, due, stage, overdue, number in session.exec(statement):
            found[department][due, stage, bool(overdue)] += number
        places = places_of(session, found)
        return {department: Standings(*places[department], counted) for department, counted in found.items()}

    return by_department(session, "standings", turns(session, rules, now), ask)


def _summed(found: Mapping[int, Standings]) -> Counter[tuple[datetime, str, bool]]:
    totals: Counter[tuple[datetime, str, bool]] = Counter()
    for each in found.values():
        for key, number in each.counted.items():
            totals[key] += number
    return totals


def _listed(found: Mapping[int, Standings]) -> list[tuple[str, str, bool, int]]:
    listed = []
    for each in sorted(found.values(), key=lambda each: each.position):
        totals: Counter[tuple[str, bool]] = Counter()
        for (_due, stage, late), number in each.counted.items():
            totals[stage, late] += number
        listed += [(each.name, *key, number) for key, number in sorted(totals.items())]
    return listed


def tables_done(session: Session) -> tuple[int, int]:
    """How many tables are done, that is checked for all who owe them, and how many are owed at all."""
    owed = select(Assignment.id).where(
        Assignment.table_id == DataTable.id,
        col(Assignment.exempt).is_(False),
        col(Assignment.closed).is_(False),
    )
    unchecked = owed.where(col(Assignment.stage).in_([stage for stage in STAGES if stage != CHECKED]))
    done = func.coalesce(func.sum(case((unchecked.exists(), 0), else_=1)), 0)
    finished, total = session.exec(select(done, func.count(col(DataTable.id))).where(owed.exists())).one()
    return int(finished), int(total)


def board(
    session: Session, rules: DeadlineRules, now: datetime, first: int = 0, reopened: Collection[str] = ()
) -> Board:
    """The board's window that starts with department number ``first``; four queries.

    ``reopened``: the tables that make the checks by them void.
    """
    owing = (col(Department.closed).is_(False),)
    number = session.exec(select(func.count(col(Department.id))).where(*owing)).one()
    window = select(Department).where(*owing).order_by(col(Department.position)).offset(first).limit(WIDTH)
    columns = session.exec(window).all()
    tables = {table.id: table for table in session.exec(select(DataTable))}
    late = overdue_at(rules, now)
    held = col(Assignment.id).in_(select(Hold.assignment_id).where(standing(now)))
    shown: Any = (DataTable.id, Assignment.id, Assignment.department_id, SHOWN_AS, late, has_begun(), held)
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
    for table_id, id, department_id, stage, *flags in session.exec(statement):
        row = rows.setdefault(table_id, Row(tables[table_id], {}))
        row.cells[department_id] = Cell(id, stage, *(bool(flag) for flag in flags))
    return Board(columns, list(rows.values()), first, number)


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

    def ask(departments: Collection[int] | None) -> dict[int, Counter[tuple[str, date]]]:
        found: dict[int, Counter[tuple[str, date]]] = defaultdict(Counter)
        for department, reached, stage, begun, number in session.connection().execute(_reached(departments)):
            if stage in BEYOND[reached]:
                moment = datetime.fromisoformat(f"{begun}0").replace(tzinfo=UTC)
                found[department][reached, moment.astimezone(zone).date()] += number
        return found

    return by_department(session, "reached", str(zone), ask).folded(_by_day)


def _reached(departments: Collection[int] | None) -> CompoundSelect[Any]:
    """With the stages that they stand at: asked for these alone, SQLite would look through all of a stage."""
    moments = {
        COLLECTED: col(Assignment.collected_at),
        REVIEWED: col(Assignment.reviewed_at),
        CHECKED: col(Assignment.checked_at),
    }
    owed = (*owed_by(departments), col(Assignment.exempt).is_(False))
    keys = col(Assignment.department_id), col(Assignment.stage)
    return union_all(
        *(
            select(keys[0], literal(stage), keys[1], _ten_minutes(moment).label("begun"))
            .add_columns(func.count())
            .where(*owed, moment.is_not(None))
            .group_by(*keys, "begun")
            for stage, moment in moments.items()
        )
    )


def _by_day(found: Mapping[int, Mapping[tuple[str, date], int]]) -> dict[str, dict[date, int]]:
    totals: dict[str, Counter[date]] = {stage: Counter() for stage in BEYOND}
    for counted in found.values():
        for (stage, day), number in counted.items():
            totals[stage][day] += number
    return {stage: dict(days) for stage, days in totals.items()}


def _ten_minutes(moment: Any) -> Any:
    """The ten minutes (UTC) that a moment falls into, as both databases write it: zones have whole or half
    hours, and databases know too little of zones."""
    return func.substr(cast(moment, String), 1, len("2020-11-06 08:3"))
