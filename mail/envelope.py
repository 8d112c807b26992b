"""The steps by which a mail goes over a line: from whom, to whom, that it follows, and the message itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from aiosmtplib import (
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponse,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from aiosmtplib.email import quote_address

from mail.dialogue import Dialogue
from mail.verdicts import Answer, Verdict

DONE, FORWARDED, START_INPUT = 250, 251, 354
LEAVING = 2.0
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Command:
    """What is said, the codes that let us go on, and the error that any other means."""

    said: bytes
    welcome: tuple[int, ...]
    refusal: Callable[[SMTPResponse], SMTPResponseException]


def sender_is(sender: str) -> Command:
    """MAIL; :raises ValueError: for what is no address."""
    said = b"MAIL FROM:" + _quoted(sender) + b"\r\n"
    return Command(said, (DONE,), lambda answer: SMTPSenderRefused(answer.code, answer.message, sender))


def recipient_is(recipient: str) -> Command:
    """RCPT; :raises ValueError: for what is no address."""
    said = b"RCPT TO:" + _quoted(recipient) + b"\r\n"
    return Command(
        said, (DONE, FORWARDED), lambda answer: SMTPRecipientRefused(answer.code, answer.message, recipient)
    )


MESSAGE_FOLLOWS = Command(
    b"DATA\r\n", (START_INPUT,), lambda answer: SMTPResponseException(answer.code, answer.message)
)


@lru_cache(maxsize=4096)
def _quoted(address: str) -> bytes:
    """The readers are the same each day; to ask `email` at each mail takes as long as a step of the way."""
    if CONTROL.search(address):
        raise ValueError("a control character in an address")
    return quote_address(address).encode("ascii")


async def give(line: Dialogue, *commands: Command) -> None:
    """Say these, all at once where the server takes them so.

    :raises SMTPResponseException: the first that was refused.  The line is dropped where the server now waits
        for a message all the same, or fell silent, so that no empty mail goes to nobody.
    """
    for group in (commands,) if line.together else [(command,) for command in commands]:
        answers = await line.ask(*(command.said for command in group))
        for command, answer in zip(group, answers, strict=False):
            if answer.code not in command.welcome:
                if len(answers) < len(group) or answers[-1].code == START_INPUT:
                    line.drop()
                raise command.refusal(answer)
        if len(answers) < len(group):
            line.fail()


async def tell(line: Dialogue, message: bytes) -> Answer:
    """The message itself, after `MESSAGE_FOLLOWS`; when this has begun a silence leaves it uncertain whether
    it arrived."""
    if b"\n." in message or message.startswith(b"."):
        message = re.sub(rb"(?m)^\.", b"..", message)
    [answer] = await line.ask(message + b".\r\n")
    if 400 <= answer.code < 600:
        raise SMTPResponseException(answer.code, answer.message)
    if not 200 <= answer.code < 300:
        raise SMTPServerDisconnected(f"an answer without a meaning: {answer.code} {answer.message}"[:500])
    return Answer(Verdict.ACCEPTED, f"{answer.code} {answer.message}"[:500])


async def clear(line: Dialogue) -> None:
    """Forget a mail that was refused; where that isn't heard, the line is of no more use."""
    with suppress(SMTPException):
        [answer] = await line.ask(b"RSET\r\n")
        if answer.code != DONE:
            line.drop()


async def leave(line: Dialogue) -> None:
    """Take leave in words, then drop the line."""
    with suppress(SMTPException):
        await line.ask(b"QUIT\r\n", within=LEAVING)
    line.drop()
