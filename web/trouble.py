"""What is late and what is due soon, the worst first, as far as a list can be read."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from deadlines.effective import DeadlineRules
from models import Assignment, DataTable
from models.board import due_soon_at, overdue_at
from models.stages import OPEN_TO_COLLECTOR
from models.worklist import lines
from web.tasks import Task, task_of


def late(session: Session, rules: DeadlineRules, now: datetime, limit: int) -> list[Task]:
    """Whose deadline has passed."""
    statement = (
        select(Assignment.id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .where(col(Assignment.closed).is_(False), overdue_at(rules, now))
        .order_by(col(DataTable.due), col(DataTable.no))
        .limit(limit)
    )
    return _tasks(session, rules, now, [id for id in session.exec(statement) if id])


def due_soon(session: Session, rules: DeadlineRules, now: datetime, limit: int) -> list[Task]:
    """What collectors still owe within the next working days, extensions and mending included."""
    statement = (
        select(Assignment.id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .where(
            col(Assignment.closed).is_(False),
            col(Assignment.stage).in_(OPEN_TO_COLLECTOR),
            due_soon_at(rules, now),
        )
        .order_by(col(DataTable.due), col(DataTable.no))
        .limit(limit)
    )
    return _tasks(session, rules, now, [id for id in session.exec(statement) if id])


def _tasks(session: Session, rules: DeadlineRules, now: datetime, ids: list[int]) -> list[Task]:
    tasks = [task_of(line, rules, now) for line in lines(session, ids=ids)]
    return sorted(tasks, key=lambda task: (-task.late_days, task.due or task.effective, task.line.table.no))
