"""The only place that speaks SMTP: one kept connection, and what the server's answers mean for a mail."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum

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

MAILS_A_CONNECTION = 50
START_INPUT = 354
CLOSING = 421
TOO_BIG = 552
LOGIN_WANTED = 530
AGAINST_ADDRESSES = frozenset({501, 511, 550, 551, 553})

# Chinese hosts throttle with permanent codes (QQ 550, NetEase 554): only the text tells.
THROTTLED = re.compile(
    r"frequen|rate.?limit|limited|too many|too fast|exceed|try (again )?later|throttl"
    r"|\b(STC|SFQ|DMC|NMG|ITC)\b|频率|频繁|超过.{0,4}限制",
    re.IGNORECASE,
)


# A recipient is also refused for what we are, by relaying rules, login or policy: then the address is right.
NOT_THE_ADDRESS = re.compile(
    r"\b5\.7\.\d|relay|authenticat|log ?in|sender|\bSPF\b|DMARC|DKIM|black ?list|blocked|spam|policy|\bIP\b"
    r"|认证|登录|发件|黑名单|垃圾",
    re.IGNORECASE,
)


class Verdict(StrEnum):
    """What an answer means for one mail."""

    ACCEPTED = "accepted"
    LATER = "later"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """The verdict on one mail with the server's words.  ``throttled``: everybody should slow down;
    ``address``: the server refuses this address, not the mail."""

    verdict: Verdict
    text: str
    throttled: bool = False
    address: bool = False


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


def verdict_on(code: int, text: str) -> Answer:
    """The class of a refusal: 4xx and throttling in whatever code come again, other 5xx never."""
    words = f"{code} {text}"[:500]
    throttled = code != TOO_BIG and bool(THROTTLED.search(text))
    if code < 500 or throttled:
        return Answer(Verdict.LATER, words, throttled)
    return Answer(Verdict.REFUSED, words)


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
            with suppress(SMTPException, OSError):
                await smtp.quit(timeout=2)
            smtp.close()

    async def open(self) -> SMTP:
        """The line to the server, a new one where there is none or it has carried its number of mails."""
        if self._carried >= self._cap:
            await self.close()
        if self._smtp is None:
            self._smtp, self._carried = await self._connect(), 0
        return self._smtp

    async def _connect(self) -> SMTP:
        smtp = SMTP(
            hostname=self._server.host,
            port=self._server.port,
            use_tls=self._server.security == "tls",
            start_tls=self._server.security == "starttls",
            local_hostname=self._name,
            timeout=self._server.timeout,
        )
        try:
            await smtp.connect()
            await smtp.ehlo()
            await self._sign_in(smtp)
        except BaseException as error:
            smtp.close()
            raise _no_connection(error) from error
        return smtp

    async def _sign_in(self, smtp: SMTP) -> None:
        """One attempt with one method: the library's own login would spend three on a wrong password."""
        if not self._server.user:
            return
        offered = smtp.supported_auth_methods
        sign_in = smtp.auth_plain if "plain" in offered else smtp.auth_login
        try:
            await sign_in(self._server.user, self._server.password)
        except SMTPAuthenticationError as error:
            if verdict_on(error.code, error.message).verdict is Verdict.LATER:
                raise
            raise Stopped(f"{error.code} {error.message}") from error

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
            return replace(answer, address=_against_the_address(error, answer))
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


def _against_the_address(error: SMTPResponseException, answer: Answer) -> bool:
    refused = isinstance(error, SMTPRecipientRefused) and answer.verdict is Verdict.REFUSED
    return refused and error.code in AGAINST_ADDRESSES and not NOT_THE_ADDRESS.search(error.message)


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
