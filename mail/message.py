"""A frozen mail as the bytes that go over the line: text and HTML, attachments, no surprises."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import HeaderRegistry
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime, formataddr
from functools import lru_cache

UNDERSTOOD = HeaderRegistry()
"""Parses a header; what it stumbles over, a server would take for the end of the conversation."""
LINES = compat32.clone(linesep="\r\n", max_line_length=None)
"""Lines as SMTP has them; what is folded has been folded before."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail; ``mime`` such as ``text/calendar; method=PUBLISH``."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Sender:
    """Who the mails are from: the address that the server lets us use, and the college's name for it."""

    address: str
    name: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Content:
    """What was frozen at first claim."""

    to: str
    message_id: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


def as_bytes(content: Content, sender: Sender, wall: datetime) -> bytes:
    """The message with CRLF lines; ``Date`` is wall time, whatever the campaign's clock shows.

    ValueError where a header would hold a line break, LookupError where the address is beyond understanding.
    `email` makes the heads; the bodies, all in base64, are put below them: flattening a whole `EmailMessage`
    takes thirty times as long, most of what sending a thousand mails cost.
    """
    _understand(content.to)
    body = _multipart("alternative", [_text(content.text, "plain"), _text(content.html, "html")])
    if content.attachments:
        body = _multipart("mixed", [body, *map(_attached, content.attachments)])
    own = [_header(name, value) for name, value in _headers(content, wall)]
    return b"".join((_same(sender), *own, body))


def _headers(content: Content, wall: datetime) -> list[tuple[str, str]]:
    return [
        ("To", content.to),
        ("Subject", content.subject),
        ("Date", format_datetime(wall)),
        ("Message-ID", content.message_id),
    ]


@lru_cache(maxsize=16)
def _same(sender: Sender) -> bytes:
    """The headers that all mails of a sender have."""
    return b"".join(
        _header(name, value)
        for name, value in [
            ("From", _named(sender)),
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("MIME-Version", "1.0"),
        ]
    )


@lru_cache(maxsize=4096)
def _understand(address: str) -> None:
    UNDERSTOOD("To", address)


def _named(sender: Sender) -> str:
    """With an encoded name no word of which is longer than gateways take."""
    if sender.name.isascii():
        return formataddr((sender.name, sender.address))
    name = Header(sender.name, "utf-8", header_name="From").encode(linesep="")
    return f"{name} <{sender.address}>"


def _header(name: str, value: str) -> bytes:
    if "\n" in value or "\r" in value:
        raise ValueError(f"linefeed in the header {name}")
    return f"{name}: {value if value.isascii() else _coded(name, value)}\r\n".encode("ascii")


@lru_cache(maxsize=1024)
def _coded(name: str, value: str) -> str:
    """In encoded words; of a morning's subjects many are the same."""
    return Header(value, "utf-8", header_name=name).encode(linesep="\r\n")


def _multipart(kind: str, parts: Sequence[bytes]) -> bytes:
    """Parts under a head; their boundary stands in none of them, for base64 has no underscore."""
    boundary = f"=_{kind}"
    line = f"\r\n--{boundary}".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n'.encode()
    return b"".join((head, *(line + b"\r\n" + part for part in parts), line, b"--\r\n"))


def _text(text: str, kind: str) -> bytes:
    whole = text if text.endswith("\n") else f"{text}\n"
    lines = whole.replace("\r\n", "\n").replace("\n", "\r\n")
    return _head(f"text/{kind}; charset=utf-8") + _base64(lines.encode())


def _attached(attachment: Attachment) -> bytes:
    return _head(attachment.mime, attachment.name) + _base64(attachment.content)


@lru_cache(maxsize=256)
def _head(mime: str, name: str = "") -> bytes:
    """The headers of a part with the blank line below them; ``name``: of a file that is attached."""
    made = Message(policy=LINES)
    kind, *rest = mime.split(";")
    made["Content-Type"] = kind.strip()
    for part in rest:
        key, equals, value = part.strip().partition("=")
        if equals:
            made.set_param(key, value)
    made["Content-Transfer-Encoding"] = "base64"
    if name:
        made.add_header("Content-Disposition", "attachment", filename=name)
    return made.as_bytes()


def _base64(content: bytes) -> bytes:
    """In lines of 76 characters."""
    coded = b2a_base64(content, newline=False)
    return b"\r\n".join([coded[start : start + 76] for start in range(0, len(coded), 76)])
