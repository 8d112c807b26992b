"""The link in an escalation by which its addressee confirms it, made when the text is frozen."""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from dataclasses import replace

from sqlmodel import Session, select

from deadlines.owed import OFFICE
from mail.letters import Desk, Letter
from models import Mail, Receipt
from models.digest import digest
from models.receipt import ROSTERS

LINK = re.compile(r"/receipts/[\w-]{20,}")


def without_link(written: str) -> str:
    """A mail's text for others than its addressee: whoever has the link may press it."""
    return LINK.sub("/receipts/…", written)


def with_receipt(desk: Desk, mail: Mail, letter: Letter) -> tuple[Letter, Receipt | None]:
    """The letter with its link, and the row that knows it; letters that ask for nothing, and
    those to the office, which is who hears of receipts, stay as they are."""
    if letter.audience in {"", OFFICE} or not (desk.url and mail.person_id):
        return letter, None
    secret = secrets.token_urlsafe(24)
    receipt = Receipt(
        campaign_id=mail.campaign_id,
        mail_id=mail.id or 0,
        person_id=mail.person_id,
        audience=letter.audience,
        secret_hash=digest(secret),
        about=_about(desk, letter),
        made_at=desk.now,
    )
    return replace(letter, receipt=f"{desk.url}/receipts/{secret}"), receipt


def keep_receipt(session: Session, receipt: Receipt | None) -> None:
    """Store the receipt; a mail that is written anew keeps its one receipt, with the new link."""
    if receipt is None:
        return
    known = session.exec(select(Receipt).where(Receipt.mail_id == receipt.mail_id)).first()
    if known is None:
        session.add(receipt)
    else:
        known.secret_hash, known.about, known.made_at = receipt.secret_hash, receipt.about, receipt.made_at
        session.add(known)


def _about(desk: Desk, letter: Letter) -> dict[str, list[int] | list[str]]:
    items = [item for group in letter.groups for item in group.items]
    held: dict[str, list[int]] = defaultdict(list)
    for item in items:
        if item.id is not None:
            held[desk.facts[item.id].holder or ""].append(item.id)
    return {**held, ROSTERS: [item.department for item in items if item.id is None]}
