"""A run of delivery: several kept connections empty the outbox, at the set rate, until nothing may go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePath
from threading import Event
from time import monotonic

import uvloop

from mail.drafting import Kept
from mail.gathering import Gathering, Group
from mail.leasing import Claimed
from mail.line import Server, Stopped, Unreachable, Withheld
from mail.message import Attachment, Sender, as_bytes
from mail.outbox import Outbox
from mail.smtp import Connection, Manners
from mail.supply import Supply
from mail.turns import Turns
from mail.verdicts import Answer, Verdict
from models.incidents import MAIL_STOPPED, MAIL_UNREACHABLE

BATCH = 400
"""Mails claimed at once at most: what they are written from is read once for all of them."""
MARGIN = timedelta(seconds=40)
"""A mail is not begun when less than this is left of its lease."""
LOGINS = 3
LOGIN_PAUSE = timedelta(minutes=15)
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
PAUSES_UNTIL_TOLD = 6
GLANCE = 0.5
"""How often a run looks whether everything has been paused, in seconds."""

MIME = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html; charset=utf-8",
}


@dataclass(frozen=True)
class Route:
    """Where and how mail goes: ``per_minute`` 0 means as fast as it goes."""

    server: Server
    sender: Sender
    senders: int = 2
    per_minute: int = 0

    @property
    def batch(self) -> int:
        """How many mails to claim at once: twice as many go in a minute, well within their lease."""
        return min(BATCH, max(1, self.per_minute // 2)) if self.per_minute else BATCH


class Delivery:
    """Keeps what must outlive one run: how long the server has been unreachable, and the next turn."""

    def __init__(
        self, outbox: Outbox, read: Callable[[str], bytes], wall: Callable[[], datetime], stopping: Event
    ) -> None:
        self._outbox = outbox
        self._read = read
        self._wall = wall
        self._stopping = stopping
        self._rest_until = 0.0
        self._failures = 0
        self._turns = Turns()
        self._manners = Manners()

    def run(self, route: Route, seconds: float = 30.0) -> int:
        """Send what may go for about ``seconds``; how many the server took.

        After an unreachable server or throttling the next runs rest for a while; after a refused login
        there are two more tries, a quarter of an hour apart, then none until the office resolves it.
        """
        until = monotonic() + seconds
        resting = monotonic() < self._rest_until or self._turns.beyond(until)
        if resting or not self._outbox.waiting(self._wall()) or self._held():
            return 0
        # uvloop, as what the loop itself costs is a tenth of a morning's mails.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_Run(self, route, until).all())

    def _held(self) -> bool:
        stops = self._outbox.stops(MAIL_STOPPED)
        return bool(stops) and (len(stops) >= LOGINS or stops[-1] + LOGIN_PAUSE > self._wall())

    def rest(self, reason: str) -> None:
        """Leave the server alone for a while, longer each time; tell the office when it lasts."""
        self._failures += 1
        self._rest_until = monotonic() + min(FIRST_PAUSE * 2 ** (self._failures - 1), LONGEST_PAUSE)
        if self._failures == PAUSES_UNTIL_TOLD and not self._outbox.stops(MAIL_UNREACHABLE):
            message = f"邮件服务器一直连接不上（{reason}），邮件都在排队，恢复后会自动发出。"
            self._outbox.stop(MAIL_UNREACHABLE, message, self._wall())

    def went(self) -> None:
        """The server took a mail: what was wrong is over."""
        if self._failures >= PAUSES_UNTIL_TOLD or self._outbox.stops(MAIL_UNREACHABLE):
            self._outbox.resume(MAIL_UNREACHABLE, self._wall())
        if self._outbox.stops(MAIL_STOPPED):
            self._outbox.resume(MAIL_STOPPED, self._wall())
        self._failures = 0

    def refused(self, reason: str) -> None:
        """The server refuses us: stop and tell the office."""
        message = (
            f"邮件服务器拒绝了我们（{reason}），已停止发送，邮件都在排队。请核对账号、授权码和发件地址。"
        )
        self._outbox.stop(MAIL_STOPPED, message, self._wall())


class _Run:
    """One run over one route; ends when told to, when time is up or when the server wants rest."""

    def __init__(self, delivery: Delivery, route: Route, until: float) -> None:
        self._delivery = delivery
        self._route = route
        self._until = until
        self._ended = False
        self._taken = 0
        self._looked = monotonic()
        delivery._turns.begin()
        self._kept = Kept()
        self._opening = asyncio.Lock()
        self._supply = Supply(self._claim, route.batch)
        # Letters are written and answers committed by the one thread that also talks to the server, while the
        # server works: threads that take the interpreter from each other were slower.
        self._gathering = Gathering[tuple[Claimed, Answer]](self._record, route.senders)

    async def all(self) -> int:
        """Let every sender carry mails until nothing may go; how many were taken."""
        senders = (self._sender() for _ in range(self._route.senders))
        errors = await asyncio.gather(*senders, return_exceptions=True)
        if left := await self._supply.end():
            self._delivery._outbox.release(left)
        for error in (*errors, self._supply.error):
            if error is not None:
                raise error
        return self._taken

    async def _claim(self, limit: int) -> list[Claimed] | None:
        outbox = self._delivery._outbox
        while not self._over:
            wall = self._delivery._wall()
            batch = await outbox.draft_meanwhile(wall, limit, self._kept)
            if batch is None:
                break
            if claimed := outbox.take(batch, wall):
                return claimed
        return None

    @property
    def _stopped(self) -> bool:
        return self._ended or self._delivery._stopping.is_set()

    @property
    def _over(self) -> bool:
        return self._stopped or monotonic() > self._until

    async def _sender(self) -> None:
        """Carry mails over one connection; what goes wrong beyond it ends the run for all."""
        name, manners = self._route.sender.domain, self._delivery._manners
        sender = _Sender(Connection(self._route.server, name, manners=manners), self._gathering)
        try:
            try:
                while not self._over and (claimed := await self._supply.next()) is not None:
                    await self._carry(sender, claimed)
            finally:
                sender.settled()
        except BaseException:
            self._end()
            raise
        finally:
            await sender.connection.close()

    async def _carry(self, sender: _Sender, claimed: Claimed) -> None:
        """Send a mail; one that is not tried is given back."""
        try:
            if self._withheld(claimed):
                raise Withheld
            await self._open(sender.connection)
            if not await self._turn():
                raise Withheld
            answer = await self._send(sender, claimed)
        except Withheld as error:
            self._supply.give_back(claimed)
            if error.__cause__ is not None:
                raise error.__cause__ from None
        except (Unreachable, Stopped) as error:
            self._supply.give_back(claimed)
            self._end()
            rest = self._delivery.rest if isinstance(error, Unreachable) else self._delivery.refused
            rest(str(error))
        else:
            self._ended = self._ended or answer.throttled
            sender.bring((claimed, answer))

    async def _turn(self) -> bool:
        """Wait for a turn at the set rate; where none comes any more, time is up for those without one."""
        rate, turns = self._route.per_minute, self._delivery._turns
        if not rate or await turns.take(rate, self._until, lambda: self._stopped):
            return not self._stopped
        self._until = 0.0
        return False

    def _withheld(self, claimed: Claimed) -> bool:
        """Whether it must not be handed over now."""
        return self._paused() or self._delivery._wall() + MARGIN >= claimed.leased_until

    async def _open(self, connection: Connection) -> None:
        """Open the line, one at a time, so that a wrong password is tried once."""
        if not connection.is_open:
            async with self._opening:
                if not self._over:
                    await connection.open()

    def _paused(self) -> bool:
        """Whether everything has been paused since the last look; then the run is over."""
        if monotonic() - self._looked >= GLANCE:
            self._looked = monotonic()
            if self._delivery._outbox.paused():
                self._end()
        return self._ended

    async def _send(self, sender: _Sender, claimed: Claimed) -> Answer:
        """Send one mail once the one before is settled; one that cannot be written fails alone."""

        def ready() -> None:
            sender.settled()
            if self._withheld(claimed):
                raise Withheld

        try:
            message = self._message(claimed)
        except Exception as error:  # the library has many words for an address that is none
            told = f"这封邮件写不成（{type(error).__name__}），请核对收件人的邮箱和附件"
            return Answer(Verdict.REFUSED, told)
        return await sender.connection.send(self._route.sender.address, claimed.content.to, message, ready)

    def _message(self, claimed: Claimed) -> bytes:
        content = claimed.content
        if claimed.files:
            enclosed = (*content.attachments, *self._attachments(claimed))
            content = replace(content, attachments=enclosed)
        return as_bytes(content, self._route.sender, self._delivery._wall())

    def _attachments(self, claimed: Claimed) -> tuple[Attachment, ...]:
        return tuple(
            Attachment(name, MIME[PurePath(name).suffix], self._delivery._read(blob))
            for name, blob in claimed.files.items()
        )

    def _record(self, answers: Sequence[tuple[Claimed, Answer]]) -> None:
        """Commit what became of mails, once more where that fails: the server has taken them already."""
        try:
            self._delivery._outbox.settle(answers, self._delivery._wall())
        except Exception:
            self._delivery._outbox.settle(answers, self._delivery._wall())
        for _claimed, answer in answers:
            self._heed(answer)

    def _heed(self, answer: Answer) -> None:
        if answer.verdict is Verdict.ACCEPTED:
            if not self._taken:
                self._delivery.went()
            self._taken += 1
        elif answer.throttled:
            self._delivery.rest(answer.text)

    def _end(self) -> None:
        self._ended = True


@dataclass
class _Sender:
    """A connection, and the group in which the answer to its last mail is committed."""

    connection: Connection
    gathering: Gathering[tuple[Claimed, Answer]]
    brought: Group[tuple[Claimed, Answer]] | None = None

    def bring(self, answer: tuple[Claimed, Answer]) -> None:
        """Let the answer be committed with others; it is kept though the one before it may not be."""
        before, self.brought = self.brought, self.gathering.bring(answer)
        self._see(before)

    def settled(self) -> None:
        """See that what became of the last mail is committed."""
        self._see(self.brought)

    def _see(self, group: Group[tuple[Claimed, Answer]] | None) -> None:
        if group is not None:
            self.gathering.committed(group)
