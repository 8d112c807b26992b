"""Mails wished for become queued mails: one an address, kind and slot, joined by what comes later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from actions.plan_in_force import rules_in_force
from deadlines.calendar import WorkingCalendar
from deadlines.owed import Owed
from models import Mail, Person
from models.database import insert_or_leave
from models.notice import DIGEST, MOOT, QUEUED
from models.worklist import current_campaign


@dataclass(frozen=True)
class Enclosure:
    """What goes with the mails of a decision, frozen with them: values for their text, files by blob name.

    ``rules``: whose mails; None for all.
    """

    context: Mapping[str, Any] = field(default_factory=dict)
    attachments: Mapping[str, str] = field(default_factory=dict)
    rules: frozenset[str] | None = None

    def of(self, rules: set[str]) -> Enclosure:
        """What goes with a mail that tells of these rules."""
        return self if self.rules is None or self.rules & rules else Enclosure()


@dataclass
class Wish:
    """A mail that somebody is to get, with the notices that it tells."""

    person: Person
    kind: str
    slot: str
    rules: set[str] = field(default_factory=set)
    notice_ids: list[int] = field(default_factory=list)
    opens: list[datetime] = field(default_factory=list)
    pressing: bool = False

    def add(self, identity: int, each: Owed) -> None:
        """Let it tell this, too; what is past its deadline presses."""
        self.notice_ids.append(identity)
        self.rules.add(each.rule)
        self.opens.append(each.opens)
        self.pressing = self.pressing or each.at > each.deadline


def queue_all(session: Session, wishes: Sequence[Wish], now: datetime, enclosed: Enclosure) -> None:
    """Queue a mail for each: all new ones by one statement, then those that join another or step aside."""
    campaign_id = current_campaign(session).id or 0
    first = {(wish.person.email, wish.kind, wish.slot): wish for wish in reversed(wishes)}
    rows = [
        _mail(campaign_id, wish, wish.slot, now, enclosed.of(wish.rules)) for wish in reversed(first.values())
    ]
    statement = insert_or_leave(session, Mail).returning(col(Mail.address), col(Mail.kind), col(Mail.slot))
    fresh = {tuple(row) for row in session.connection().execute(statement, rows)} if rows else set()
    calendar = rules_in_force(session).calendar
    for wish in wishes:
        key = wish.person.email, wish.kind, wish.slot
        if key not in fresh or first[key] is not wish:
            _queue(session, campaign_id, wish, calendar, now, enclosed.of(wish.rules))


def _queue(
    session: Session,
    campaign_id: int,
    wish: Wish,
    calendar: WorkingCalendar,
    now: datetime,
    enclosed: Enclosure,
) -> None:
    """Queue the mail, or add its notices to the one that waits; after one that left, take the next slot."""
    for slot in _slots(wish, calendar):
        row = _mail(campaign_id, wish, slot, now, enclosed)
        inserted = session.connection().execute(
            insert_or_leave(session, Mail).values(row).returning(col(Mail.id))
        )
        if inserted.first() is not None or _join(session, wish, slot):
            return


def _slots(wish: Wish, calendar: WorkingCalendar) -> Iterator[str]:
    """The wished slot, then those that may stand in for it: a digest's next working days."""
    yield wish.slot
    for n in count(1):
        if wish.kind == DIGEST:
            yield calendar.add_workdays(date.fromisoformat(wish.slot), n).isoformat()
        else:
            yield f"{wish.slot} +{n}"


def _mail(campaign_id: int, wish: Wish, slot: str, now: datetime, enclosed: Enclosure) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "person_id": wish.person.id,
        "address": wish.person.email,
        "kind": wish.kind,
        "slot": slot,
        "state": QUEUED,
        "notice_ids": {"ids": wish.notice_ids},
        "context": dict(enclosed.context),
        "subject": "",
        "text": "",
        "html": "",
        "attachments": dict(enclosed.attachments),
        "message_id": "",
        "pressing": wish.pressing,
        "opens_at": min(wish.opens),
        "created_at": now,
        "attempts": 0,
        "answer": "",
    }


def _join(session: Session, wish: Wish, slot: str) -> bool:
    """Add the notices to the mail of this slot, or let one that had nothing to tell wait again for these
    alone; False where its text is frozen already."""
    mail = session.exec(
        select(Mail).where(Mail.address == wish.person.email, Mail.kind == wish.kind, Mail.slot == slot)
    ).one()
    former = [] if mail.state == MOOT else mail.tells
    changed = session.connection().execute(
        update(Mail)
        .where(col(Mail.id) == mail.id, col(Mail.state).in_((QUEUED, MOOT)), col(Mail.message_id) == "")
        .values(
            state=QUEUED,
            attempts=0 if mail.state == MOOT else mail.attempts,
            notice_ids={"ids": sorted({*former, *wish.notice_ids})},
            pressing=mail.pressing or wish.pressing,
            opens_at=min([*wish.opens, mail.opens_at or min(wish.opens)]),
        )
    )
    return changed.rowcount == 1
