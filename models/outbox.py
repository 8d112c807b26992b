"""Looking into the outbox: what waits, what is listed, what nobody could be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from models.notice import DIGEST, LEASED, QUEUED, UNCERTAIN, Mail, Notice, Post
from models.person import Person

WAITING = (QUEUED, LEASED, UNCERTAIN)


@dataclass(frozen=True)
class Waiting:
    """How many mails would go now by kind, and how many old digests give way to a newer one."""

    by_kind: dict[str, int]
    stale: int

    @property
    def going(self) -> int:
        return sum(self.by_kind.values())


@dataclass(frozen=True)
class Filter:
    """Which mails to list: ``who`` is part of an address or name, or a whole staff number; ``since`` and
    ``until`` bound when they were queued."""

    state: str = ""
    kind: str = ""
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        return [
            *([col(Mail.state) == self.state] if self.state else []),
            *([col(Mail.kind) == self.kind] if self.kind else []),
            *([_of_whom(self.who)] if self.who else []),
            *([col(Mail.created_at) >= self.since] if self.since else []),
            *([col(Mail.created_at) < self.until] if self.until else []),
        ]


def waiting_now(session: Session, today: str) -> Waiting:
    """What would go if sending were let go on this day; ``today`` is the local date of the digests' slots."""
    stale = _stale(today).label("stale")
    counted = select(Mail.kind, stale, func.count()).where(*_waits(today)).group_by(col(Mail.kind), stale)
    rows = session.exec(counted).all()
    by_kind = {kind: number for kind, gives_way, number in rows if not gives_way}
    return Waiting(by_kind, sum(number for _, gives_way, number in rows if gives_way))


def waiting_mails(session: Session, today: str) -> Sequence[tuple[Mail, str]]:
    """The mails that would go on this day, with the names of their people; without the texts."""
    return session.exec(_with_names(*_waits(today), not_(_stale(today))).order_by(col(Mail.id))).all()


def listed(session: Session, wanted: Filter, before: int, limit: int) -> Sequence[tuple[Mail, str]]:
    """The mails that fit, newest first, from below the id ``before`` (0: from the newest), with the names of
    their people; without the texts, which a list doesn't need."""
    earlier = [col(Mail.id) < before] if before else []
    statement = _with_names(*wanted.conditions, *earlier).order_by(col(Mail.id).desc())
    return session.exec(statement.limit(limit)).all()


def totals(session: Session, wanted: Filter) -> dict[str, int]:
    """How many mails there are in each state, of those that fit otherwise."""
    statement = (
        select(Mail.state, func.count())
        .outerjoin(Person, col(Mail.person_id) == Person.id)
        .where(*wanted.conditions)
        .group_by(col(Mail.state))
    )
    return dict(session.exec(statement).all())


def untold(session: Session, limit: int) -> Sequence[Notice]:
    """The notices that were decided and told to nobody, newest first."""
    statement = select(Notice).where(col(Notice.untold)).order_by(col(Notice.id).desc())
    return session.exec(statement.limit(limit)).all()


def count_untold(session: Session) -> int:
    """How many notices were told to nobody."""
    return session.exec(select(func.count()).where(col(Notice.untold))).one()


def count_posts(session: Session) -> int:
    """How many announcements wait to be said to chat groups."""
    return session.exec(select(func.count()).where(col(Post.state).in_(WAITING))).one()


def _with_names(*conditions: ColumnElement[bool]) -> Select[Mail, str]:
    texts: Any = (Mail.text, Mail.html)
    statement = select(Mail, func.coalesce(Person.name, "")).outerjoin(
        Person, col(Mail.person_id) == Person.id
    )
    return statement.where(*conditions).options(*(defer(each) for each in texts))


def _waits(today: str) -> tuple[ColumnElement[bool], ...]:
    return col(Mail.state).in_(WAITING), or_(col(Mail.kind) != DIGEST, col(Mail.slot) <= today)


def _stale(today: str) -> ColumnElement[bool]:
    """An old digest that never went, where a newer one for the same address says it all."""
    newer = aliased(Mail)
    later = exists().where(
        col(newer.kind) == DIGEST,
        col(newer.address) == Mail.address,
        col(newer.slot) > Mail.slot,
        col(newer.slot) <= today,
    )
    return and_(col(Mail.kind) == DIGEST, col(Mail.sent_at).is_(None), later)


def _of_whom(who: str) -> ColumnElement[bool]:
    return or_(
        col(Mail.address).contains(who, autoescape=True),
        col(Person.name).contains(who, autoescape=True),
        col(Person.staff_no) == who,
    )
