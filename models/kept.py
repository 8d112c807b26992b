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
Ask = Callable[[Collection[int] | None], dict[int, T]]
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
    """The newest answers that the sessions of one database were given; safe to share among threads."""

    def __init__(self, answers: Mapping[str, Answer[Any]] | None = None) -> None:
        self._lock = Lock()
        self._answers = dict(answers or {})

    def answers(
        self, session: Session, questions: Mapping[str, Ask[T]], sign: Hashable
    ) -> dict[str, Answer[T]]:
        with self._lock:
            known = {name: self._answers.get(name) or Answer({}, sign=object()) for name in questions}
            changed = _changed(session, min(each.number for each in known.values()))
            return {
                name: self._answer(name, known[name], sign, changed, ask) for name, ask in questions.items()
            }

    def _answer(
        self, question: str, known: Answer[T], sign: Hashable, changed: Mapping[int, int], ask: Ask[T]
    ) -> Answer[T]:
        newest = max(changed.values(), default=0)
        if newest < known.number or not newest:
            # Begun before that change; or a database where nothing tells of any, as in a rehearsal's.
            return Answer(ask(None))
        self._answers[question] = made = _newer(known, sign, changed, ask)
        return made

    def of_a_writer(self) -> Kept:
        """Answers for a transaction that writes: it begins with these, and what it is told stays its own,
        since it may yet be taken back.  Nobody waits for a reader that is counting."""
        return Kept(self._answers)

    def adopt(self, committed: Kept) -> None:
        """Keep what a transaction was told that has committed."""
        for question, answer in committed._answers.items():
            known = self._answers.get(question)
            if known is None or known.number < answer.number:
                self._answers[question] = answer


def by_department(session: Session, question: str, sign: Hashable, ask: Ask[T]) -> Answer[T]:
    """What ``ask`` finds of all departments (of these ids, where it is given some).

    ``sign``: all that the answer depends on beside the stored rows.
    """
    return each_by_department(session, {question: ask}, sign)[question]


def each_by_department(
    session: Session, questions: Mapping[str, Ask[T]], sign: Hashable
) -> dict[str, Answer[T]]:
    """The same of several questions, for one look at what has changed."""
    kept: Kept | None = session.info.get(ANSWERS)
    if kept is None or not questions:
        return {question: Answer(ask(None)) for question, ask in questions.items()}
    return kept.answers(session, questions, sign)


def _changed(session: Session, since: int) -> dict[int, int]:
    """The departments that the newest known change, or one after it, was about; none where this
    transaction does not see that far."""
    statement = select(Change.department_id, Change.number).where(col(Change.number) >= since)
    return dict(session.exec(statement).all())


def _newer(known: Answer[T], sign: Hashable, changed: Mapping[int, int], ask: Ask[T]) -> Answer[T]:
    number = max(changed.values())
    stale = {key for key, at in changed.items() if at > known.number}
    if known.sign != sign or ALL in stale:
        return Answer(ask(None), number, sign)
    if not stale:
        return known
    fresh = ask(stale)
    if all(known.parts.get(key) == fresh.get(key) for key in stale):
        return Answer(known.parts, number, sign, known._folds)
    still = {key: part for key, part in known.parts.items() if key not in stale}
    return Answer(still | fresh, number, sign)
