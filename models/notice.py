"""What was decided to be told, the mails that tell it, and the reports made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import BindParameter, UniqueConstraint, bindparam, or_
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from models.database import among
from models.types import document, entries, instant, maybe_instant

QUEUED, LEASED, SENT = "queued", "leased", "sent"
UNCERTAIN, FAILED, MOOT = "uncertain", "failed", "moot"
"""The states of a mail."""
ON_ITS_WAY = (QUEUED, LEASED, UNCERTAIN)
DIGEST, TEST = "digest", "test"
"""Kinds of mails: the one a day that waits for its day, and the one that goes at any hour."""


class Notice(SQLModel, table=True):
    """A rung of a ladder that has been decided for one obligation; the key says it is decided once.

    ``subject``: ``CODE@department`` (``/owner`` after it where an addition to a source table is asked of that
    department), ``roster@department`` or ``campaign``.  ``occurrence``: the day's ordinal of a rule with
    ``every``; of a withdrawal it is the id of the notice that is taken back.  ``holder``: in whose hands it
    was (collector, reviewer, owner, roster).  ``untold``: there was nobody to tell it to.
    """

    __table_args__ = (UniqueConstraint("campaign_id", "rule", "subject", "deadline", "occurrence"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    rule: str
    kind: str
    subject: str
    deadline: datetime = instant()
    occurrence: int = 0
    slot_at: datetime = instant(index=True)
    audience: str
    holder: str = ""
    department: str | None = None
    assignment_id: int | None = Field(default=None, foreign_key="assignment.id", index=True)
    decided_at: datetime = instant()
    untold: bool = False


class Mail(SQLModel, table=True):
    """One message to one address; recipients, text and Message-ID are frozen when it is first claimed.

    ``state``: queued, leased, sent, uncertain, failed or moot.  UNIQUE (address, kind, slot): a digest's
    slot is the local date, so there is one a day.  ``pressing``: it tells of something whose deadline has
    passed, and waits for nobody's hour.  ``opens_at``: when it may go, by the campaign's time, where its
    reader chose no hour of his own.  ``calendar``: its .ics, frozen with the text.
    ``course`` keeps what became of it, try by try.
    """

    __table_args__ = (UniqueConstraint("address", "kind", "slot"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    address: str
    kind: str
    slot: str
    state: str = Field(default="queued", index=True)
    notice_ids: dict[str, Any] = document()
    context: dict[str, Any] = document()
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: dict[str, Any] = document()
    calendar: str = ""
    pressing: bool = False
    opens_at: datetime | None = maybe_instant()
    message_id: str = ""
    created_at: datetime = instant()
    leased_until: datetime | None = maybe_instant()
    next_try_at: datetime | None = maybe_instant(index=True)
    attempts: int = 0
    answer: str = ""
    course: list[dict[str, Any]] = entries()
    sent_at: datetime | None = maybe_instant()

    @property
    def tells(self) -> list[int]:
        """The ids of the notices that it tells."""
        found: list[int] = self.notice_ids.get("ids", [])
        return found


class Post(SQLModel, table=True):
    """One announcement to one chat group, told once for each moment; ``text`` as it was last tried.

    ``channel`` names a robot without its secret.  ``state``: queued, leased, sent, uncertain (the robot never
    answered: it is not said twice), failed or moot.
    """

    __table_args__ = (UniqueConstraint("campaign_id", "channel", "slot_at"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    channel: str
    rule: str
    slot_at: datetime = instant()
    state: str = Field(default=QUEUED, index=True)
    text: str = ""
    created_at: datetime = instant()
    leased_until: datetime | None = maybe_instant()
    next_try_at: datetime | None = maybe_instant()
    attempts: int = 0
    answer: str = ""
    sent_at: datetime | None = maybe_instant()


class Report(SQLModel, table=True):
    """A late-submission report that was built, by its slot; files are blobs."""

    __table_args__ = (UniqueConstraint("campaign_id", "kind", "slot"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    kind: str
    slot: str
    at: datetime = instant()
    late: int = 0
    total: int = 0
    blobs: dict[str, Any] = document()


def notices_of(session: Session, mail: Mail) -> list[Notice]:
    """What the mail tells."""
    return notices_by_mail(session, {0: mail.tells})[0]


def notices_by_mail(session: Session, told: Mapping[int, Iterable[int]]) -> dict[int, list[Notice]]:
    """What each mail tells, from the ids of its notices."""
    wanted = {mail: sorted(ids) for mail, ids in told.items()}
    found = session.exec(select(Notice).where(among(col(Notice.id), chain.from_iterable(wanted.values()))))
    known = {notice.id: notice for notice in found}
    return {mail: [known[key] for key in keys if key in known] for mail, keys in wanted.items()}


def unsent_digests(session: Session, ids: Iterable[int], today: str) -> list[tuple[Mail, Mail]]:
    """Digests that never went with each digest of a later day, up to ``today``, at the same address; of the
    two at least one is among ``ids``."""
    pairs = session.exec(_unsent_digests(), params={"ids": list(ids), "today": today})
    return [(old, new) for old, new in pairs]


@cache
def _unsent_digests() -> Any:
    """Built once, since building it costs more than running it."""
    newer = aliased(Mail)
    ids: BindParameter[Any] = bindparam("ids", expanding=True, literal_execute=True)
    return (
        select(Mail, newer)
        .join(newer, (col(newer.address) == Mail.address) & (col(newer.kind) == DIGEST))
        .where(
            or_(col(Mail.id).in_(ids), col(newer.id).in_(ids)),
            Mail.kind == DIGEST,
            col(Mail.sent_at).is_(None),
            col(Mail.state).in_(ON_ITS_WAY),
            col(newer.state).in_((*ON_ITS_WAY, SENT)),
            col(newer.slot) > Mail.slot,
            # Follows from the others, and spares the join for all that wait for their own day.
            col(Mail.slot) < bindparam("today"),
            col(newer.slot) <= bindparam("today"),
        )
    )


def hand_over_digests(session: Session, ids: Collection[int], today: str) -> set[int]:
    """Which of them are digests that never went and whose address has one of a later day, up to ``today``.

    What a digest that never went was to tell, a later one tells that is among them or whose text is not
    fixed yet, even while the older rests until its next try.
    """
    pairs = unsent_digests(session, ids, today)
    for old, new in pairs:
        if not new.message_id:
            new.notice_ids = {"ids": sorted({*new.tells, *old.tells})}
            new.pressing = new.pressing or old.pressing
            session.add(new)
    return {old.id or 0 for old, _ in pairs}.intersection(ids)


def follow_address(session: Session, mail: Mail, address: str) -> None:
    """Let the mail go to the changed address, unless the same mail goes there already."""
    if address == mail.address:
        return
    same = select(Mail.id).where(Mail.address == address, Mail.kind == mail.kind, Mail.slot == mail.slot)
    if address and session.exec(same).first() is None:
        mail.address = address
