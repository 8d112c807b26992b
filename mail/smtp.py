"""The only place that speaks SMTP: one kept connection, and what the server's answers mean for a mail."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ssl import SSLCertVerificationError, SSLError

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from mail.verdicts import Answer, Verdict, against_the_address, verdict_on

MAILS_A_CONNECTION = 50
START_INPUT = 354
CLOSING = 421
LOGIN_WANTED = 530


class Step(StrEnum):
    """How far a mail comes that is handed over step by step."""

    GREETING = "greeting"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"
    TAKEN = "taken"


@dataclass(frozen=True)
class Trial:
    """Where a mail stopped (`TAKEN`: nowhere), a name for the cause, and the server's code and words."""

    step: Step
    cause: str
    code: int
    words: str


class Unreachable(Exception):
    """No usable connection: nothing is known against any mail, all wait."""


class Stopped(Exception):
    """The server refuses us, not a mail: login, sender or encryption; trying on would only harm."""


@dataclass(frozen=True)
class Server:
    """Where mail goes.  ``security``: tls, starttls or none; neither falls back to clear text."""

    host: str
    port: int
    security: str = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0


class Connection:
    """One connection, opened when needed, kept for a number of mails, one recipient each."""

    def __init__(self, server: Server, greeting_name: str, mails: int = MAILS_A_CONNECTION) -> None:
        self._server = server
        self._name = greeting_name
        self._cap = mails
        self._carried = 0
        self._smtp: SMTP | None = None

    async def send(self, sender: str, recipient: str, message: bytes) -> Answer:
        """Hand one mail over and tell what became of it; `Unreachable` or `Stopped` where none would go."""
        reused = self._smtp is not None
        smtp = await self.open()
        self._carried += 1
        answer = await self._transfer(smtp, sender, recipient, message)
        if reused and self._smtp is None and answer.verdict is Verdict.LATER:
            # The server had closed the kept connection: that says nothing about the mail.
            answer = await self._transfer(await self.open(), sender, recipient, message)
        return answer

    async def close(self) -> None:
        """Take leave of the server, whatever state the line is in."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            await _leave(smtp)

    async def open(self) -> SMTP:
        """The line to the server, a new one where there is none or it has carried its number of mails."""
        if self._carried >= self._cap:
            await self.close()
        if self._smtp is None:
            self._smtp, self._carried = await self._connect(), 0
        return self._smtp

    async def _connect(self) -> SMTP:
        smtp = _line_to(self._server, self._name)
        try:
            await smtp.connect()
            await smtp.ehlo()
            await _sign_in(self._server, smtp)
        except BaseException as error:
            smtp.close()
            raise _no_connection(error) from error
        return smtp

    async def _transfer(self, smtp: SMTP, sender: str, recipient: str, message: bytes) -> Answer:
        told = False
        try:
            await smtp.mail(sender)
            await smtp.rcpt(recipient)
            told = await _announce(smtp)
            return await _tell(smtp, message)
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


async def try_out(server: Server, name: str, sender: str, recipient: str, message: bytes) -> Trial:
    """Hand one mail over step by step, and tell how far it came and what stood in the way."""
    smtp, step = _line_to(server, name), Step.GREETING
    try:
        await smtp.connect()
        await smtp.ehlo()
        step = Step.LOGIN
        await _sign_in(server, smtp)
        step = Step.SENDER
        await smtp.mail(sender)
        step = Step.RECIPIENT
        await smtp.rcpt(recipient)
        step = Step.MESSAGE
        await _announce(smtp)
        answer = await _tell(smtp, message)
    except (Stopped, SMTPException, OSError, ValueError) as error:
        return Trial(step, _cause_of(error), *_words_of(error))
    finally:
        await _leave(smtp)
    return Trial(Step.TAKEN, "", int(answer.text[:3]), answer.text)


class _Line(SMTP):
    """A line that is dropped at its end, as some servers never answer the end of TLS."""

    def close(self) -> None:
        transport = self.transport
        super().close()
        if isinstance(transport, asyncio.Transport):
            transport.abort()


def _line_to(server: Server, name: str) -> SMTP:
    return _Line(
        hostname=server.host,
        port=server.port,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        local_hostname=name,
        timeout=server.timeout,
    )


async def _leave(smtp: SMTP) -> None:
    """Take leave in words, then drop the line."""
    with suppress(SMTPException, OSError):
        await smtp.quit(timeout=2)
    smtp.close()


async def _sign_in(server: Server, smtp: SMTP) -> None:
    """One attempt with one method: the library's own login would spend three on a wrong password."""
    if not server.user:
        return
    if server.security == "none":
        raise Stopped("连接没有加密，密码不会发出")
    sign_in = smtp.auth_plain if "plain" in smtp.supported_auth_methods else smtp.auth_login
    try:
        await sign_in(server.user, server.password)
    except SMTPAuthenticationError as error:
        if verdict_on(error.code, error.message).verdict is Verdict.LATER:
            raise
        raise Stopped(f"{error.code} {error.message}") from error


def _cause_of(error: BaseException | None) -> str:
    """A short name for what stood in the way, the deepest cause first."""
    if error is None:
        return "unknown"
    deeper = _cause_of(error.__cause__)
    if deeper not in ("unknown", "closed"):
        return deeper
    return next((name for kind, name in CAUSES if isinstance(error, kind)), deeper)


def _words_of(error: BaseException) -> tuple[int, str]:
    """The server's code (0 where it said nothing) and the words."""
    found = error if isinstance(error, SMTPResponseException) else error.__cause__
    if isinstance(found, SMTPResponseException):
        return found.code, f"{found.code} {found.message}"[:500]
    return 0, str(error) or type(error).__name__


CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (SSLCertVerificationError, "certificate"),
    (SSLError, "not-tls"),
    (SMTPResponseException, "answer"),
    (TimeoutError, "silent"),
    (ConnectionRefusedError, "closed-port"),
    (ConnectionError, "closed"),
    (ValueError, "unusable"),
    (SMTPException, "no-starttls"),
)


async def _announce(smtp: SMTP) -> bool:
    """Say that the message follows; from here on a silence leaves it uncertain whether it arrived."""
    response = await smtp.execute_command(b"DATA")
    if response.code != START_INPUT:
        raise SMTPResponseException(response.code, response.message)
    return True


async def _tell(smtp: SMTP, message: bytes) -> Answer:
    if smtp.protocol is None:
        raise SMTPServerDisconnected("Connection lost")
    smtp.protocol.write(re.sub(rb"(?m)^\.", b"..", message) + b".\r\n")
    response = await smtp.protocol.read_response(timeout=smtp.timeout)
    if response.code >= 400:
        raise SMTPResponseException(response.code, response.message)
    return Answer(Verdict.ACCEPTED, f"{response.code} {response.message}"[:500])


def _no_connection(error: BaseException) -> BaseException:
    """What a failure before the first mail means: wait, or stop; what is neither stays what it is."""
    if isinstance(error, SMTPConnectError | SMTPServerDisconnected | SMTPTimeoutError | OSError):
        return Unreachable(str(error) or type(error).__name__)
    if isinstance(error, SMTPResponseException):
        return Unreachable(f"{error.code} {error.message}")
    if isinstance(error, SMTPException):
        return Stopped(error.message)
    return error
