"""What every flow and job works with: settings, database, files, clocks, and the way mail goes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cached_property
from threading import Event

from sqlmodel import Session

from actions.clock import REHEARSAL, mode, now, wall
from actions.plan_in_force import plan_in_force, rules_in_force
from mail.announcement import announcement, standing_at
from mail.chat import channels_of, say
from mail.delivery import Delivery, Route
from mail.letters import Desk
from mail.message import Sender
from mail.outbox import Outbox
from mail.posting import Posting, Say
from mail.routing import is_catcher, server_of
from mail.sending_hours import Hour, hour_at
from mail.verdicts import Answer, Verdict
from models.blobs import Blobs
from models.database import Database
from models.incidents import open_incidents, over, tell
from models.pause import standing_pause
from models.worklist import loaded_campaign
from settings import Settings

REHEARSED = "演练"
"""The one chat group of a rehearsal: its posts are shown on /mailbox and go nowhere."""
JOB = "job"
"""The kind of incident that tells a failed job; its subject is the job's name."""


class Station:
    """One worker's place; ``stopping`` is set when it is to end.  ``wall`` is injected in tests; ``forms``:
    in which forms reports are written (None: all)."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        wall: Callable[[], datetime] = wall,
        forms: Collection[str] | None = None,
    ) -> None:
        self.settings = settings
        self.forms = forms
        self.database = database
        self.wall = wall
        self.stopping = Event()
        self.blobs = Blobs(settings.data / "blobs")
        self.outbox = Outbox(database, self._desk, self._hour, Sender(settings.mail_from, "").domain)
        self._delivery = Delivery(self.outbox, self.blobs.get, wall, self.stopping)
        self._posting = Posting(database, self._announcement, now, wall)

    def now(self) -> datetime | None:
        """The campaign's time; None before a plan is loaded."""
        with self.database.reading() as session:
            return now(session) if loaded_campaign(session) is not None else None

    def local(self, at: datetime) -> datetime:
        """The moment in the campaign's zone."""
        with self.database.reading() as session:
            return at.astimezone(plan_in_force(session).schedule.zone)

    @property
    def zone(self) -> str:
        """The campaign's zone; UTC before a plan is loaded."""
        with self.database.reading() as session:
            campaign = loaded_campaign(session)
            return campaign.timezone if campaign is not None else "UTC"

    @property
    def rehearsal(self) -> bool:
        with self.database.reading() as session:
            return mode(session) == REHEARSAL

    def deliver(self) -> int:
        """Send what waits in the outbox; how many the server took.  Nothing while mail is paused."""
        route = self._route()
        return self._delivery.run(route) if route is not None else 0

    @property
    def channels(self) -> list[str]:
        """The chat groups that are told; a rehearsal tells nobody outside."""
        return [REHEARSED] if self.rehearsal else list(self._robots)

    def post(self) -> int:
        """Say what waits to the chat groups; how many took it.  Nothing outside sending hours, or paused."""
        if not self._may_post():
            return 0
        rehearsed = {REHEARSED: lambda _name, _text: Answer(Verdict.ACCEPTED, "演练：没有发到任何群")}
        return self._posting.run(rehearsed if self.rehearsal else self._robots)

    def incident(self, kind: str, subject: str, message: str) -> None:
        """Tell the office what went wrong; once until it is resolved."""
        with self.database.writing() as session:
            tell(session, kind, subject, message, self.wall())

    def succeeded(self, job: str) -> None:
        """What was told of this job's failures is over; takes the write lock only where there is any."""
        with self.database.reading() as session:
            told = any(each.subject == job for each in open_incidents(session, [JOB]))
        if told:
            with self.database.writing() as session:
                over(session, JOB, self.wall(), job)

    def _desk(self, session: Session) -> Desk:
        return Desk(session, plan_in_force(session).schedule, now(session), self.settings.public_url)

    def _hour(self, session: Session) -> Hour:
        return hour_at(rules_in_force(session), now(session))

    def _announcement(self, session: Session) -> str:
        return announcement(
            standing_at(session, rules_in_force(session), now(session), self.settings.public_url)
        )

    def _may_post(self) -> bool:
        if self.settings.mail_paused:
            return False
        with self.database.reading() as session:
            loaded = loaded_campaign(session) is not None and standing_pause(session) is None
            return loaded and self._hour(session).open

    @cached_property
    def _robots(self) -> dict[str, Say]:
        """How each chat group that is set is told."""
        known = {each.name: each for each in channels_of(self.settings.chat_urls.get_secret_value())}
        return dict.fromkeys(known, lambda name, text: say(known[name], text))

    def _route(self) -> Route | None:
        """The way that mail goes now; None while it is paused, or there is none."""
        if self.settings.mail_paused:
            return None
        with self.database.reading() as session:
            if loaded_campaign(session) is None:
                return None
            rehearsal = mode(session) == REHEARSAL
            schedule = plan_in_force(session).schedule
        server = server_of(self.settings, rehearsal=rehearsal)
        if server is None:
            return None
        sender = Sender(self.settings.mail_from, schedule.mail_from_name)
        per_minute = 0 if is_catcher(self.settings, server) else schedule.mails_per_minute
        return Route(server, sender, self.settings.mail_senders, per_minute)
