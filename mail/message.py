"""A frozen mail as the bytes that go over the line: text and HTML, attachments, no surprises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime


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
    """The message with CRLF lines; ``Date`` is wall time, whatever the campaign's clock shows."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=sender.name, addr_spec=sender.address)
    message["To"] = content.to
    message["Subject"] = content.subject
    message["Date"] = format_datetime(wall)
    message["Message-ID"] = content.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(content.text, cte="base64")
    message.add_alternative(content.html, subtype="html", cte="base64")
    for attachment in content.attachments:
        _attach(message, attachment)
    return message.as_bytes()


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    kind, _, rest = attachment.mime.partition(";")
    main, _, sub = kind.strip().partition("/")
    parameters = dict(_parameter(part) for part in rest.split(";") if part.strip())
    message.add_attachment(
        attachment.content, maintype=main, subtype=sub, filename=attachment.name, params=parameters
    )


def _parameter(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value
