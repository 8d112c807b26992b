"""What has fallen due to be announced becomes one post for each chat group."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from actions.notices import ANNOUNCE, Decided, due, move_marks, write_notices
from models import Post
from models.database import insert_or_leave
from models.notice import QUEUED
from models.worklist import current_campaign


def announce(session: Session, channels: Iterable[str], now: datetime) -> Decided:
    """Write the notices and a post for each channel; announcements that fell due together are one."""
    fresh = write_notices(session, due(session, now, [ANNOUNCE]), now)
    posts = 0
    if fresh:
        last = max((each for _, each in fresh), key=lambda each: each.at)
        posts = sum(_queue(session, channel, last.rule, last.at, now) for channel in channels)
    move_marks(session, [ANNOUNCE], now)
    return Decided(len(fresh), posts)


def _queue(session: Session, channel: str, rule: str, at: datetime, now: datetime) -> bool:
    row = {
        "campaign_id": current_campaign(session).id or 0,
        "channel": channel,
        "rule": rule,
        "slot_at": at,
        "state": QUEUED,
        "text": "",
        "created_at": now,
        "attempts": 0,
        "answer": "",
    }
    return session.connection().execute(insert_or_leave(session, Post).values(row)).rowcount == 1
