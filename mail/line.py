"""A line to a mail server: opened, encrypted and signed in as the settings say."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPServerDisconnected

from mail.dialogue import Dialogue
from mail.verdicts import Verdict, verdict_on


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
        if transport is not None:
            cast(asyncio.Transport, transport).abort()


def line_to(server: Server, name: str) -> SMTP:
    return _Line(
        hostname=server.host,
        port=server.port,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        local_hostname=name,
        timeout=server.timeout,
    )


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


def go_on(smtp: SMTP, timeout: float, groups: bool = True) -> Dialogue:
    """The line once it is signed in: the library says one command at a time, and waits.

    ``groups``: say several at once where the server takes them so.
    """
    if smtp.transport is None or smtp.transport.is_closing():
        raise SMTPServerDisconnected("Connection lost")
    transport = cast(asyncio.Transport, smtp.transport)
    return Dialogue(transport, groups and smtp.supports_extension("pipelining"), timeout)
