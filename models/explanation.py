"""Why a warning stands: told by the collector, judged by the reviewer, offered again next year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, true, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, exists, func, select

from models.assignment import Assignment
from models.history import standing
from models.types import instant, maybe_instant
from models.version import StoredFinding

ACCEPTED, REFUSED = "accepted", "refused"


class Explanation(SQLModel, table=True):
    """One explanation of an assignment's findings of a rule.

    It covers the findings with the same rule, sheet and column, and with the same ``key`` unless that is
    empty (all rows), and explains the values that ``version_id`` had: another value wants another word.
    ``verdict``: empty (not judged), accepted or refused, with the reviewer's ``remark``.
    ``offered`` marks last year's text: it counts only once the collector has taken it over.
    """

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    version_id: int | None = Field(default=None, foreign_key="version.id")
    rule: str
    sheet: str = ""
    column: str = ""
    key: str = ""
    text: str
    offered: bool = False
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = instant()
    verdict: str = ""
    remark: str = ""
    judged_by: int | None = Field(default=None, foreign_key="person.id")
    judged_at: datetime | None = maybe_instant()

    def covers(self, finding: StoredFinding) -> bool:
        """Whether it speaks of this finding."""
        same = (self.rule, self.sheet, self.column) == (finding.rule, finding.sheet, finding.column)
        return same and self.key in ("", finding.key)


def explanations_of(session: Session, assignment_id: int) -> Sequence[Explanation]:
    """All that was explained for the assignment, offers among them, one row's before all rows'."""
    statement = select(Explanation).where(Explanation.assignment_id == assignment_id)
    order = (Explanation.rule, Explanation.sheet, Explanation.column, col(Explanation.key).desc())
    return session.exec(statement.order_by(*order, col(Explanation.id))).all()


def explanations_of_version(session: Session, assignment_id: int, version_id: int) -> Sequence[Explanation]:
    """Those that the collector has given and that cover a finding which the version still has."""
    found = select(StoredFinding.id).where(*standing(session, version_id), _covering())
    statement = (
        select(Explanation)
        .where(Explanation.assignment_id == assignment_id, col(Explanation.offered).is_(False))
        .where(exists(found))
        .order_by(Explanation.rule, Explanation.sheet, Explanation.column, Explanation.key)
    )
    return session.exec(statement).all()


def accepted_explanations(session: Session) -> Sequence[Explanation]:
    """Those that were accepted and cover a finding of the version that their assignment stands on now; what
    was explained of data that has been replaced is left out."""
    found = select(StoredFinding.id).where(
        col(StoredFinding.version_id) == col(Assignment.version_id), _covering()
    )
    statement = (
        select(Explanation)
        .join(Assignment, col(Explanation.assignment_id) == Assignment.id)
        .where(Explanation.verdict == ACCEPTED, exists(found))
        .order_by(col(Explanation.id))
    )
    return session.exec(statement).all()


def unexplained(
    session: Session, assignment_id: int, version_id: int, rules: Iterable[str] | None, first: int
) -> tuple[int, Sequence[StoredFinding]]:
    """How many warnings of these rules (None: of any) have no explanation, and the first.

    Neither a refused one counts nor one of another value.
    """
    told = select(Explanation.id).where(
        Explanation.assignment_id == assignment_id,
        col(Explanation.offered).is_(False),
        Explanation.verdict != REFUSED,
        _covering(),
        _of_the_value(assignment_id),
    )
    conditions = (
        *standing(session, version_id),
        StoredFinding.severity == "warning",
        true() if rules is None else col(StoredFinding.rule).in_(list(rules)),
        ~exists(told),
    )
    every = func.coalesce(func.sum(col(StoredFinding.count)), 0)
    count = session.exec(select(every).where(*conditions)).one()
    shown = select(StoredFinding).where(*conditions).order_by(col(StoredFinding.id)).limit(first)
    return count, session.exec(shown).all()


def outdated_explanations(session: Session, assignment_id: int, version_id: int) -> set[int]:
    """The given ones that cover a finding of the version whose value they were not told of."""
    found = select(StoredFinding.id).where(
        *standing(session, version_id), _covering(), ~_of_the_value(assignment_id)
    )
    statement = select(col(Explanation.id)).where(
        Explanation.assignment_id == assignment_id, col(Explanation.offered).is_(False), exists(found)
    )
    return {key for key in session.exec(statement) if key is not None}


def _of_the_value(assignment_id: int) -> ColumnElement[bool]:
    """Whether the explained version had the finding with this value; found in one pass, not per finding."""
    former, told = aliased(StoredFinding), aliased(Explanation)
    explained = select(told.version_id).where(told.assignment_id == assignment_id)
    known = select(*_told_of(former, former.version_id)).where(col(former.version_id).in_(explained))
    version_id = func.coalesce(col(Explanation.version_id), 0)
    return tuple_(*_told_of(StoredFinding, version_id)).in_(known)


def _told_of(finding: Any, version_id: Any) -> tuple[Any, ...]:
    return (version_id, finding.rule, finding.sheet, finding.column, finding.key, finding.value)


def _covering() -> ColumnElement[bool]:
    same = (
        (col(Explanation.rule) == col(StoredFinding.rule))
        & (col(Explanation.sheet) == col(StoredFinding.sheet))
        & (col(Explanation.column) == col(StoredFinding.column))
    )
    return same & or_(col(Explanation.key) == "", col(Explanation.key) == col(StoredFinding.key))
