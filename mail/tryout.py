"""A mail that is handed over step by step, to tell how far it comes and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ssl import SSLCertVerificationError, SSLError

from aiosmtplib import SMTPException, SMTPResponseException

from mail.envelope import MESSAGE_FOLLOWS, give, leave, recipient_is, sender_is, tell
from mail.line import Server, Stopped, go_on, line_to, sign_in


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


async def try_out(server: Server, name: str, sender: str, recipient: str, message: bytes) -> Trial:
    """Hand one mail over step by step, and tell how far it came and what stood in the way."""
    smtp, step = line_to(server, name), Step.GREETING
    try:
        await smtp.connect()
        await smtp.ehlo()
        step = Step.LOGIN
        await sign_in(server, smtp)
        line, step = go_on(smtp, server.timeout), Step.SENDER
        await give(line, sender_is(sender))
        step = Step.RECIPIENT
        await give(line, recipient_is(recipient))
        step = Step.MESSAGE
        await give(line, MESSAGE_FOLLOWS)
        answer = await tell(line, message)
        await leave(line)
    except (Stopped, SMTPException, OSError, ValueError) as error:
        return Trial(step, _cause_of(error), *_words_of(error))
    finally:
        smtp.close()
    return Trial(Step.TAKEN, "", int(answer.text[:3]), answer.text)


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
