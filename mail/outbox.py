"""The outbox: mails are claimed under a lease, sent with no session open, and settled, each step committed.

States: queued → leased → sent | uncertain | failed | moot.  Recipient, text and Message-ID are frozen when a
mail is claimed for its first try; whatever is sent again has the same Message-ID.  While a pause stands
nothing is claimed, and what is claimed and not begun is given back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import make_msgid
from time import monotonic
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from mail.file_names import day_in, shown_name
from mail.letters import Desk
from mail.message import Attachment, Content
from mail.receipt_link import keep_receipt, with_receipt
from mail.render import render
from mail.sending_hours import Hour, may_go
from mail.settling import TAKEN, record, record_unwritten, taken_row
from mail.verdicts import Answer, Verdict
from models import Mail, Notice
from models.database import Database, among
from models.incidents import open_incidents, over, tell
from models.notice import (
    LEASED,
    MOOT,
    QUEUED,
    UNCERTAIN,
    follow_address,
    hand_over_digests,
    notices_by_mail,
)
from models.pause import standing_pause
from models.refusal import refusals

LEASE = timedelta(minutes=2)
FRESH = 10.0
"""How long a run writes letters from the same facts, in seconds of either clock."""
CALENDAR, CALENDAR_MIME = "数据采集.ics", "text/calendar; charset=utf-8; method=PUBLISH"


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


class Kept:
    """What letters are written from, kept for some seconds: it costs more to read than a batch to write."""

    def __init__(self) -> None:
        self._desk: Desk | None = None
        self._until = 0.0

    def get(self, now: datetime, read: Callable[[], Desk]) -> Desk:
        """The desk that is kept; read anew where it has grown old by either clock."""
        desk = self._desk
        if desk is None or monotonic() > self._until or abs((now - desk.now).total_seconds()) > FRESH:
            return self.put(read())
        return desk

    def put(self, desk: Desk) -> Desk:
        """Keep this one."""
        self._desk, self._until = desk, monotonic() + FRESH
        return desk


class Outbox:
    """The mails of one database; ``desk_of`` gathers what letters are written from, ``hour_of`` tells what
    may go at this time, before that is done."""

    def __init__(
        self,
        database: Database,
        desk_of: Callable[[Session], Desk],
        hour_of: Callable[[Session], Hour],
        domain: str,
    ) -> None:
        self._database = database
        self._hour_of = hour_of
        self._desk_of = desk_of
        self._domain = domain

    def claim(self, wall: datetime, limit: int, kept: Kept | None = None) -> list[Claimed]:
        """Take up to ``limit`` mails that may go now; those that tell nothing any more become moot.

        ``kept``: what a run of several claims keeps between them.
        """
        with self._database.reading() as session:
            hour = self._hour_of(session)
            if not _any_waits(session, _claimable(hour, wall)):
                return []
            kept = kept or Kept()
            desk = kept.get(hour.local, lambda: self._desk_of(session))
        while True:
            with self._database.writing() as session:
                if standing_pause(session) is not None:
                    return []
                _reclaim(session, wall)
                mails, unsure = _lease(session, _claimable(hour, wall).limit(limit), wall)
                if _newest(mails) > desk.newest:
                    desk = kept.put(self._desk_of(session))
                claimed = [
                    replace(each, unsure=each.id in unsure) for each in self._take(session, desk, mails, wall)
                ]
            if claimed or not mails:
                return claimed

    def waiting(self, wall: datetime) -> bool:
        """Whether any mail's time has come and no pause stands: a glance that takes no lock."""
        with self._database.reading() as session:
            return _any_waits(session, select(Mail.id).where(_waits(wall)))

    def paused(self) -> bool:
        """Whether a pause has been begun: what was claimed before it and is not yet under way stays here."""
        with self._database.reading() as session:
            return standing_pause(session) is not None

    def settle(self, answers: Sequence[tuple[Claimed, Answer]], wall: datetime) -> None:
        """Record what became of mails, but of none whose lease has passed to another sender."""
        taken = [
            taken_row(claimed.id, claimed.attempt, claimed.course, answer, wall)
            for claimed, answer in answers
            if _simply_taken(claimed, answer)
        ]
        rest = [(claimed, answer) for claimed, answer in answers if not _simply_taken(claimed, answer)]
        if taken:
            with self._database.connection() as connection:
                connection.execute(TAKEN, taken)
        if not rest:
            return
        with self._database.writing() as session:
            mails = _held(session, [claimed for claimed, _ in rest])
            for claimed, answer in rest:
                if claimed.id in mails:
                    record(session, mails[claimed.id], answer, wall, was_refused=claimed.refused)

    def release(self, claimed: Sequence[Claimed]) -> None:
        """Give back mails that were not tried: nothing is known against them, and what has never been under
        way is written anew when its turn comes."""
        with self._database.writing() as session:
            unsure = {each.id for each in claimed if each.unsure}
            for mail in _held(session, claimed).values():
                mail.state, mail.leased_until = UNCERTAIN if mail.id in unsure else QUEUED, None
                mail.attempts -= 1
                mail.message_id = mail.message_id if mail.attempts or mail.sent_at else ""
                session.add(mail)

    def stop(self, kind: str, message: str, wall: datetime) -> None:
        """Tell the office that no mail goes out, and why."""
        with self._database.writing() as session:
            tell(session, kind, f"{kind}:{wall.isoformat()}", message, wall)

    def stops(self, kind: str) -> list[datetime]:
        """When mail was stopped for this reason since it last went out."""
        with self._database.reading() as session:
            return sorted(incident.at for incident in open_incidents(session, [kind]))

    def resume(self, kind: str, wall: datetime) -> None:
        """Resolve the incidents of ``kind``: mail goes out again."""
        with self._database.writing() as session:
            over(session, kind, wall)

    def _take(self, session: Session, desk: Desk, mails: Sequence[Mail], wall: datetime) -> list[Claimed]:
        """Those of the leased mails that have something to tell; what all need is read once."""
        today = desk.rules.calendar.local(desk.now).date().isoformat()
        old = hand_over_digests(session, mails, today)
        notices = notices_by_mail(session, mails)
        known, found = refusals(session, [mail.address for mail in mails]), list[Claimed]()
        for mail in mails:
            if mail.id in old:
                _moot(mail)
                session.add(mail)
            elif mail.message_id or self._freeze(session, desk, mail, notices[mail.id or 0], wall):
                found.append(_claimed(mail, wall, refused=mail.address in known))
        return found

    def _freeze(
        self, session: Session, desk: Desk, mail: Mail, notices: Sequence[Notice], wall: datetime
    ) -> bool:
        """Decide what the mail says; False where it says nothing, or cannot be written."""
        try:
            letter = desk.write(mail, notices)
            if letter is not None:
                follow_address(session, mail, letter.to)
                letter, receipt = with_receipt(desk, mail, letter)
                mail.text, mail.html = render(letter)
                mail.subject, mail.calendar = letter.subject, letter.calendar
                if letter.told is not None:
                    mail.notice_ids = {"ids": sorted(letter.told)}
                mail.message_id = make_msgid(f"caiji-{mail.id}", self._domain)
                keep_receipt(session, receipt)
        except Exception as error:  # one mail that cannot be written must not hold up the others
            record_unwritten(session, mail, f"{type(error).__name__}: {error}", wall)
            return False
        if letter is None:
            _moot(mail)
        session.add(mail)
        return letter is not None


