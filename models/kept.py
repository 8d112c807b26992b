"""Answers by department that are kept between looks: only those that have changed are asked of anew.

The database itself says what has changed: its triggers write `Change` in the transaction of the change.
One writes at a time (docs/decisions/0024), so that the numbers are committed in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar

from sqlmodel import Field, Session, SQLModel, col, select

T = TypeVar("T")
R = TypeVar("R")
ANSWERS = "kept answers"
ALL = 0
"""Stands for all departments: tables or departments themselves have changed."""


class Change(SQLModel, table=True):
    """The number of the newest change of a department's assignments; numbers rise through all departments."""

    department_id: int = Field(primary_key=True)
    number: int = Field(index=True)


@dataclass(frozen=True)
class Answer(Generic[T]):
    """The answer to a question, by department; nobody may alter it, since others are given it too."""

    parts: Mapping[int, T]
    number: int = 0
    sign: Hashable = None
    _folds: dict[Callable[..., Any], Any] = field(default_factory=dict)

    def folded(self, fold: Callable[[Mapping[int, T]], R]) -> R:
        """What ``fold`` makes of all parts; made once."""
        if fold not in self._folds:
            self._folds[fold] = fold(self.parts)
        made: R = self._folds[fold]
        return made


class Kept:
    """The newest answers that the readers of one database were given; safe to share among threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: dict[str, Answer[Any]] = {}

    def answer(
        self,
        session: Session,
        question: str,
        sign: Hashable,
        ask: Callable[[Collection[int] | None], dict[int, T]],
    ) -> Answer[T]:
        with self._lock:
            known: Answer[T] = self._answers.get(question) or Answer({}, sign=object())
            changed = _changed(session, known.number)
            if known.number and not changed:
                return Answer(ask(None))
            self._answers[question] = newest = _newer(known, sign, changed, ask)
            return newest


def by_department(
    session: Session, question: str, sign: Hashable, ask: Callable[[Collection[int] | None], dict[int, T]]
) -> Answer[T]:
    """What ``ask`` finds of all departments (of these ids, where it is given some).

    ``sign``: all that the answer depends on beside the stored rows.  A transaction that writes is always
    told what it sees itself.
    """
    kept: Kept | None = session.info.get(ANSWERS)
    return kept.answer(session, question, sign, ask) if kept else Answer(ask(None))


def _changed(session: Session, since: int) -> dict[int, int]:
    """The departments that the newest known change, or one after it, was about; none where this
    transaction does not see that far."""
    statement = select(Change.department_id, Change.number).where(col(Change.number) >= since)
    return dict(session.exec(statement).all())


def _newer(
    known: Answer[T],
    sign: Hashable,
    changed: Mapping[int, int],
    ask: Callable[[Collection[int] | None], dict[int, T]],
) -> Answer[T]:
    number = max(changed.values(), default=0)
    stale = {key for key, at in changed.items() if at > known.number}
    if known.sign != sign or ALL in stale:
        return Answer(ask(None), number, sign)
    if not stale:
        return known
    still = {key: part for key, part in known.parts.items() if key not in stale}
    return Answer(still | ask(stale), number, sign)
