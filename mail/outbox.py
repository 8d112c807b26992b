"""The outbox: mails are claimed under a lease, sent with no session open, and settled, each step committed.

States: queued → leased → sent | uncertain | failed | moot.  Recipient, text and Message-ID are frozen when a
mail is claimed for its first try; whatever is sent again has the same Message-ID.  While a pause stands
nothing is claimed, and what is claimed and not begun is given back.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from mail.file_names import day_in, shown_name
from mail.letters import Desk
from mail.message import Attachment, Content
from mail.receipt_link import keep_receipt, with_receipt
from mail.render import render
from mail.sending_hours import Hour, may_go
from mail.settling import record, record_unwritten
from mail.verdicts import Answer
from models import Mail
from models.database import Database
from models.incidents import open_incidents, over, tell
from models.notice import (
    DIGEST,
    LEASED,
    MOOT,
    QUEUED,
    UNCERTAIN,
    follow_address,
    has_newer_digest,
    notices_of,
)
from models.pause import standing_pause
from models.refusal import refusals

LEASE = timedelta(minutes=2)
CALENDAR, CALENDAR_MIME = "数据采集.ics", "text/calendar; charset=utf-8; method=PUBLISH"


@dataclass(frozen=True)
class Claimed:
    """A mail that this sender holds until ``leased_until`` (wall time).  ``refused``: the address was."""

    id: int
    attempt: int
    content: Content
    files: dict[str, str]
    leased_until: datetime
    refused: bool = False


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

    def claim(self, wall: datetime, limit: int) -> list[Claimed]:
        """Take up to ``limit`` mails that may go now; those that tell nothing any more become moot."""
        with self._database.reading() as session:
            hour = self._hour_of(session)
            if not _any_waits(session, _claimable(hour, wall)):
                return []
            desk = self._desk_of(session)
        while True:
            with self._database.writing() as session:
                if standing_pause(session) is not None:
                    return []
                _reclaim(session, wall)
                mails = session.exec(_claimable(hour, wall).limit(limit)).all()
                known = refusals(session, [mail.address for mail in mails])
                taken = [self._take(session, desk, mail, wall, known) for mail in mails]
            claimed = [each for each in taken if each is not None]
            if claimed or not mails:
                return claimed

    def waiting(self, wall: datetime) -> bool:
        """Whether any mail's time has come and no pause stands: a glance that takes no lock."""
        with self._database.reading() as session:
            return _any_waits(session, select(Mail).where(_waits(wall)))

    def paused(self) -> bool:
        """Whether a pause has been begun: what was claimed before it and is not yet under way stays here."""
        with self._database.reading() as session:
            return standing_pause(session) is not None

    def settle(self, answers: Sequence[tuple[Claimed, Answer]], wall: datetime) -> None:
        """Record what became of mails, but of none whose lease has passed to another sender."""
        with self._database.writing() as session:
            for claimed, answer in answers:
                mail = session.exec(_held(claimed)).first()
                if mail is not None:
                    record(session, mail, answer, wall, was_refused=claimed.refused)

    def release(self, claimed: Sequence[Claimed]) -> None:
        """Give back mails that were not tried: nothing is known against them, and what has never been under
        way is written anew when its turn comes."""
        with self._database.writing() as session:
            for each in claimed:
                mail = session.exec(_held(each)).first()
                if mail is not None:
                    mail.state, mail.leased_until = QUEUED, None
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

    def _take(
        self, session: Session, desk: Desk, mail: Mail, wall: datetime, known: Container[str]
    ) -> Claimed | None:
        changed = session.connection().execute(
            update(Mail)
            .where(
                col(Mail.id) == mail.id,
                col(Mail.state) == mail.state,
                col(Mail.attempts) == mail.attempts,
            )
            .values(state=LEASED, leased_until=wall + LEASE, attempts=mail.attempts + 1)
        )
        if changed.rowcount != 1:
            return None
        session.refresh(mail)
        if _superseded(session, desk, mail) or not (
            mail.message_id or self._freeze(session, desk, mail, wall)
        ):
            return None
        return Claimed(
            id=mail.id or 0,
            attempt=mail.attempts,
            content=content_of(mail),
            files={shown_name(name, day_in(mail.slot)): blob for name, blob in mail.attachments.items()},
            leased_until=wall + LEASE,
            refused=mail.address in known,
        )

    def _freeze(self, session: Session, desk: Desk, mail: Mail, wall: datetime) -> bool:
        """Decide what the mail says; False where it says nothing, or cannot be written."""
        try:
            letter = desk.write(mail, notices_of(session, mail))
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


def _any_waits(session: Session, waiting: SelectOfScalar[Mail]) -> bool:
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


def _claimable(hour: Hour, wall: datetime) -> SelectOfScalar[Mail]:
    return select(Mail).where(_waits(wall), may_go(hour)).order_by(col(Mail.id))


def _held(claimed: Claimed) -> SelectOfScalar[Mail]:
    return select(Mail).where(
        col(Mail.id) == claimed.id, Mail.state == LEASED, Mail.attempts == claimed.attempt
    )


def _superseded(session: Session, desk: Desk, mail: Mail) -> bool:
    """Leave out an old digest that never went where a newer one for the same address says it all."""
    today = desk.rules.calendar.local(desk.now).date().isoformat()
    if mail.kind != DIGEST or mail.sent_at is not None or not has_newer_digest(session, mail, today):
        return False
    _moot(mail)
    session.add(mail)
    return True


def _moot(mail: Mail) -> None:
    mail.state, mail.leased_until = MOOT, None


def content_of(mail: Mail) -> Content:
    """What was frozen of it; its calendar stands in the row, like its text."""
    calendar = (Attachment(CALENDAR, CALENDAR_MIME, mail.calendar.encode()),) if mail.calendar else ()
    return Content(mail.address, mail.message_id, mail.subject, mail.text, mail.html, calendar)
