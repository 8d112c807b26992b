"""The outbox: mails are claimed under a lease, sent with no session open, and settled, each step committed.

States: queued → leased → sent | uncertain | failed | moot.  Recipient, text and Message-ID are frozen at the
first claim; whatever is sent again has the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from deadlines.calendar import WorkingCalendar
from mail.letters import Desk
from mail.message import Attachment, Content
from mail.receipt_link import with_receipt
from mail.render import render
from mail.smtp import Answer, Verdict
from models import Mail, Notice
from models.database import Database
from models.incidents import MAIL_FAILED, open_incidents, over, tell
from models.notice import FAILED, LEASED, MOOT, QUEUED, SENT, UNCERTAIN

LEASE = timedelta(minutes=2)
PAUSES = tuple(timedelta(minutes=n) for n in (1, 5, 15, 30, 60))
"""How long to wait after each refusal for now; the last one repeats."""
EVENING = 20
"""The hour at which mail that is still waiting is left for the next working day."""
TRIES = 60
"""Refusals for now until a mail has failed: two and a half days."""
DIGEST = "digest"
CALENDAR, CALENDAR_MIME = "caiji.ics", "text/calendar; charset=utf-8; method=PUBLISH"


@dataclass(frozen=True)
class Claimed:
    """A mail that this sender holds until ``leased_until`` (wall time)."""

    id: int
    attempt: int
    content: Content
    files: dict[str, str]
    leased_until: datetime


class Outbox:
    """The mails of one database; ``desk_of`` gathers what letters are written from, ``is_open`` says whether
    it is a time for sending, before that is done."""

    def __init__(
        self,
        database: Database,
        desk_of: Callable[[Session], Desk],
        is_open: Callable[[Session], bool],
        domain: str,
    ) -> None:
        self._database = database
        self._open = is_open
        self._desk_of = desk_of
        self._domain = domain

    def claim(self, wall: datetime, limit: int) -> list[Claimed]:
        """Take up to ``limit`` mails that may go now; those that tell nothing any more become moot."""
        if not self.waiting(wall):
            return []
        with self._database.reading() as session:
            if not self._open(session):
                return []
            desk = self._desk_of(session)
        while True:
            with self._database.writing() as session:
                _reclaim(session, wall)
                mails = session.exec(_claimable(desk, wall, limit)).all()
                taken = [self._take(session, desk, mail, wall) for mail in mails]
            claimed = [each for each in taken if each is not None]
            if claimed or not mails:
                return claimed

    def waiting(self, wall: datetime) -> bool:
        """Whether any mail's time has come: a glance that takes no lock."""
        with self._database.reading() as session:
            return session.exec(select(Mail.id).where(_waits(wall)).limit(1)).first() is not None

    def settle(self, claimed: Claimed, answer: Answer, wall: datetime) -> None:
        """Record what became of a mail, unless its lease has passed to another sender."""
        with self._database.writing() as session:
            mail = session.exec(_held(claimed)).first()
            if mail is not None:
                _record(session, mail, answer, wall)

    def release(self, claimed: Sequence[Claimed]) -> None:
        """Give back mails that were not tried: nothing is known against them."""
        with self._database.writing() as session:
            for each in claimed:
                mail = session.exec(_held(each)).first()
                if mail is not None:
                    mail.state, mail.leased_until = QUEUED, None
                    mail.attempts -= 1
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

    def _take(self, session: Session, desk: Desk, mail: Mail, wall: datetime) -> Claimed | None:
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
        if not mail.message_id and not self._freeze(session, desk, mail, wall):
            return None
        return Claimed(
            id=mail.id or 0,
            attempt=mail.attempts,
            content=_content(mail),
            files=dict(mail.attachments),
            leased_until=wall + LEASE,
        )

    def _freeze(self, session: Session, desk: Desk, mail: Mail, wall: datetime) -> bool:
        """Decide what the mail says; False where it says nothing, or cannot be written."""
        try:
            letter = None if _superseded(session, desk, mail) else desk.write(mail, _notices(session, mail))
            if letter is not None:
                _address(session, mail, letter.to)
                letter, receipt = with_receipt(desk, mail, letter)
                mail.text, mail.html = render(letter)
                mail.subject, mail.calendar = letter.subject, letter.calendar
                mail.message_id = make_msgid(f"caiji-{mail.id}", self._domain)
                session.add_all([receipt] if receipt else [])
        except Exception as error:  # one mail that cannot be written must not hold up the others
            _fail(session, mail, f"无法生成邮件：{type(error).__name__}: {error}", wall)
            return False
        if letter is None:
            mail.state, mail.leased_until = MOOT, None
        session.add(mail)
        return letter is not None


