"""A mail server that keeps what it gets: rehearsals, and installations without a server of their own.

Run as its own process (`python -m mail.catcher --data DIR`); each message is a file in ``DIR/mailbox``, on
disk before the server says that it has it.  The port stands in ``DIR/catcher.port``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import secrets
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
FOLDER = "mailbox"
PORT_FILE = "catcher.port"
NAME = re.compile(r"[0-9]+-.*\.eml")


@dataclass(frozen=True)
class Heading:
    """What the mailbox lists of a message; ``times`` counts how often its Message-ID arrived."""

    name: str
    at: datetime
    to: str
    subject: str
    message_id: str
    times: int = 1

    def is_for(self, own: str | None) -> bool:
        """Whether this address is the addressee's; None is everybody's, and an empty one nobody's."""
        return own is None or (own != "" and parseaddr(self.to)[1].casefold() == own.casefold())


@dataclass(frozen=True)
class Caught(Heading):
    """One whole message."""

    text: str = ""
    html: str = ""
    attachments: tuple[str, ...] = ()


def mailbox(data: Path, to: str = "", limit: int | None = None, *, own: str | None = None) -> list[Heading]:
    """The messages caught so far whose addressee holds ``to``, newest first; one that came twice is listed
    once, with its count.  ``own``: those to this address only; None for everybody's."""
    files = sorted((data / FOLDER).glob("[0-9]*-*.eml"), key=lambda file: file.name, reverse=True)
    found = [heading for file in files if to in (heading := _heading(file)).to and heading.is_for(own)]
    times = Counter(heading.message_id for heading in found)
    arrived_last = {heading.message_id: heading for heading in reversed(found)}
    newest_first = sorted(arrived_last.values(), key=lambda heading: heading.name, reverse=True)
    return [replace(heading, times=times[heading.message_id]) for heading in newest_first[:limit]]


def message(data: Path, name: str, own: str | None = None) -> Caught | None:
    """The message called ``name``; None where there is none, or none to this address."""
    path = data / FOLDER / Path(name).name
    if not (NAME.fullmatch(path.name) and path.is_file()):
        return None
    whole = _parse(path)
    described = _described(path, whole)
    if not described.is_for(own):
        return None
    return Caught(
        **vars(described),
        text=_body(whole, "plain"),
        html=_body(whole, "html"),
        attachments=tuple(found for part in whole.iter_attachments() if (found := part.get_filename())),
    )


def attachment(data: Path, name: str, filename: str) -> bytes | None:
    """The content of an attached file of the message called ``name``; None where there is none."""
    path = data / FOLDER / Path(name).name
    if not path.is_file():
        return None
    for part in _parse(path).iter_attachments():
        if part.get_filename() == filename:
            return bytes(part.get_payload(decode=True) or b"")
    return None


def port_of(data: Path) -> int | None:
    """The port of the data folder's catcher; None before it first ran."""
    with suppress(FileNotFoundError, ValueError):
        return int((data / PORT_FILE).read_text())
    return None


class TakesGroups:
    """A handler whose server takes commands in groups (RFC 2920), as the usual ones do: aiosmtpd reads them
    one after another, but doesn't say so."""

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*answers[:-1], "250-PIPELINING", answers[-1]]


class Keeper(TakesGroups):
    """Writes each message to the folder and only then accepts it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        if not isinstance(content, bytes):
            return "554 no message"
        await asyncio.to_thread(self._keep, content)
        return "250 kept"

    def _keep(self, content: bytes) -> None:
        target = self._folder / f"{time.time_ns()}-{secrets.token_hex(4)}.eml"
        temporary = target.with_suffix(".part")
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


async def serve(data: Path, port: int) -> None:
    """Keep mail until SIGTERM; the same port as last time where it is still free."""
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    keeper = Keeper(data / FOLDER)

    def session() -> SMTP:
        return SMTP(keeper, hostname="catcher", loop=loop, enable_SMTPUTF8=True)

    try:
        server = await loop.create_server(session, HOST, port or port_of(data) or 0)
    except OSError:
        server = await loop.create_server(session, HOST, port)
    _tell_port(data, server.sockets[0].getsockname()[1])
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    server.close()


def _tell_port(data: Path, port: int) -> None:
    temporary = data / f"{PORT_FILE}.part"
    temporary.write_text(str(port))
    temporary.replace(data / PORT_FILE)


def _parse(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        return BytesParser(EmailMessage, policy=policy.default).parse(file)


def _heading(path: Path) -> Heading:
    """Read no further than the headers: a report's attachments are a thousand times as long."""
    with path.open("rb") as file:
        headers = b"".join(takewhile(lambda line: line not in {b"\n", b"\r\n"}, file))
    return _described(
        path, BytesParser(EmailMessage, policy=policy.default).parsebytes(headers, headersonly=True)
    )


def _described(path: Path, message: EmailMessage) -> Heading:
    return Heading(
        name=path.name,
        at=datetime.fromtimestamp(int(path.name.partition("-")[0]) / 1e9, UTC),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        message_id=str(message["Message-ID"] or path.name),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


def main() -> None:
    """The catcher as a program."""
    parser = argparse.ArgumentParser(prog="python -m mail.catcher", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("CAIJI_DATA", "data")))
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(given.data, given.port))


if __name__ == "__main__":
    main()
