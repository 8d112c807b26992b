"""What is said and answered on a line that is signed in, commands in groups where the server takes them."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from aiosmtplib import SMTPReadTimeoutError, SMTPResponse, SMTPServerDisconnected

LONGEST_ANSWER = 32_768
UNASKED = "an answer that nobody asked for"


class Dialogue(asyncio.Protocol):
    """Takes over the transport of a line.

    ``together``: the server takes commands in groups (PIPELINING, RFC 2920), which spares a way there and
    back for each.  ``timeout``: seconds until the next answer must have come.
    """

    def __init__(self, transport: asyncio.Transport, together: bool, timeout: float) -> None:
        self.together = together
        self._transport = transport
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._unread = b""
        self._lines: list[str] = []
        self._answers: list[SMTPResponse] = []
        self._wanted = 0
        self._complete: asyncio.Future[None] | None = None
        self._heard = 0.0
        self._lost: Exception | None = None
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether anything can still be said."""
        return self._lost is None and not self._transport.is_closing()

    async def ask(self, *commands: bytes, within: float | None = None) -> list[SMTPResponse]:
        """The answer to each command, with its line's end; fewer where the line ended after some.

        :raises SMTPServerDisconnected: it ended before the first.
        :raises SMTPReadTimeoutError: they did not come in time; the line is dropped.
        """
        self.must_be_open()
        self._wanted = len(commands)
        self._complete = self._loop.create_future()
        self._heard = self._loop.time()
        self._watch(self._timeout if within is None else within)
        try:
            self._transport.write(b"".join(commands))
            await self._complete
        except BaseException as error:
            self.drop(SMTPServerDisconnected(f"given up: {type(error).__name__}"))
            raise
        finally:
            self._alarm.cancel()
            self._wanted, self._complete = 0, None
        answers, self._answers = self._answers[: len(commands)], []
        if not answers:
            self.fail()
        return answers

    def must_be_open(self) -> None:
        """:raises SMTPServerDisconnected: nothing can be said any more."""
        if not self.is_open:
            self.fail()

    def fail(self) -> NoReturn:
        """Raise what ended the line."""
        raise self._lost or SMTPServerDisconnected("Connection lost")

    def drop(self, cause: Exception | None = None) -> None:
        """End the line at once, without a word."""
        self._lost = self._lost or cause
        self._transport.abort()
        self._end()

    def data_received(self, data: bytes) -> None:
        """Take answers in; one that nobody asked for ends the line, lest it be taken for the next one's."""
        if not self._wanted:
            self.drop(SMTPServerDisconnected(f"{UNASKED}: {data[:200]!r}"))
            return
        before = len(self._answers)
        *whole, self._unread = (self._unread + data).split(b"\n")
        for line in whole:
            self._take(line.decode("utf-8", "replace").rstrip())
        if len(self._answers) > before:
            self._heard = self._loop.time()
        if len(self._unread) + sum(map(len, self._lines)) > LONGEST_ANSWER:
            self.drop(SMTPServerDisconnected("an answer without an end"))
        elif len(self._answers) > self._wanted:
            self.drop(SMTPServerDisconnected(f"{UNASKED}: {self._answers[-1].message}"))
        elif len(self._answers) == self._wanted:
            if self._unread or self._lines:
                self.drop(SMTPServerDisconnected(UNASKED))
            self._end()

    def _take(self, line: str) -> None:
        coded = line[:3].isascii() and line[:3].isdigit()
        self._lines.append(line[4:] if coded else line)
        if line[3:4] != "-":
            self._answers.append(SMTPResponse(int(line[:3]) if coded else -1, "\n".join(self._lines)))
            self._lines = []

    def _watch(self, seconds: float) -> None:
        """Drop the line once nothing has been heard for so long; what came while we were busy was heard."""
        self._alarm = self._loop.call_at(self._heard + seconds, self._look, seconds)

    def _look(self, seconds: float) -> None:
        if self._complete is None or self._complete.done():
            return
        if self._loop.time() - self._heard < seconds:
            self._watch(seconds)
        else:
            self.drop(SMTPReadTimeoutError("no answer in time"))

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up, or the way there is gone."""
        if self._lost is None:
            self._lost = SMTPServerDisconnected("Connection lost")
            self._lost.__cause__ = exc
        self._end()

    def _end(self) -> None:
        if self._complete is not None and not self._complete.done():
            self._complete.set_result(None)
