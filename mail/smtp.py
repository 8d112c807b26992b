"""One kept connection to a mail server, and what the server's answers mean for a mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from aiosmtplib import (
    SMTPConnectError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from mail.dialogue import Dialogue
from mail.envelope import MESSAGE_FOLLOWS, clear, give, leave, recipient_is, sender_is, tell
from mail.line import Server, Stopped, Unreachable, Withheld, go_on, line_to, sign_in
from mail.verdicts import Answer, Verdict, against_the_address, verdict_on

MAILS_A_CONNECTION = 100
CLOSING = 421
LOGIN_WANTED = 530


def nothing() -> None:
    """There is nothing to be done before."""


Before = Callable[[], None]


@dataclass
class Manners:
    """What was learnt of a server; ``groups``: commands that go together have all been answered so far."""

    groups: bool = True


class Connection:
    """One connection, opened when needed, kept for a number of mails, one recipient each."""

    def __init__(
        self,
        server: Server,
        greeting_name: str,
        mails: int = MAILS_A_CONNECTION,
        manners: Manners | None = None,
    ) -> None:
        self._server = server
        self._manners = manners or Manners()
        self._name = greeting_name
        self._cap = mails
        self._carried = 0
        self._line: Dialogue | None = None

    async def send(self, sender: str, recipient: str, message: bytes, before: Before = nothing) -> Answer:
        """Hand one mail over and tell what became of it; `Unreachable` or `Stopped` where none would go.

        ``before`` is called when the server is ready for the message; on its error nothing is handed over,
        and `Withheld` is raised.
        """
        reused = self.is_open
        line = await self.open()
        self._carried += 1
        answer = await self._transfer(line, sender, recipient, message, before)
        if reused and self._line is None and answer.verdict is Verdict.LATER:
            # The server had closed the kept connection: that says nothing about the mail.
            answer = await self._transfer(await self.open(), sender, recipient, message, before)
        return answer

    @property
    def is_open(self) -> bool:
        """Whether a line is kept for the next mail."""
        return self._line is not None and self._line.is_open

    async def close(self) -> None:
        """Take leave of the server, whatever state the line is in."""
        line, self._line = self._line, None
        if line is not None:
            await leave(line)

    async def open(self) -> Dialogue:
        """The line to the server, a new one where there is none or it has carried its number of mails."""
        if self._carried >= self._cap:
            await self.close()
        if self._line is None or not self._line.is_open:
            self._line, self._carried = await self._connect(), 0
        return self._line

    async def _connect(self) -> Dialogue:
        smtp = line_to(self._server, self._name)
        try:
            await smtp.connect()
            await smtp.ehlo()
            await sign_in(self._server, smtp)
            return go_on(smtp, self._server.timeout, self._manners.groups)
        except BaseException as error:
            smtp.close()
            raise _no_connection(error) from error

    async def _transfer(
        self, line: Dialogue, sender: str, recipient: str, message: bytes, before: Before
    ) -> Answer:
        told = False
        try:
            await give(line, sender_is(sender), recipient_is(recipient), MESSAGE_FOLLOWS)
            _make_ready(line, before)
            line.must_be_open()
            told = True
            return await tell(line, message)
        except SMTPResponseException as error:
            await self._reset(line, error)
            answer = verdict_on(error.code, error.message)
            at_rcpt = isinstance(error, SMTPRecipientRefused)
            return replace(answer, address=at_rcpt and against_the_address(error.code, error.message))
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            if isinstance(error, SMTPTimeoutError) and not told:
                # It may say that it takes groups, and lose all but the first command.
                self._manners.groups = False
            line.drop()
            self._line = None
            return Answer(Verdict.UNCERTAIN if told else Verdict.LATER, str(error) or type(error).__name__)
        except ValueError as error:
            return Answer(Verdict.REFUSED, f"地址无法投递：{error}")

    async def _reset(self, line: Dialogue, error: SMTPResponseException) -> None:
        """Clear the envelope; a refused sender without any throttling means all mails."""
        if error.code == CLOSING:
            await self.close()
        else:
            await clear(line)
        refused = verdict_on(error.code, error.message).verdict is Verdict.REFUSED
        if refused and (isinstance(error, SMTPSenderRefused) or error.code == LOGIN_WANTED):
            await self.close()
            raise Stopped(f"{error.code} {error.message}") from error


def _make_ready(line: Dialogue, before: Before) -> None:
    """A message that was announced and does not come: only an end of the line takes that back."""
    try:
        before()
    except BaseException as error:
        line.drop()
        if isinstance(error, Withheld) or not isinstance(error, Exception):
            raise
        raise Withheld from error


def _no_connection(error: BaseException) -> BaseException:
    """What a failure before the first mail means: wait, or stop; what is neither stays what it is."""
    if isinstance(error, SMTPConnectError | SMTPServerDisconnected | SMTPTimeoutError | OSError):
        return Unreachable(str(error) or type(error).__name__)
    if isinstance(error, SMTPResponseException):
        return Unreachable(f"{error.code} {error.message}")
    if isinstance(error, SMTPException):
        return Stopped(error.message)
    return error
