"""What is late and what is due soon, the worst first, as far as a list can be read."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from deadlines.effective import DeadlineRules
from models.trouble import first_due_soon, first_late
from models.worklist import lines
from web.tasks import Task, task_of


def late(session: Session, rules: DeadlineRules, now: datetime, limit: int) -> list[Task]:
    """Whose deadline has passed."""
    return _tasks(session, rules, now, first_late(session, rules, now, limit))


def due_soon(session: Session, rules: DeadlineRules, now: datetime, limit: int) -> list[Task]:
    """What collectors still owe within the next working days, extensions and mending included."""
    return _tasks(session, rules, now, first_due_soon(session, rules, now, limit))


def _tasks(session: Session, rules: DeadlineRules, now: datetime, ids: list[int]) -> list[Task]:
    tasks = [task_of(line, rules, now) for line in lines(session, ids=ids)]
    return sorted(tasks, key=lambda task: (-task.late_days, task.due or task.effective, task.line.table.no))
