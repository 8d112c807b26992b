"""What the office lets pass (P4): a finding, or a whole rule, with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from checks.cross_rules import rules
from models.types import instant, maybe_instant
from models.version import StoredFinding

USUAL = (
    "required",
    "type",
    "enum",
    "pattern",
    "range",
    "unique-key",
    "one-row",
    "period",
    "student-status",
    "cohort",
    "destination",
    "unit-suspect",
    "prior-year-change",
    "reference",
    "row-sum",
    "numeric-identity",
    "formula",
    "untouched-prefill",
    "unknown-column",
    "missing-column",
    "missing-sheet",
    "merged-cells",
    "no-rows",
    "duplicate-across",
)
"""The rules that any one table may meet."""


class Release(SQLModel, table=True):
    """Findings of ``rule`` no longer block where every given thing fits; empty or None fits everything.

    ``table_code`` and ``assignment_id`` narrow where it holds, ``sheet``, ``column``, ``key`` and ``cell``
    (of a row that no key tells apart) which cells.
    """

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    rule: str
    table_code: str = ""
    assignment_id: int | None = Field(default=None, foreign_key="assignment.id")
    sheet: str = ""
    column: str = ""
    key: str = ""
    cell: str = ""
    reason: str
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = instant()
    revoked_by: int | None = Field(default=None, foreign_key="person.id")
    revoked_at: datetime | None = maybe_instant()

    def fits(self, assignment_id: int, code: str) -> bool:
        """Whether it holds for any finding of this assignment's table at all."""
        return self.table_code in ("", code) and self.assignment_id in (None, assignment_id)


def releases(session: Session) -> Sequence[Release]:
    """All that was ever let pass, newest first."""
    return session.exec(select(Release).order_by(col(Release.id).desc())).all()


def releases_in_force(session: Session) -> Sequence[Release]:
    """What the office lets pass now, oldest first."""
    statement = select(Release).where(col(Release.revoked_at).is_(None))
    return session.exec(statement.order_by(col(Release.id))).all()


def known_rules(session: Session) -> list[str]:
    """The rules that can be switched off: the usual ones, those over several tables, and all that ever found
    anything."""
    found = session.exec(
        select(StoredFinding.rule).where(col(StoredFinding.severity).in_(("error", "warning"))).distinct()
    )
    return sorted({*named_rules(), *found})


def named_rules() -> set[str]:
    """The usual rules and those over several tables."""
    return {*USUAL, *(rule.id for rule in rules())}
