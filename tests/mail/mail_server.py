"""A real mail server in a thread, that fails in the ways it is told to."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mail.catcher import TakesGroups
from mail.line import Server

DROP_BEFORE_DATA = "drop before data"
DROP_AFTER_DOT = "drop after the final dot"
STALL = "stall"


class Post(TakesGroups):
    """What the server keeps, and the faults it will show, one a mail, in order.

    A fault is an answer (``550 no such user``) given to RCPT, or one of the constants above; ``mail`` and
    ``data`` hold answers for these commands instead.  ``down`` leaves without a greeting, ``greeting`` gives
    another one, ``mute`` none.  ``clear`` holds every byte that came unencrypted; ``identity`` has the
    certificate, for STARTTLS on ``port`` and at once on ``tls_port``.
    """

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []
        self.faults: list[str] = []
        self.mail: list[str] = []
        self.data: list[str] = []
        self.connections = 0
        self.logins: list[str] = []
        self.password: str | None = None
        self.down = False
        self.greeting = ""
        self.port = 0
        self.tls_port = 0
        self.starttls = True
        self.groups = True
        self.mute = False
        self.clear = b""
        self.identity = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._released = threading.Event()

    @property
    def times(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(message["Message-ID"]) for message in self.kept)

    @property
    def server(self) -> Server:
        return Server("127.0.0.1", self.port, timeout=5)

    def secure(self, security: str = "starttls", password: str = "", timeout: float = 5) -> Server:
        """The way that speaks TLS, signed in where a password is given."""
        port = self.tls_port if security == "tls" else self.port
        return Server("127.0.0.1", port, security, "office" if password else "", password, timeout)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        told = await super().handle_EHLO(server, session, envelope, hostname, answers)
        return told if self.groups else [answer for answer in told if "PIPELINING" not in answer]

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.mail:
            return self.mail.pop(0)
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.faults and self.faults[0][:3].isdigit():
            return self.faults.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.data:
            return self.data.pop(0)
        assert isinstance(envelope.content, bytes)
        parsed = BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == STALL:
            await asyncio.get_running_loop().run_in_executor(None, self._released.wait)
            return "451 too late"
        self.kept.append(parsed)
        if fault == DROP_AFTER_DOT:
            server.transport.abort()
        return "250 kept"

    def release(self) -> None:
        """Let those who were stalled go on."""
        self._released.set()


class Faulty(SMTP):
    """aiosmtpd with a tongue that can be bitten off."""

    post: Post

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.post.connections += 1
        if self.post.down:
            transport.abort()
            return
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self.transport.get_extra_info("sslcontext") is None:
            self.post.clear += data
        super().data_received(data)

    async def push(self, status: str) -> None:
        if self.post.mute:
            return
        if self.post.greeting and status.startswith("220 post"):
            status = self.post.greeting
        await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:
        if self.post.faults[:1] == [DROP_BEFORE_DATA]:
            self.post.faults.pop(0)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


def session_of(post: Post) -> Callable[[], SMTP]:
    def check(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        post.logins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == post.password, handled=False)

    def session() -> SMTP:
        options: dict[str, Any] = {"tls_context": post.identity if post.starttls else None}
        if post.password is not None:
            options |= {"authenticator": check, "auth_require_tls": False}
        made = Faulty(post, hostname="post", enable_SMTPUTF8=True, **options)
        made.post = post
        return made

    return session


@contextmanager
def listening() -> Iterator[Post]:
    """A mail server in a thread of its own, on a free port."""
    made, loop, started = Post(), asyncio.new_event_loop(), threading.Event()
    servers: list[asyncio.Server] = []

    async def listen() -> None:
        server = await loop.create_server(session_of(made), "127.0.0.1", 0)
        made.port = server.sockets[0].getsockname()[1]
        servers.append(server)
        closed = await loop.create_server(session_of(made), "127.0.0.1", 0, ssl=made.identity)
        made.tls_port = closed.sockets[0].getsockname()[1]
        servers.append(closed)
        started.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(listen())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10)
    yield made
    made.release()
    loop.call_soon_threadsafe(stop, loop, servers)
    thread.join(10)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def stop(loop: asyncio.AbstractEventLoop, servers: list[asyncio.Server]) -> None:
    for server in servers:
        server.close()
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.create_task(_end(loop, tasks))


async def _end(loop: asyncio.AbstractEventLoop, tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
    loop.stop()
