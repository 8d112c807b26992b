"""Receipts of escalations: seen, and by when it will be done, said by whoever has the link of the mail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, select

from actions.ahead import demand_end
from actions.plan_in_force import plan_in_force
from deadlines.facts import COLLECTOR, OWNER, holder_of
from models import Answer, Person, Receipt
from models.addition import waiting_on
from models.digest import digest
from models.errors import Conflict, NotFound, Sentence, Unusable
from models.person import names_of
from models.receipt import ROSTERS, count_receipts, receipts
from models.rosters import rosters
from models.worklist import Line, current_campaign, lines, open_stages
from plans.notation import month_and_day


@dataclass(frozen=True)
class Remaining:
    """What a receipt is about and is still undone: assignments, and departments that owe their roster."""

    lines: Sequence[Line]
    rosters: Sequence[str]

    def __len__(self) -> int:
        return len(self.lines) + len(self.rosters)


@dataclass(frozen=True)
class Confirmed:
    """A receipt as the office sees it: of whom, what stands of it, how much of how many is undone; of a call
    who called."""

    receipt: Receipt
    person: str
    answer: Answer | None
    undone: int
    number: int
    broken: bool
    caller: str = ""


@dataclass(frozen=True)
class Confirmations:
    """The newest receipts; ``answered`` of ``number`` in all have been answered."""

    newest: Sequence[Confirmed]
    answered: int
    number: int


def demand_receipt(session: Session, secret: str) -> Receipt:
    """The receipt whose link this is; NotFound where it is unknown, or its addressee has left."""
    receipt = session.exec(select(Receipt).where(Receipt.secret_hash == digest(secret))).first()
    person = session.get(Person, receipt.person_id) if receipt else None
    if receipt is None or person is None or not person.active:
        raise NotFound("这个回执链接无效或已失效。", "请用最近一封邮件里的链接；仍打不开时请联系质量部。")
    return receipt


def answer(session: Session, secret: str, by: date | None, note: str, now: datetime) -> Answer:
    """Say that the mail was seen, and by the end of which day it will be done; what was said before stays in
    the history."""
    receipt = demand_receipt(session, secret)
    if not len(remaining(session, receipt, now)):
        raise Conflict("这封邮件里的事项都已完成，不需要回执。", "谢谢，这里没有要您再做的了。")
    end = None if by is None else promised_end(session, by, now)
    made = Answer(receipt_id=receipt.id or 0, at=now, by=end, note=note.strip())
    session.add(made)
    session.flush()
    return made


def promised_end(session: Session, by: date, now: datetime) -> datetime:
    """The end of the day by which something is promised; Unusable where it has passed."""
    if by < now.astimezone(plan_in_force(session).schedule.zone).date():
        raise Unusable(
            Sentence("%(by)s已经过去。", by=month_and_day(by)),
            "请选今天或以后的日期；还说不准时可以先不填日期。",
        )
    return demand_end(session, by, now)


def remaining(session: Session, receipt: Receipt, now: datetime) -> Remaining:
    """What of it is undone now."""
    undone = _undone(receipt, turns(session, _ids([receipt])))
    known = {line.id: line for line in lines(session, ids=undone)} if undone else {}
    return Remaining([known[key] for key in undone], _owing(receipt, _owed_rosters(session, now)))


def turns(session: Session, ids: Iterable[int]) -> dict[int, set[str]]:
    """Whose turn each of these is, of those that are owed: an owner's beside the collector's who waits for
    his addition."""
    waiting = waiting_on(session)
    return {
        key: {holder, OWNER} if holder == COLLECTOR and key in waiting else {holder}
        for key, stage in open_stages(session, ids).items()
        if (holder := holder_of(stage))
    }


def confirmed(session: Session, now: datetime, limit: int) -> Confirmations:
    """The newest receipts of the campaign, as many as ``limit``, and how many there are."""
    found = receipts(session, now, limit)
    known = turns(session, _ids([receipt for receipt, _, _ in found]))
    owed = _owed_rosters(session, now) if found else set()
    callers = names_of(session, {receipt.called_by for receipt, _, _ in found if receipt.called_by})
    newest = []
    for receipt, name, said in found:
        undone = len(_undone(receipt, known)) + len(_owing(receipt, owed))
        confirmed = _confirmed(receipt, name, said, undone, now)
        newest.append(replace(confirmed, caller=callers.get(receipt.called_by or 0, "")))
    number, answered = count_receipts(session, now)
    return Confirmations(newest, answered, number)


def _confirmed(receipt: Receipt, name: str, said: Answer | None, undone: int, now: datetime) -> Confirmed:
    number = len(list(receipt.held())) + len(receipt.about[ROSTERS])
    late = said is not None and said.by is not None and said.by < now
    return Confirmed(receipt, name, said, undone, number, late and undone > 0)


def _ids(found: Iterable[Receipt]) -> set[int]:
    return {key for receipt in found for key, _ in receipt.held()}


def _undone(receipt: Receipt, known: Mapping[int, Collection[str]]) -> list[int]:
    """What is still in the hands in which it was: handed in and waiting for somebody else, it is done."""
    return [key for key, holder in receipt.held() if holder in known.get(key, ())]


def _owing(receipt: Receipt, owed: Collection[str]) -> list[str]:
    """The departments whose roster is still owed."""
    return [name for name in receipt.about[ROSTERS] if name in owed]


def _owed_rosters(session: Session, now: datetime) -> set[str]:
    found = rosters(session, current_campaign(session).id or 0, now)
    return {roster.department for roster in found if not roster.complete}