def may_send(calendar: WorkingCalendar, now: datetime) -> bool:
    """Whether it is a working day's time at which mail may go out: from the morning until the evening."""
    local = calendar.local(now)
    started = local >= calendar.at(local.date(), calendar.rules.start)
    return calendar.is_workday(local.date()) and started and local.hour < EVENING


def _waits(wall: datetime) -> ColumnElement[bool]:
    """What a sender may take: untried or tried mails whose pause is over, and leases that ran out."""
    rested = or_(col(Mail.next_try_at).is_(None), col(Mail.next_try_at) <= wall)
    return or_(and_(col(Mail.state).in_((QUEUED, UNCERTAIN)), rested), _stuck(wall))


def _stuck(wall: datetime) -> ColumnElement[bool]:
    return and_(col(Mail.state) == LEASED, col(Mail.leased_until) < wall)


def _reclaim(session: Session, wall: datetime) -> None:
    """A sender that died may have sent its mails or not."""
    session.connection().execute(
        update(Mail).where(_stuck(wall)).values(state=UNCERTAIN, leased_until=None, next_try_at=None)
    )


def _claimable(desk: Desk, wall: datetime, limit: int) -> SelectOfScalar[Mail]:
    today = desk.rules.calendar.local(desk.now).date().isoformat()
    return (
        select(Mail)
        .where(_waits(wall), or_(col(Mail.kind) != DIGEST, col(Mail.slot) <= today))
        .order_by(col(Mail.id))
        .limit(limit)
    )


def _held(claimed: Claimed) -> SelectOfScalar[Mail]:
    return select(Mail).where(
        col(Mail.id) == claimed.id, Mail.state == LEASED, Mail.attempts == claimed.attempt
    )


def _address(session: Session, mail: Mail, address: str) -> None:
    """Follow a changed address, unless the same mail goes there already."""
    same = select(Mail.id).where(Mail.address == address, Mail.kind == mail.kind, Mail.slot == mail.slot)
    if address and session.exec(same).first() is None:
        mail.address = address


def _superseded(session: Session, desk: Desk, mail: Mail) -> bool:
    """Whether a newer digest for the same address says it all: an old one that never went is left out."""
    today = desk.rules.calendar.local(desk.now).date().isoformat()
    newer = select(Mail.id).where(
        Mail.address == mail.address, Mail.kind == DIGEST, col(Mail.slot) > mail.slot, col(Mail.slot) <= today
    )
    return mail.kind == DIGEST and session.exec(newer).first() is not None


def _content(mail: Mail) -> Content:
    """What was frozen of it; its calendar stands in the row, like its text."""
    calendar = (Attachment(CALENDAR, CALENDAR_MIME, mail.calendar.encode()),) if mail.calendar else ()
    return Content(mail.address, mail.message_id, mail.subject, mail.text, mail.html, calendar)


def _notices(session: Session, mail: Mail) -> list[Notice]:
    ids = mail.notice_ids.get("ids", [])
    return list(session.exec(select(Notice).where(col(Notice.id).in_(ids)).order_by(col(Notice.id))))


def _record(session: Session, mail: Mail, answer: Answer, wall: datetime) -> None:
    mail.answer, mail.leased_until = answer.text, None
    if answer.verdict is Verdict.ACCEPTED:
        mail.state, mail.sent_at, mail.next_try_at = SENT, wall, None
    elif answer.verdict is Verdict.REFUSED or mail.attempts >= TRIES:
        _fail(session, mail, answer.text, wall)
    else:
        mail.state = UNCERTAIN if answer.verdict is Verdict.UNCERTAIN else QUEUED
        mail.next_try_at = wall + PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    session.add(mail)


def _fail(session: Session, mail: Mail, answer: str, wall: datetime) -> None:
    mail.state, mail.answer, mail.leased_until, mail.next_try_at = FAILED, answer, None, None
    message = f"发给 {mail.address} 的邮件没有送达：{answer}。请核对邮箱地址后重新发送。"
    session.add(mail)
    tell(session, MAIL_FAILED, f"mail:{mail.id}", message, wall)
