"""Announcements on their way to chat groups: claimed under a lease, said with no session open, settled.

States: queued → leased → sent | uncertain | failed | moot.  A robot knows no Message-ID: what it perhaps has
is never said again, and the office is told.  While a pause stands nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select

from mail.verdicts import Answer, Verdict
from models import Post
from models.database import Database
from models.incidents import CHAT, over, tell
from models.notice import FAILED, LEASED, MOOT, QUEUED, SENT, UNCERTAIN
from models.pause import standing_pause

LEASE = timedelta(minutes=2)
PAUSES = tuple(timedelta(minutes=n) for n in (1, 5, 15, 30))
"""How long to wait after each refusal for now; after the last one it has failed."""
USEFUL_FOR = timedelta(hours=4)
"""A robot that is down for longer is not told old news when it comes back."""
AT_ONCE = 10
"""Posts in one run: none of them may take longer than the job's limit, whatever their robots do."""
Say = Callable[[str, str], Answer]


@dataclass(frozen=True)
class Claimed:
    """A post that this process holds: to whom, and what to say now."""

    id: int
    attempt: int
    channel: str
    text: str


class Posting:
    """The posts of one database.  ``text_of`` makes the announcement from the facts of the moment, ``now`` is
    the campaign's time, ``wall`` counts leases and pauses."""

    def __init__(
        self,
        database: Database,
        text_of: Callable[[Session], str],
        now: Callable[[Session], datetime],
        wall: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._text_of = text_of
        self._now = now
        self._wall = wall

    def run(self, robots: Mapping[str, Say]) -> int:
        """Say what waits to these robots, one after the other; how many took it."""
        taken = 0
        for _ in range(AT_ONCE):
            if not self._waiting() or (claimed := self._claim(robots)) is None:
                break
            answer = robots[claimed.channel](claimed.channel, claimed.text)
            self._settle(claimed, answer)
            taken += answer.verdict is Verdict.ACCEPTED
        return taken

    def _waiting(self) -> bool:
        """Whether there is anything to do: a glance that takes no lock."""
        with self._database.reading() as session:
            return session.exec(select(Post.id).where(_waits(self._wall())).limit(1)).first() is not None

    def _claim(self, robots: Mapping[str, Say]) -> Claimed | None:
        with self._database.writing() as session:
            if standing_pause(session) is not None:
                return None
            self._lapse(session, robots)
            ready = select(Post).where(_ready(self._wall())).order_by(col(Post.id)).limit(1)
            post = session.exec(ready).first()
            if post is None:
                return None
            post.state, post.leased_until = LEASED, self._wall() + LEASE
            post.attempts += 1
            post.text = self._text_of(session)
            session.add(post)
            return Claimed(post.id or 0, post.attempts, post.channel, post.text)

    def _lapse(self, session: Session, robots: Mapping[str, Say]) -> None:
        """What a process that died held was perhaps said; what is too old, or has no robot, never is."""
        for post in session.exec(select(Post).where(_stuck(self._wall()))):
            self._record(session, post, Answer(Verdict.UNCERTAIN, "发送时程序中断，不知道是否已经发出"))
        gone = or_(col(Post.channel).not_in(robots), col(Post.slot_at) < self._now(session) - USEFUL_FOR)
        session.connection().execute(
            update(Post).where(col(Post.state) == QUEUED, gone).values(state=MOOT, next_try_at=None)
        )

    def _settle(self, claimed: Claimed, answer: Answer) -> None:
        held = select(Post).where(
            Post.id == claimed.id, Post.state == LEASED, Post.attempts == claimed.attempt
        )
        with self._database.writing() as session:
            post = session.exec(held).first()
            if post is not None:
                self._record(session, post, answer)

    def _record(self, session: Session, post: Post, answer: Answer) -> None:
        wall = self._wall()
        post.answer, post.leased_until, post.next_try_at = answer.text, None, None
        if answer.verdict is Verdict.ACCEPTED:
            post.state, post.sent_at = SENT, wall
            over(session, CHAT, wall, post.channel)
        elif answer.verdict is Verdict.LATER and post.attempts <= len(PAUSES):
            post.state, post.next_try_at = QUEUED, wall + PAUSES[post.attempts - 1]
        else:
            post.state = UNCERTAIN if answer.verdict is Verdict.UNCERTAIN else FAILED
            tell(session, CHAT, post.channel, _told(post), wall)
        session.add(post)


def _waits(wall: datetime) -> ColumnElement[bool]:
    return or_(_ready(wall), _stuck(wall))


def _ready(wall: datetime) -> ColumnElement[bool]:
    rested = or_(col(Post.next_try_at).is_(None), col(Post.next_try_at) <= wall)
    return and_(col(Post.state) == QUEUED, rested)


def _stuck(wall: datetime) -> ColumnElement[bool]:
    return and_(col(Post.state) == LEASED, col(Post.leased_until) < wall)


def _told(post: Post) -> str:
    what = "不知道群公告是否发到了" if post.state == UNCERTAIN else "群公告没有发到"
    return (
        f"{what}{post.channel}：{post.answer}。"
        "请到群里看一看；需要时在“进度看板”复制群公告，自己发到群里，并核对 CAIJI_CHAT_URLS 里的机器人地址。"
    )
