"""The receipt of an escalation mail or of a call: seen or heard, and by when it will be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, func, select

from deadlines.facts import ROSTER
from models.person import Person
from models.types import document, instant, maybe_instant

ROSTERS = "rosters"
Subject = int | str
"""What somebody is told of: an assignment by its id, or the roster of the department of this name."""


class Receipt(SQLModel, table=True):
    """What one mail asks its addressee to confirm, or one call asked (``called_by``: who called).

    The link's secret is kept as its SHA-256; a call has neither link nor mail, and is answered when somebody
    was reached: else ``note`` says what there was to hear.  ``about``: the assignments by who held each then
    (``collector``, ``reviewer``, ``owner``), and under ``rosters`` the departments whose roster was owed.
    """

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    mail_id: int | None = Field(default=None, foreign_key="mail.id", unique=True)
    person_id: int = Field(foreign_key="person.id")
    audience: str
    secret_hash: str | None = Field(default=None, unique=True)
    about: dict[str, Any] = document()
    made_at: datetime = instant()
    called_by: int | None = Field(default=None, foreign_key="person.id")
    note: str = ""

    def held(self) -> Iterable[tuple[int, str]]:
        """Each assignment that it is about, with whose turn it was."""
        return [(key, holder) for holder, keys in self.about.items() if holder != ROSTERS for key in keys]

    def subjects(self) -> Iterable[tuple[Subject, str]]:
        """The same, and the rosters."""
        return [*self.held(), *((department, ROSTER) for department in self.about[ROSTERS])]


class Answer(SQLModel, table=True):
    """What was answered to a receipt; the newest of several stands.  ``by``: None without a date."""

    id: int | None = Field(default=None, primary_key=True)
    receipt_id: int = Field(foreign_key="receipt.id", index=True)
    at: datetime = instant()
    by: datetime | None = maybe_instant()
    note: str = ""


@dataclass(frozen=True)
class Told:
    """That somebody was told, has seen it (``seen_at``), and has promised something (``by``).

    ``holder``: whose turn it was then; the promise is kept once it isn't any more.  ``phone``: he was called.
    """

    person_id: int
    person: str
    audience: str
    told_at: datetime
    holder: str
    seen_at: datetime | None = None
    by: datetime | None = None
    note: str = ""
    phone: bool = False

    def broken(self, holder: str | None, at: datetime) -> bool:
        """Whether the promised day has passed at ``at`` while it is still with the same ``holder``."""
        return self.by is not None and self.by < at and holder == self.holder


@dataclass(frozen=True)
class Called:
    """A call: whom, by whom, and what was answered; None where nobody was reached."""

    receipt: Receipt
    person: str
    caller: str
    answer: Answer | None


def answers_of(session: Session, receipt_id: int) -> list[Answer]:
    """What was answered, the newest first."""
    statement = select(Answer).where(Answer.receipt_id == receipt_id)
    return list(session.exec(statement.order_by(col(Answer.id).desc())))


def receipts(
    session: Session, at: datetime, limit: int | None = None
) -> list[tuple[Receipt, str, Answer | None]]:
    """The receipts that had been asked for at ``at``, newest first: of whom, and the answer that stood."""
    statement = (
        select(Receipt, Person.name)
        .join(Person, col(Receipt.person_id) == Person.id)
        .where(col(Receipt.made_at) <= at)
        .order_by(col(Receipt.id).desc())
        .limit(limit)
    )
    found = session.exec(statement).all()
    answered = select(Answer).where(col(Answer.at) <= at).order_by(col(Answer.id))
    if limit is not None:
        answered = answered.where(col(Answer.receipt_id).in_([receipt.id for receipt, _ in found]))
    newest = {answer.receipt_id: answer for answer in session.exec(answered)}
    return [(receipt, name, newest.get(receipt.id or 0)) for receipt, name in found]


def count_receipts(session: Session, at: datetime) -> tuple[int, int]:
    """How many receipts had been asked for at ``at``, and how many of them were answered."""
    answered = exists().where(col(Answer.receipt_id) == Receipt.id, col(Answer.at) <= at)
    counted = select(func.count(), func.count().filter(answered)).select_from(Receipt)
    asked_for, done = session.exec(counted.where(col(Receipt.made_at) <= at)).one()
    return asked_for, done


def receipts_by_subject(session: Session, at: datetime) -> dict[Subject, list[Told]]:
    """By assignment or roster, who had been told of it and had promised what, as known at ``at``; newest
    first."""
    found: dict[Subject, list[Told]] = defaultdict(list)
    for receipt, name, answer in receipts(session, at):
        told = Told(
            receipt.person_id,
            name,
            receipt.audience,
            receipt.made_at,
            "",
            note=receipt.note,
            phone=receipt.called_by is not None,
        )
        if answer is not None:
            told = replace(told, seen_at=answer.at, by=answer.by, note=answer.note)
        for subject, holder in receipt.subjects():
            found[subject].append(replace(told, holder=holder))
    return found


def calls(session: Session, since: datetime, at: datetime) -> list[Called]:
    """The calls from ``since`` to ``at``, the newest first."""
    caller, callee = aliased(Person), aliased(Person)
    statement: Any = (
        select(Receipt, callee.name, caller.name)
        .add_columns(Answer)
        .join(callee, col(Receipt.person_id) == callee.id)
        .join(caller, col(Receipt.called_by) == caller.id)
        .outerjoin(Answer, col(Answer.receipt_id) == Receipt.id)
        .where(col(Receipt.made_at) >= since, col(Receipt.made_at) <= at)
        .order_by(col(Receipt.id).desc())
    )
    return [Called(*row) for row in session.exec(statement)]