def _any_waits(session: Session, waiting: SelectOfScalar[Any]) -> bool:
    return standing_pause(session) is None and session.exec(waiting.limit(1)).first() is not None


def _waits(wall: datetime) -> ColumnElement[bool]:
    """What a sender may take: untried or tried mails whose rest is over, and leases that ran out."""
    rested = or_(col(Mail.next_try_at).is_(None), col(Mail.next_try_at) <= wall)
    return or_(and_(col(Mail.state).in_((QUEUED, UNCERTAIN)), rested), _stuck(wall))


def _stuck(wall: datetime) -> ColumnElement[bool]:
    return and_(col(Mail.state) == LEASED, col(Mail.leased_until) < wall)


def _reclaim(session: Session, wall: datetime) -> None:
    """A sender that died may have sent its mails or not."""
    session.connection().execute(
        update(Mail).where(_stuck(wall)).values(state=UNCERTAIN, leased_until=None, next_try_at=None)
    )


def _claimable(hour: Hour, wall: datetime) -> Any:
    """The ids of the mails that may go now, with their states."""
    return select(Mail.id, Mail.state).where(_waits(wall), may_go(hour)).order_by(col(Mail.id))


def _lease(session: Session, wanted: Any, wall: datetime) -> tuple[Sequence[Mail], set[int]]:
    """Take what is wanted by one conditional UPDATE; the mails that it took, and which an earlier try may
    have sent."""
    before: dict[int, str] = dict(session.exec(wanted).all())
    taken = session.connection().execute(
        update(Mail)
        .where(among(col(Mail.id), before), _waits(wall))
        .values(state=LEASED, leased_until=wall + LEASE, attempts=col(Mail.attempts) + 1)
        .returning(col(Mail.id))
    )
    ids = [key or 0 for (key,) in taken]
    mails = session.exec(select(Mail).where(among(col(Mail.id), ids)).order_by(col(Mail.id))).all()
    return mails, {key for key, state in before.items() if state == UNCERTAIN}


def _newest(mails: Sequence[Mail]) -> int:
    """The newest notice that any of them tells: facts read before it was decided know nothing of it."""
    return max((key for mail in mails for key in mail.notice_ids.get("ids", [])), default=0)


def _held(session: Session, claimed: Sequence[Claimed]) -> dict[int, Mail]:
    """Those of the mails whose lease is still this sender's, by their ids."""
    if not claimed:
        return {}
    attempts = {each.id: each.attempt for each in claimed}
    found = session.exec(select(Mail).where(col(Mail.id).in_(attempts), Mail.state == LEASED))
    return {mail.id: mail for mail in found if mail.id and mail.attempts == attempts[mail.id]}


def _claimed(mail: Mail, wall: datetime, *, refused: bool) -> Claimed:
    return Claimed(
        id=mail.id or 0,
        attempt=mail.attempts,
        content=content_of(mail),
        files={shown_name(name, day_in(mail.slot)): blob for name, blob in mail.attachments.items()},
        leased_until=wall + LEASE,
        course=mail.course,
        refused=refused,
    )


def _simply_taken(claimed: Claimed, answer: Answer) -> bool:
    return answer.verdict is Verdict.ACCEPTED and not claimed.refused


def _moot(mail: Mail) -> None:
    mail.state, mail.leased_until = MOOT, None


def content_of(mail: Mail) -> Content:
    """What was frozen of it; its calendar stands in the row, like its text."""
    calendar = (Attachment(CALENDAR, CALENDAR_MIME, mail.calendar.encode()),) if mail.calendar else ()
    return Content(mail.address, mail.message_id, mail.subject, mail.text, mail.html, calendar)
