"""A frozen mail as the bytes that go over the line: text and HTML, attachments, no surprises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.encoders import encode_base64
from email.header import Header
from email.headerregistry import HeaderRegistry
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from secrets import token_hex

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
    Composed of the older parts of `email`: its newer
    `EmailMessage` takes five times as long, most of what sending a thousand mails cost.
    """
    UNDERSTOOD("To", content.to)
    body = _multipart("alternative", [_text(content.text, "plain"), _text(content.html, "html")])
    if content.attachments:
        body = _multipart("mixed", [body, *map(_attached, content.attachments)])
    for name, value in _headers(content, sender, wall):
        if "\n" in value or "\r" in value:
            raise ValueError(f"linefeed in the header {name}")
        body[name] = value if value.isascii() else Header(value, "utf-8").encode(linesep="\r\n")
    return body.as_bytes(policy=LINES)


def _headers(content: Content, sender: Sender, wall: datetime) -> list[tuple[str, str]]:
    return [
        ("From", formataddr((sender.name, sender.address))),
        ("To", content.to),
        ("Subject", content.subject),
        ("Date", format_datetime(wall)),
        ("Message-ID", content.message_id),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ]


def _multipart(kind: str, parts: Sequence[Message]) -> MIMEMultipart:
    """A boundary of our own: finding one that stands in no part reads all of them."""
    made = MIMEMultipart(kind, boundary=f"=_{token_hex(16)}")
    for part in parts:
        made.attach(part)
    return made


def _text(text: str, kind: str) -> MIMEText:
    whole = text if text.endswith("\n") else f"{text}\n"
    return MIMEText(whole.replace("\r\n", "\n").replace("\n", "\r\n"), kind, "utf-8")


def _attached(attachment: Attachment) -> MIMEBase:
    kind, _, rest = attachment.mime.partition(";")
    main, _, sub = kind.strip().partition("/")
    made = MIMEBase(main, sub)
    for part in rest.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            made.set_param(name, value)
    made.set_payload(attachment.content)
    encode_base64(made)
    made.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return made
