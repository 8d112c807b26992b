"""Receipts of escalations: seen, and by when it will be done, said by whoever has the link of the mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from actions.ahead import demand_end
from actions.plan_in_force import plan_in_force
from models import Answer, Person, Receipt
from models.digest import digest
from models.errors import Conflict, NotFound, Unusable
from models.facts import facts_of, rosters
from models.receipt import ROSTERS, receipts
from models.worklist import Line, current_campaign, lines, loaded_campaign


@dataclass(frozen=True)
class Remaining:
    """What a receipt is about and is still undone: assignments, and departments that owe their roster."""

    lines: Sequence[Line]
    rosters: Sequence[str]

    def __len__(self) -> int:
        return len(self.lines) + len(self.rosters)


@dataclass(frozen=True)
class Confirmed:
    """A receipt as the office sees it: of whom, what stands of it, how much of how many is undone."""

    receipt: Receipt
    person: str
    answer: Answer | None
    undone: int
    number: int
    broken: bool


def demand_receipt(session: Session, secret: str) -> Receipt:
    """The receipt whose link this is; NotFound where it is unknown, of another campaign, or its addressee has
    left."""
    receipt = session.exec(select(Receipt).where(Receipt.secret_hash == digest(secret))).first()
    campaign = loaded_campaign(session)
    person = session.get(Person, receipt.person_id) if receipt else None
    current = receipt is not None and campaign is not None and receipt.campaign_id == campaign.id
    if receipt is None or not current or person is None or not person.active:
        raise NotFound("这个回执链接无效或已失效。", "请用最近一封邮件里的链接；仍打不开时请联系质量部。")
    return receipt


def answer(session: Session, secret: str, by: date | None, note: str, now: datetime) -> Answer:
    """Say that the mail was seen, and by the end of which day it will be done; what was said before stays in
    the history."""
    receipt = demand_receipt(session, secret)
    if not len(remaining(session, receipt)):
        raise Conflict("这封邮件里的事项都已完成，不需要回执。", "谢谢，这里没有要您再做的了。")
    end = None if by is None else _demand_ahead(session, by, now)
    made = Answer(receipt_id=receipt.id or 0, at=now, by=end, note=note.strip())
    session.add(made)
    session.flush()
    return made


def remaining(session: Session, receipt: Receipt) -> Remaining:
    """What of it is undone now."""
    return _remaining(receipt, _known(session, [receipt]), _owed_rosters(session))


def confirmed(session: Session, now: datetime) -> list[Confirmed]:
    """Every receipt of the campaign, newest first."""
    found = receipts(session, now)
    known, owed = _known(session, [receipt for receipt, _, _ in found]), _owed_rosters(session)
    return [
        _confirmed(receipt, name, said, len(_remaining(receipt, known, owed)), now)
        for receipt, name, said in found
    ]


def _confirmed(receipt: Receipt, name: str, said: Answer | None, undone: int, now: datetime) -> Confirmed:
    number = len(list(receipt.held())) + len(receipt.about[ROSTERS])
    late = said is not None and said.by is not None and said.by < now
    return Confirmed(receipt, name, said, undone, number, late and undone > 0)


def _remaining(receipt: Receipt, known: dict[int, Line], owed: set[str]) -> Remaining:
    """What is still in the hands in which it was: handed in and waiting for somebody else, it is done."""
    undone = []
    for key, holder in receipt.held():
        facts = facts_of(known[key]) if key in known else None
        if facts is not None and facts.active and facts.holder == holder:
            undone.append(known[key])
    return Remaining(undone, [name for name in receipt.about[ROSTERS] if name in owed])


def _known(session: Session, found: Sequence[Receipt]) -> dict[int, Line]:
    ids = {key for receipt in found for key, _ in receipt.held()}
    return {line.id: line for line in lines(session, ids=ids)} if ids else {}


def _owed_rosters(session: Session) -> set[str]:
    found = rosters(session, current_campaign(session).id or 0)
    return {roster.department for roster in found if not roster.complete}


def _demand_ahead(session: Session, by: date, now: datetime) -> datetime:
    """The end of the promised day."""
    if by < now.astimezone(plan_in_force(session).schedule.zone).date():
        raise Unusable(f"{by:%m月%d日}已经过去。", "请选今天或以后的日期；还说不准时可以先不填日期。")
    return demand_end(session, by, now)
