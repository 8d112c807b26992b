"""A campaign whose first reminders are queued, and the parts that send them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event

from sqlmodel import Session, col, select

from actions.notices import FAMILIES, decide
from actions.plan_in_force import plan_in_force, rules_in_force
from mail.delivery import Delivery, Route
from mail.letters import Desk
from mail.line import Server
from mail.message import Sender
from mail.outbox import Outbox
from mail.sending_hours import Hour, hour_at
from models import Incident, Mail, Notice
from models.database import Database

WALL = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
URL = "https://caiji.test/"
SENDER = Sender("office@college.test", "质量部（数据采集）")


class PostOffice:
    """Outbox and delivery over one database, with clocks that the test moves."""

    def __init__(
        self, database: Database, now: datetime, files: Callable[[str], bytes] | None = None
    ) -> None:
        self.database = database
        self.now = now
        self.wall = WALL
        self.desks = 0
        self.stopping = Event()
        self.outbox = Outbox(
            database,
            self._desk,
            self._hour,
            SENDER.domain,
        )
        self.delivery = Delivery(
            self.outbox, files or (lambda name: name.encode()), lambda: self.wall, self.stopping
        )

    def _hour(self, session: Session) -> Hour:
        return hour_at(rules_in_force(session), self.now)

    def _desk(self, session: Session) -> Desk:
        self.desks += 1
        return Desk(session, plan_in_force(session).schedule, self.now, URL)

    def decide(self, now: datetime | None = None) -> None:
        """Let everything that has fallen due be decided at `now`, which becomes the time."""
        self.now = now or self.now
        for family in FAMILIES:
            with self.database.writing() as session:
                decide(session, family, self.now)

    def pass_time(self, **by: float) -> None:
        """Move the wall's clock on."""
        self.wall += timedelta(**by)

    def deliver(self, server: Server, senders: int = 1, seconds: float = 30.0) -> int:
        """One run of delivery, as if nothing had gone wrong a moment ago."""
        self.delivery._rest_until = 0.0
        return self.delivery.run(Route(server, SENDER, senders), seconds)

    def mails(self) -> list[Mail]:
        with self.database.reading() as session:
            return list(session.exec(select(Mail).order_by(col(Mail.id))))

    def states(self) -> Counter[str]:
        return Counter(mail.state for mail in self.mails())

    def incidents(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.exec(select(Incident.kind).where(col(Incident.resolved_at).is_(None))))

    def notices(self, mail: Mail) -> list[Notice]:
        with self.database.reading() as session:
            return list(session.exec(select(Notice).where(col(Notice.id).in_(mail.notice_ids["ids"]))))


def told_by(office: PostOffice, slot: str) -> dict[str, set[int]]:
    """By address, the notices that the digest of this day tells."""
    found = [mail for mail in office.mails() if (mail.kind, mail.slot) == ("digest", slot)]
    return {mail.address: set(mail.notice_ids["ids"]) for mail in found}
