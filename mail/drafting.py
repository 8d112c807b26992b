"""What mails that wait are to say, written before any lock is taken: all that is needed is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid
from time import monotonic

from sqlmodel import Session, col, select

from mail.leasing import waits
from mail.letters import Desk, Letter
from mail.receipt_link import with_receipt
from mail.render import Templates
from mail.sending_hours import Hour, may_go
from models import Mail, Notice, Receipt
from models.notice import notices_by_mail, unsent_digests
from models.pause import standing_pause

FRESH = 10.0
"""How long a run writes letters from the same facts, in seconds of either clock."""


@dataclass(frozen=True)
class Text:
    """What a mail says from its first claim on; ``told``: the notices that it speaks of."""

    to: str
    message_id: str
    subject: str
    text: str
    html: str
    calendar: str
    told: list[int]


@dataclass(frozen=True)
class Draft:
    """A mail as it was read, the notices that it was written from, and what it is to say: nothing any more
    where ``text`` is None, or else nothing for the reason in ``error``."""

    mail: Mail
    tells: list[int]
    text: Text | None
    receipt: Receipt | None = None
    error: str = ""

    @property
    def id(self) -> int:
        return self.mail.id or 0

    @property
    def says_nothing(self) -> bool:
        return self.text is None and not self.error


@dataclass(frozen=True)
class Batch:
    """Drafts that were written together; ``today``: the campaign's local date then."""

    today: str
    drafts: list[Draft]


class Kept:
    """What letters are written from, kept for some seconds: it costs more to read than a batch to write."""

    def __init__(self) -> None:
        self._kept: tuple[Desk, Templates] | None = None
        self._until = 0.0

    def get(self, now: datetime, newest: int, read: Callable[[], Desk]) -> tuple[Desk, Templates]:
        """The desk and the templates that are kept; read anew where they have grown old by either clock, or
        the desk knows nothing of the ``newest`` notice."""
        kept = self._kept
        if kept is None or self._old(kept[0], now) or newest > kept[0].newest:
            kept = self._kept = read(), Templates()
            self._until = monotonic() + FRESH
        return kept

    def _old(self, desk: Desk, now: datetime) -> bool:
        return monotonic() > self._until or abs((now - desk.now).total_seconds()) > FRESH


@dataclass
class Drafting:
    """Writes drafts of one database's mails; ``desk_of`` gathers what letters are written from, ``hour_of``
    tells what may go at this time, before that is done."""

    desk_of: Callable[[Session], Desk]
    hour_of: Callable[[Session], Hour]
    domain: str

    def begin(self, session: Session, kept: Kept, wall: datetime, limit: int) -> Begun | None:
        """Up to ``limit`` mails that may go now, the oldest first, with what they are written from; None
        where none may."""
        hour = self.hour_of(session)
        mails = _waiting(session, hour, wall, limit)
        if not mails:
            return None
        newest = max((key for mail in mails for key in mail.tells), default=0)
        desk, templates = kept.get(hour.local, newest, lambda: self.desk_of(session))
        today = hour.local.date().isoformat()
        tells = _tells(session, mails, today)
        notices = notices_by_mail(session, tells)
        return Begun(today, mails, tells, notices, _Scribe(desk, templates, self.domain))


@dataclass(frozen=True)
class Begun:
    """A batch that is being written, as long as the session is open that it was begun in."""

    today: str
    mails: Sequence[Mail]
    tells: Mapping[int, list[int]]
    notices: Mapping[int, Sequence[Notice]]
    scribe: _Scribe

    def drafts(self) -> Iterator[Draft]:
        """One after another."""
        for mail in self.mails:
            key = mail.id or 0
            yield self.scribe.draft(mail, self.tells[key], self.notices[key])


@dataclass(frozen=True)
class _Scribe:
    """Writes the drafts of a batch."""

    desk: Desk
    templates: Templates
    domain: str

    def draft(self, mail: Mail, tells: list[int], notices: Sequence[Notice]) -> Draft:
        """What was tried says the same again; one that cannot be written must not hold up the others."""
        if mail.message_id:
            return Draft(mail, tells, text_of(mail))
        try:
            letter = self.desk.write(mail, notices)
            if letter is None:
                return Draft(mail, tells, None)
            letter, receipt = with_receipt(self.desk, mail, letter)
            return Draft(mail, tells, self._text(mail, letter, tells), receipt)
        except Exception as error:
            return Draft(mail, tells, None, error=f"{type(error).__name__}: {error}")

    def _text(self, mail: Mail, letter: Letter, tells: list[int]) -> Text:
        text, html = self.templates.render(letter)
        told = tells if letter.told is None else sorted(letter.told)
        named = make_msgid(f"caiji-{mail.id}", self.domain)
        return Text(letter.to, named, letter.subject, text, html, letter.calendar, told)


def text_of(mail: Mail) -> Text:
    """What was frozen of it."""
    return Text(
        to=mail.address,
        message_id=mail.message_id,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        calendar=mail.calendar,
        told=mail.tells,
    )


def _waiting(session: Session, hour: Hour, wall: datetime, limit: int) -> Sequence[Mail]:
    """The mails that may go now; none while a pause stands."""
    if standing_pause(session) is not None:
        return []
    statement = select(Mail).where(waits(wall), may_go(hour)).order_by(col(Mail.id)).limit(limit)
    return session.exec(statement).all()


def _tells(session: Session, mails: Sequence[Mail], today: str) -> dict[int, list[int]]:
    """The notices that each mail is to tell: its own, and those of older digests that never went."""
    tells = {mail.id or 0: set(mail.tells) for mail in mails}
    for old, new in unsent_digests(session, tells, today):
        if not new.message_id and new.id in tells:
            tells[new.id] |= set(old.tells)
    return {key: sorted(ids) for key, ids in tells.items()}
