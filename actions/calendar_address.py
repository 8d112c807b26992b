"""A person's calendar address: made anew, taken back, and who may be read by it."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlmodel import Session, col, delete, select

from actions.who import Who
from models import CalendarFeed, Person
from models.digest import digest
from models.errors import NotFound


def make_address(session: Session, who: Who, now: datetime) -> str:
    """A new secret for this person's calendar; it is told once, and the one before ends with it."""
    revoke_address(session, who)
    secret = secrets.token_urlsafe(32)
    session.add(CalendarFeed(secret_hash=digest(secret), person_id=who.id, created_at=now))
    return secret


def revoke_address(session: Session, who: Who) -> None:
    """Nobody reads this person's calendar by an address any more; nothing happens where there is none."""
    session.exec(delete(CalendarFeed).where(col(CalendarFeed.person_id) == who.id))


def address_since(session: Session, who: Who) -> datetime | None:
    """Since when this person has an address; None without one."""
    return session.exec(select(CalendarFeed.created_at).where(CalendarFeed.person_id == who.id)).first()


def demand_reader(session: Session, secret: str) -> int:
    """Whose calendar the secret opens; NotFound where it is unknown, taken back, or the person has left."""
    feed = session.get(CalendarFeed, digest(secret))
    person = session.get(Person, feed.person_id) if feed is not None else None
    if person is None or not person.active:
        raise NotFound("这个日历地址已失效。", "请在“我的任务”页面重新生成日历地址。")
    return person.id or 0
