"""Answers by department that are kept between looks: only those that have changed are asked of anew.

The database itself says what has changed: its triggers write `Change` in the transaction of the change.
One writes at a time (docs/decisions/0024), so that the numbers are committed in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
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
    """The answer to a question, by department; nobody may alter it, since others are given it too.

    ``passing``: departments whose part may change by what nothing tells of, so that it is always asked anew.
    """

    parts: Mapping[int, T]
    number: int = 0
    sign: Hashable = None
    passing: frozenset[int] = frozenset()
    _folds: dict[Callable[..., Any], Any] = field(default_factory=dict)

    def folded(self, fold: Callable[[Mapping[int, T]], R]) -> R:
        """What ``fold`` makes of all parts; made once."""
        if fold not in self._folds:
            self._folds[fold] = fold(self.parts)
        made: R = self._folds[fold]
        return made

    def to_ask(self, sign: Hashable, changed: Mapping[int, int]) -> frozenset[int] | None:
        """The departments that have to be asked about now; None: all."""
        newest = max(changed.values(), default=0)
        stale = frozenset(key for key, at in changed.items() if at > self.number)
        if newest < self.number or not newest or self.sign != sign or ALL in stale:
            return None
        return stale | self.passing


@dataclass(frozen=True)
class Question(Generic[T]):
    """What is asked for several names at once: ``ask`` finds, by name, the parts of all departments (of these
    ids, where it is given some).  ``passing``: whether a part may change by what nothing tells of."""

    name: str
    ask: Callable[[Collection[str], Collection[int] | None], dict[str, dict[int, T]]]
    passing: Callable[[T], bool] = lambda _: False

    def asked(self, to_ask: Mapping[str, frozenset[int] | None]) -> dict[str, dict[int, T]]:
        """The parts that are asked for, those of the same departments together."""
        together: dict[frozenset[int] | None, list[str]] = {}
        for name, departments in to_ask.items():
            if departments is None or departments:
                together.setdefault(departments, []).append(name)
        found: dict[str, dict[int, T]] = {name: {} for name in to_ask}
        for departments, names in together.items():
            found |= self.ask(names, departments)
        return found


class Kept:
    """The newest answers that the sessions of one database were given; safe to share among threads."""

    def __init__(self, answers: Mapping[tuple[str, str], Answer[Any]] | None = None) -> None:
        self._lock = Lock()
        self._answers = dict(answers or {})

    def answers(
        self, session: Session, question: Question[T], signs: Mapping[str, Hashable]
    ) -> dict[str, Answer[T]]:
        with self._lock:
            known: dict[str, Answer[T]] = {
                name: self._answers.get((question.name, name)) or Answer({}, sign=object()) for name in signs
            }
            changed = _changed(session, min(each.number for each in known.values()))
            to_ask = {name: known[name].to_ask(sign, changed) for name, sign in signs.items()}
            fresh = question.asked(to_ask)
            number = max(changed.values(), default=0)
            found = {
                name: _newer(known[name], to_ask[name], fresh[name], number, sign, question.passing)
                for name, sign in signs.items()
            }
            # Not what was begun before the newest known change, and nothing where nothing tells of changes,
            # as in a rehearsal's database.
            self._answers |= {
                (question.name, name): each
                for name, each in found.items()
                if number and number >= known[name].number
            }
            return found

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
    asked = Question(question, lambda _, departments: {"": ask(departments)})
    return each_by_department(session, asked, {"": sign})[""]


def each_by_department(
    session: Session, question: Question[T], signs: Mapping[str, Hashable]
) -> dict[str, Answer[T]]:
    """The same of several names, each with its sign, for one look at what has changed."""
    kept: Kept | None = session.info.get(ANSWERS)
    if kept is None or not signs:
        return {name: Answer(parts) for name, parts in question.asked(dict.fromkeys(signs)).items()}
    return kept.answers(session, question, signs)


def _changed(session: Session, since: int) -> dict[int, int]:
    """The departments that the newest known change, or one after it, was about; none where this
    transaction does not see that far."""
    statement = select(Change.department_id, Change.number).where(col(Change.number) >= since)
    return dict(session.exec(statement).all())


def _newer(
    known: Answer[T],
    asked: frozenset[int] | None,
    fresh: Mapping[int, T],
    number: int,
    sign: Hashable,
    passing: Callable[[T], bool],
) -> Answer[T]:
    """The known answer with the fresh parts of those that were asked about; what was folded of the same
    parts stays."""
    if asked is None:
        return Answer(fresh, number, sign, _those(passing, fresh))
    if all(known.parts.get(key) == fresh.get(key) for key in asked):
        return known if number == known.number else replace(known, number=number)
    parts = {key: part for key, part in known.parts.items() if key not in asked} | dict(fresh)
    return Answer(parts, number, sign, _those(passing, parts))


def _those(passing: Callable[[T], bool], parts: Mapping[int, T]) -> frozenset[int]:
    return frozenset(key for key, part in parts.items() if passing(part))
