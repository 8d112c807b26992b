"""How a mail looks: as it was frozen, or as it would be written now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from mail.letters import Desk
from mail.receipt_link import without_link
from mail.render import render
from models.notice import MOOT, SENT, Mail, notices_of


@dataclass(frozen=True)
class Look:
    """``frozen``: this is what goes or went, word for word, but for the addressee's own receipt link.
    ``trouble``: why it cannot be written now."""

    subject: str = ""
    text: str = ""
    html: str = ""
    frozen: bool = False
    trouble: str = ""


def look(session: Session, mail: Mail, desk_of: Callable[[], Desk]) -> Look:
    """The mail as people will see it; empty where it would tell nothing."""
    if mail.message_id or mail.state == SENT:
        return Look(mail.subject, without_link(mail.text), without_link(mail.html), frozen=True)
    if mail.state == MOOT:
        return Look()
    try:
        letter = desk_of().write(mail, notices_of(session, mail))
        if letter is None:
            return Look()
        text, html = render(letter)
    except Exception as error:  # what cannot be written is shown as such, as delivery does
        return Look(trouble=f"{type(error).__name__}: {error}")
    return Look(letter.subject, text, html)
