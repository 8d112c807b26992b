"""One kept connection to a mail server, and what the server's answers mean for a mail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from mail.line import (
    Server,
    Stopped,
    Unreachable,
    Withheld,
    announce,
    leave,
    line_to,
    name_recipient,
    name_sender,
    sign_in,
    tell,
)
from mail.verdicts import Answer, Verdict, against_the_address, verdict_on

MAILS_A_CONNECTION = 50
CLOSING = 421
LOGIN_WANTED = 530


async def at_once() -> None:
    """Nothing to wait for."""


Before = Callable[[], Awaitable[None]]


class Connection:
    """One connection, opened when needed, kept for a number of mails, one recipient each."""

    def __init__(self, server: Server, greeting_name: str, mails: int = MAILS_A_CONNECTION) -> None:
        self._server = server
        self._name = greeting_name
        self._cap = mails
        self._carried = 0
        self._smtp: SMTP | None = None

    async def send(self, sender: str, recipient: str, message: bytes, before: Before = at_once) -> Answer:
        """Hand one mail over and tell what became of it; `Unreachable` or `Stopped` where none would go.

        ``before`` is awaited when the server is ready for the message; on its error nothing is handed over,
        and `Withheld` is raised.
        """
        reused = self._smtp is not None
        smtp = await self.open()
        self._carried += 1
        answer = await self._transfer(smtp, sender, recipient, message, before)
        if reused and self._smtp is None and answer.verdict is Verdict.LATER:
            # The server had closed the kept connection: that says nothing about the mail.
            answer = await self._transfer(await self.open(), sender, recipient, message, before)
        return answer

    @property
    def is_open(self) -> bool:
        """Whether a line is kept for the next mail."""
        return self._smtp is not None

    async def close(self) -> None:
        """Take leave of the server, whatever state the line is in."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            await leave(smtp)

    async def open(self) -> SMTP:
        """The line to the server, a new one where there is none or it has carried its number of mails."""
        if self._carried >= self._cap:
            await self.close()
        if self._smtp is None:
            self._smtp, self._carried = await self._connect(), 0
        return self._smtp

    async def _connect(self) -> SMTP:
        smtp = line_to(self._server, self._name)
        try:
            await smtp.connect()
            await smtp.ehlo()
            await sign_in(self._server, smtp)
        except BaseException as error:
            smtp.close()
            raise _no_connection(error) from error
        return smtp

    async def _transfer(
        self, smtp: SMTP, sender: str, recipient: str, message: bytes, before: Before
    ) -> Answer:
        told = False
        try:
            await name_sender(smtp, sender)
            await name_recipient(smtp, recipient)
            told = await announce(smtp)
            await self._ready(smtp, before)
            return await tell(smtp, message)
        except SMTPResponseException as error:
            await self._reset(smtp, error)
            answer = verdict_on(error.code, error.message)
            at_rcpt = isinstance(error, SMTPRecipientRefused)
            return replace(answer, address=at_rcpt and against_the_address(error.code, error.message))
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            await self.close()
            return Answer(Verdict.UNCERTAIN if told else Verdict.LATER, str(error) or type(error).__name__)
        except ValueError as error:
            await self.close()
            return Answer(Verdict.REFUSED, f"地址无法投递：{error}")

    async def _ready(self, smtp: SMTP, before: Before) -> None:
        """A message that was announced and does not come: only an end of the line takes that back."""
        try:
            await before()
        except BaseException as error:
            self._smtp = None
            smtp.close()
            if isinstance(error, Withheld) or not isinstance(error, Exception):
                raise
            raise Withheld from error

    async def _reset(self, smtp: SMTP, error: SMTPResponseException) -> None:
        """Clear the envelope; a refused sender without any throttling means all mails."""
        if error.code == CLOSING:
            await self.close()
        else:
            with suppress(SMTPException, OSError):
                await smtp.rset()
        refused = verdict_on(error.code, error.message).verdict is Verdict.REFUSED
        if refused and (isinstance(error, SMTPSenderRefused) or error.code == LOGIN_WANTED):
            await self.close()
            raise Stopped(f"{error.code} {error.message}") from error


def _no_connection(error: BaseException) -> BaseException:
    """What a failure before the first mail means: wait, or stop; what is neither stays what it is."""
    if isinstance(error, SMTPConnectError | SMTPServerDisconnected | SMTPTimeoutError | OSError):
        return Unreachable(str(error) or type(error).__name__)
    if isinstance(error, SMTPResponseException):
        return Unreachable(f"{error.code} {error.message}")
    if isinstance(error, SMTPException):
        return Stopped(error.message)
    return error
