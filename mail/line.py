"""A line to a mail server, and the steps by which a mail goes over it."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from aiosmtplib.email import quote_address

from mail.verdicts import Answer, Verdict, verdict_on

DONE, FORWARDED, START_INPUT = 250, 251, 354


class Unreachable(Exception):
    """No usable connection: nothing is known against any mail, all wait."""


class Withheld(Exception):
    """A mail was not handed over, though the server would have taken it; ``__cause__``: what went wrong."""


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


class _Line(SMTP):
    """A line that is dropped at its end, as some servers never answer the end of TLS."""

    def close(self) -> None:
        transport = self.transport
        super().close()
        if isinstance(transport, asyncio.Transport):
            transport.abort()


def line_to(server: Server, name: str) -> SMTP:
    return _Line(
        hostname=server.host,
        port=server.port,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        local_hostname=name,
        timeout=server.timeout,
    )


async def leave(smtp: SMTP) -> None:
    """Take leave in words, then drop the line."""
    with suppress(SMTPException, OSError):
        await smtp.quit(timeout=2)
    smtp.close()


async def sign_in(server: Server, smtp: SMTP) -> None:
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


async def name_sender(smtp: SMTP, sender: str) -> None:
    response = await smtp.execute_command(b"MAIL", b"FROM:" + _quoted(sender))
    if response.code != DONE:
        raise SMTPSenderRefused(response.code, response.message, sender)


async def name_recipient(smtp: SMTP, recipient: str) -> None:
    response = await smtp.execute_command(b"RCPT", b"TO:" + _quoted(recipient))
    if response.code not in (DONE, FORWARDED):
        raise SMTPRecipientRefused(response.code, response.message, recipient)


@lru_cache(maxsize=4096)
def _quoted(address: str) -> bytes:
    """The readers are the same each day; to ask `email` at each mail takes as long as a step of the way."""
    return quote_address(address).encode("ascii")


async def announce(smtp: SMTP) -> bool:
    """Say that the message follows; from here on a silence leaves it uncertain whether it arrived."""
    response = await smtp.execute_command(b"DATA")
    if response.code != START_INPUT:
        raise SMTPResponseException(response.code, response.message)
    return True


async def tell(smtp: SMTP, message: bytes) -> Answer:
    if smtp.protocol is None:
        raise SMTPServerDisconnected("Connection lost")
    if b"\n." in message or message.startswith(b"."):
        message = re.sub(rb"(?m)^\.", b"..", message)
    smtp.protocol.write(message + b".\r\n")
    response = await smtp.protocol.read_response(timeout=smtp.timeout)
    if response.code >= 400:
        raise SMTPResponseException(response.code, response.message)
    return Answer(Verdict.ACCEPTED, f"{response.code} {response.message}"[:500])
