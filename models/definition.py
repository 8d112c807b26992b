"""How a table was defined, edition by edition, and what changed from one to the next (P12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from sqlalchemy import UniqueConstraint, exists
from sqlmodel import Field, Session, SQLModel, col, func, select

from checks.definition_diff import Difference, differences
from models.notice import Notice
from models.types import document, instant

CHANGED = "definition-changed"
TO_REVIEWERS = "definition-changed-review"
"""The kind of notices that tell of a changed definition, and their rules: to collectors (as the kind) and to
reviewers; the occurrence is the edition's id."""


class DefinitionEdition(SQLModel, table=True):
    """What a table's definition said (`checks.definition_diff.described`), from when it was seen on.

    The first edition (``number`` 1) is what stood when the campaign began.  ``carried``: it is of last year's
    campaign, and nobody is told of it any more.
    """

    __table_args__ = (UniqueConstraint("campaign_id", "code", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    code: str
    number: int
    said: dict[str, Any] = document()
    seen_at: datetime = instant()
    carried: bool = False


@dataclass(frozen=True)
class Changed:
    """An edition, and the one before it."""

    before: DefinitionEdition
    edition: DefinitionEdition

    @cached_property
    def differences(self) -> list[Difference]:
        return differences(self.before.said, self.edition.said)


def newest_editions(session: Session) -> dict[str, DefinitionEdition]:
    """By table, what its definition said when it was last looked at."""
    newest = select(func.max(DefinitionEdition.id)).group_by(col(DefinitionEdition.code))
    return {
        each.code: each
        for each in session.exec(select(DefinitionEdition).where(col(DefinitionEdition.id).in_(newest)))
    }


def changed_editions(session: Session, code: str | None = None) -> dict[str, list[Changed]]:
    """By table (or of one), its changes in order; tables that never changed are left out."""
    changed = select(DefinitionEdition.code).where(DefinitionEdition.number > 1)
    statement = select(DefinitionEdition).where(col(DefinitionEdition.code).in_(changed))
    if code is not None:
        statement = statement.where(DefinitionEdition.code == code)
    found: dict[str, list[DefinitionEdition]] = {}
    for each in session.exec(statement.order_by(col(DefinitionEdition.number))):
        found.setdefault(each.code, []).append(each)
    return {key: _pairs(editions) for key, editions in found.items()}


def _pairs(editions: Sequence[DefinitionEdition]) -> list[Changed]:
    return [Changed(before, each) for before, each in pairwise(editions)]


def whole_change(changes: Sequence[Changed], ids: Iterable[int]) -> list[Difference]:
    """What changed of a table from before the first of these editions up to now: what was taken back
    meanwhile is not told."""
    wanted = set(ids)
    first = next((each for each in changes if each.edition.id in wanted), None)
    return differences(first.before.said, changes[-1].edition.said) if first else []


def untold_editions(session: Session) -> list[DefinitionEdition]:
    """This year's editions that changed something and of which no notice tells, in order."""
    told = exists().where(
        col(Notice.campaign_id) == DefinitionEdition.campaign_id,
        col(Notice.kind) == CHANGED,
        col(Notice.occurrence) == DefinitionEdition.id,
    )
    statement = select(DefinitionEdition).where(
        DefinitionEdition.number > 1, col(DefinitionEdition.carried).is_(False), ~told
    )
    return list(session.exec(statement.order_by(col(DefinitionEdition.id))))
