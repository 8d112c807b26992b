"""A call of the quality office, kept as a receipt without a mail: reached or not, what was promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from actions.calls import HEAD, called_today
from actions.plan_in_force import plan_in_force
from actions.receipts import promised_end, turns
from actions.who import Who, demand_office
from deadlines.facts import COLLECTOR, OWNER
from models import Answer, Person, Receipt
from models.addressees import Addressees
from models.errors import Conflict, NotFound, Sentence, Unusable
from models.receipt import ROSTERS
from models.rosters import rosters
from models.worklist import current_campaign


@dataclass(frozen=True)
class Said:
    """What a caller writes down: about what, whether somebody was reached, what was promised or heard."""

    about: Collection[int]
    rosters: Collection[str]
    reached: bool
    by: date | None = None
    note: str = ""


def log_call(session: Session, who: Who, person_id: int, said: Said, newest: int, now: datetime) -> Receipt:
    """Keep that this person was called.

    ``newest``: the newest call of today that the caller has seen (0: none); where there is a newer one, that
    is told first (409), so that nobody is called twice unknowingly.
    """
    demand_office(who)
    person = session.get(Person, person_id)
    if person is None or not person.active:
        raise NotFound("没有这个人，或账号已停用。", "请刷新电话催办页，按新的名单拨打。")
    _demand_unseen(session, person, newest, now)
    about = _demand_about(session, said, now)
    by = None if said.by is None else _demand_promise(session, said, said.by, now)
    receipt = Receipt(
        campaign_id=current_campaign(session).id or 0,
        person_id=person_id,
        audience=_audience(session, person_id, about, now),
        about=about,
        made_at=now,
        called_by=who.id,
        note="" if said.reached else said.note.strip(),
    )
    session.add(receipt)
    session.flush()
    if said.reached:
        session.add(Answer(receipt_id=receipt.id or 0, at=now, by=by, note=said.note.strip()))
        session.flush()
    return receipt


def _demand_unseen(session: Session, person: Person, newest: int, now: datetime) -> None:
    for each in called_today(session, now):
        if each.receipt.person_id == person.id and (each.receipt.id or 0) > newest:
            at = each.receipt.made_at.astimezone(plan_in_force(session).schedule.zone)
            facts = {"who": each.caller, "at": f"{at:%H:%M}", "whom": person.name}
            said = Sentence("已接通") if each.answer else Sentence("没有接通")
            raise Conflict(
                Sentence("%(who)s今天 %(at)s 已给%(whom)s打过电话，%(said)s。", **facts, said=said),
                "如您确实又打了一次，请再按一次“登记”；否则不必再登记。",
            )


def _demand_about(session: Session, said: Said, now: datetime) -> dict[str, list[int] | list[str]]:
    """What of it is still open, by whose turn it is."""
    if not (said.about or said.rosters):
        raise Unusable("没有勾选这次通话谈到的事项。", "请至少勾选一项。")
    about: dict[str, list[int]] = defaultdict(list)
    for key, found in turns(session, said.about).items():
        about[OWNER if OWNER in found else next(iter(found))].append(key)
    known = rosters(session, current_campaign(session).id or 0, now)
    owed = [each.department for each in known if each.department in said.rosters and not each.complete]
    if not (about or owed):
        raise Conflict("这些事项都已完成。", "不需要再登记；请刷新电话催办页。")
    return {**about, ROSTERS: owed}


def _demand_promise(session: Session, said: Said, by: date, now: datetime) -> datetime:
    if not said.reached:
        raise Unusable("没有接通，就没有承诺的日期。", "请改选“已接通”，或清空日期。")
    return promised_end(session, by, now)


def _audience(
    session: Session, person_id: int, about: Mapping[str, Collection[object]], now: datetime
) -> str:
    """As what he was called: collector or reviewer where he is that, else the head."""
    roles = {held.role for held in Addressees(session, now, only=person_id).roles_of(person_id)}
    wanted = (COLLECTOR if turn == OWNER else turn for turn, keys in about.items() if keys)
    return next((role for role in wanted if role in roles), HEAD)
