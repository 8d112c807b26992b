"""Which mails wait, which of them a sender may take, and what it holds then: conditional updates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from mail.message import Content
from models import Mail, Person
from models.database import among
from models.notice import LEASED, MOOT, QUEUED, UNCERTAIN

LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Claimed:
    """A mail that this sender holds until ``leased_until`` (wall time).  ``refused``: the address was.
    ``unsure``: an earlier try may have sent it."""

    id: int
    attempt: int
    content: Content
    files: dict[str, str]
    leased_until: datetime
    course: list[dict[str, Any]]
    refused: bool = False
    unsure: bool = False


class Standing(NamedTuple):
    """What would have changed of a mail that somebody else has taken, sent or added to; ``left``: its reader
    has."""

    state: str
    attempts: int
    message_id: str
    notice_ids: dict[str, Any]
    left: bool

    def is_as(self, mail: Mail, tells: list[int]) -> bool:
        """Whether it is as the mail was, and tells just this."""
        same = (self.attempts, self.message_id) == (mail.attempts, mail.message_id)
        return same and sorted(set(self.notice_ids.get("ids", []))) == tells


TAKE = (
    update(Mail)
    .where(col(Mail.id) == bindparam("mail"), col(Mail.attempts) == bindparam("attempt"))
    .values(
        state=LEASED,
        leased_until=bindparam("until"),
        attempts=col(Mail.attempts) + 1,
        notice_ids=bindparam("tells"),
        subject=bindparam("head"),
        text=bindparam("plain"),
        html=bindparam("rich"),
        calendar=bindparam("entries"),
        message_id=bindparam("named"),
    )
)
"""Takes mails and freezes what they say: a statement for all of them."""


def waits(wall: datetime) -> ColumnElement[bool]:
    """What a sender may take: untried or tried mails whose rest is over, and leases that ran out."""
    rested = or_(col(Mail.next_try_at).is_(None), col(Mail.next_try_at) <= wall)
    return or_(and_(col(Mail.state).in_((QUEUED, UNCERTAIN)), rested), _stuck(wall))


def reclaim(session: Session, wall: datetime) -> None:
    """A sender that died may have sent its mails or not."""
    session.connection().execute(
        update(Mail).where(_stuck(wall)).values(state=UNCERTAIN, leased_until=None, next_try_at=None)
    )


def standing(session: Session, ids: Iterable[int], wall: datetime) -> dict[int, Standing]:
    """How those of the mails stand that still wait; nobody else changes them under this write lock."""
    session.flush()
    columns = (getattr(Mail, name) for name in ("id", *Standing._fields[:-1]))
    wanted = (
        select_columns(*columns, col(Person.active).is_(False))
        .outerjoin(Person, col(Person.id) == Mail.person_id)
        .where(among(col(Mail.id), ids), waits(wall))
    )
    return {key: Standing(*rest) for key, *rest in session.connection().execute(wanted)}


def held(session: Session, claimed: Sequence[Claimed], states: Sequence[str] = (LEASED,)) -> dict[int, Mail]:
    """Those of the mails that are in one of these states and that nobody else has tried since, by their
    ids."""
    if not claimed:
        return {}
    attempts = {each.id: each.attempt for each in claimed}
    found = session.exec(select(Mail).where(col(Mail.id).in_(attempts), col(Mail.state).in_(states)))
    return {mail.id: mail for mail in found if mail.id and mail.attempts == attempts[mail.id]}


def set_moot(session: Session, ids: Iterable[int]) -> None:
    """What tells nothing any more stays where it is."""
    session.connection().execute(
        update(Mail).where(among(col(Mail.id), ids)).values(state=MOOT, leased_until=None, next_try_at=None)
    )


def _stuck(wall: datetime) -> ColumnElement[bool]:
    return and_(col(Mail.state) == LEASED, col(Mail.leased_until) < wall)
