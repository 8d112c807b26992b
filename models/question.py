"""A question about a table, and its answer: seen by all who have that table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, func, select

from models.assignment import Assignment
from models.campaign import DataTable
from models.notice import Notice
from models.person import Person
from models.types import instant, maybe_instant
from models.worklist import COLLECTING, REVIEWING

ASKED, ANSWERED = "question-asked", "question-answered"
"""Kinds of notices that tell of questions, and their rules; the occurrence is the question's id."""


class Question(SQLModel, table=True):
    """Asked on an assignment's page by its collector or reviewer (``role``), answered by the office or a
    reviewer; ``for_all``: the answer holds for every department that has the table."""

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    role: str
    text: str
    asked_by: int | None = Field(default=None, foreign_key="person.id")
    asked_at: datetime = instant()
    answer: str = ""
    answered_by: int | None = Field(default=None, foreign_key="person.id")
    answered_at: datetime | None = maybe_instant()
    for_all: bool = False

    @property
    def answer_print(self) -> str:
        """Which answer stands; empty where none does.  Its moment doesn't say: a clock may stand."""
        if self.answered_at is None:
            return ""
        said = self.answer, self.for_all, self.answered_by
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Asked:
    """A question with the table and department it was asked of, the reviewing department, and the names of
    who asked and who answered (empty: nobody has)."""

    question: Question
    code: str
    name: str
    department: str
    reviewer: str | None
    asker: str
    answerer: str

    @property
    def waits(self) -> bool:
        return self.question.answered_at is None


def questions(
    session: Session, *, table_id: int | None = None, waiting: bool = False, limit: int | None = None
) -> list[Asked]:
    """The questions about what is in the plan, newest first, those that wait before all others: of a table,
    or only those that ``waiting`` for an answer."""
    statement = _every_question().limit(limit)
    if table_id is not None:
        statement = statement.where(Assignment.table_id == table_id)
    if waiting:
        statement = statement.where(col(Question.answered_at).is_(None))
    return [Asked(*row) for row in session.exec(statement)]


def untold_questions(session: Session) -> list[Asked]:
    """This year's questions as they stand last, asked or answered, of which no notice tells."""
    statement = _every_question().where(col(Question.asked_by).is_not(None), ~_told())
    return [Asked(*row) for row in session.exec(statement)]


def _told() -> Any:
    """Whether a notice tells of what was said last: its key has the rule, the question and that moment."""
    waits = col(Question.answered_at).is_(None)
    return exists().where(
        col(Notice.campaign_id) == DataTable.campaign_id,
        col(Notice.rule) == case((waits, ASKED), else_=ANSWERED),
        col(Notice.occurrence) == Question.id,
        col(Notice.deadline) == func.coalesce(Question.answered_at, Question.asked_at),
    )


def _every_question() -> Any:
    asker, answerer = aliased(Person), aliased(Person)
    return (
        select(Question, DataTable.code, DataTable.name)
        .add_columns(col(COLLECTING.name), col(REVIEWING.name))
        .add_columns(func.coalesce(asker.name, ""), func.coalesce(answerer.name, ""))
        .join(Assignment, col(Question.assignment_id) == Assignment.id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(COLLECTING, col(Assignment.department_id) == COLLECTING.id)
        .outerjoin(REVIEWING, col(Assignment.reviewer_id) == REVIEWING.id)
        .outerjoin(asker, col(Question.asked_by) == asker.id)
        .outerjoin(answerer, col(Question.answered_by) == answerer.id)
        .where(col(Assignment.closed).is_(False))
        .order_by(col(Question.answered_at).is_not(None), col(Question.id).desc())
    )


def count_waiting(session: Session) -> int:
    """How many questions wait for an answer."""
    waiting = (
        select(func.count())
        .select_from(Question)
        .join(Assignment, col(Question.assignment_id) == Assignment.id)
        .where(col(Question.answered_at).is_(None), col(Assignment.closed).is_(False))
    )
    return session.exec(waiting).one()
