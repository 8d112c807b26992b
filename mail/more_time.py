"""The letters about more time: to the office what it is asked for, to the collectors what it answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from deadlines.owed import OFFICE
from mail.parts import Group, Item, by_due
from mail.wording import day, day_and_time, most_named
from models import Event, Mail, Notice, Person
from models.addressees import Held
from models.extension import ASKED, GRANTED, REFUSED, REVOKED, Extension
from models.stages import CHECKED

if TYPE_CHECKING:
    from mail.letters import Desk, Letter

ANSWERS = {GRANTED: "已同意延期", REFUSED: "未同意延期", REVOKED: "延期已收回"}


class Extensions:
    """Every request for more time, who asked, and why one was taken back."""

    def __init__(self, session: Session) -> None:
        asked = select(Extension, Person.name).outerjoin(Person, col(Extension.asked_by) == Person.id)
        found = session.exec(asked.order_by(col(Extension.id))).all()
        self.by_id = {extension.id: extension for extension, _ in found}
        self.askers = {extension.id: name or "" for extension, name in found}
        revoked = select(Event).where(Event.verb == "revoke-extension").order_by(col(Event.id))
        events = session.exec(revoked).all() if found else []
        self._why = {(event.assignment_id, event.at): event.reason for event in events}

    def told_by(self, notices: Iterable[Notice]) -> list[Extension]:
        """The extensions that notices speak of, but those that another notice tells since they changed."""
        known = ((notice.rule, self.by_id.get(notice.occurrence)) for notice in notices)
        return [each for rule, each in known if each is not None and rule == f"extension-{each.state}"]

    def why(self, extension: Extension) -> str:
        """What the office gave as its reason."""
        if extension.state != REVOKED or extension.revoked_at is None:
            return extension.answer
        return self._why.get((extension.assignment_id, extension.revoked_at), "")


def write_request(desk: Desk, _mail: Mail, notices: Sequence[Notice], held: Sequence[Held]) -> Letter | None:
    """To the office: who asks for how much more time, and why; None where all have been answered."""
    items = by_due(list(_waiting(desk, desk.extensions.told_by(notices))))
    if not items:
        return None
    subject = f"【延期申请】{len(items)} 项等您答复（{most_named(items)}）"
    lead = "以下任务申请延期，请您答复；答复之前仍按原截止时间："
    return desk.letter(subject, held, lead, [Group("waiting", "等您答复", items)])


def to_answer(desk: Desk, held: Sequence[Held]) -> Iterator[Item]:
    """Every request that waits, for who is of the office."""
    if any(each.role == OFFICE for each in held):
        yield from _waiting(desk, desk.extensions.by_id.values())


def _waiting(desk: Desk, extensions: Iterable[Extension]) -> Iterator[Item]:
    for each in extensions:
        facts = desk.facts.get(each.assignment_id)
        if each.state == ASKED and facts is not None and facts.active and facts.stage != CHECKED:
            until = day(desk.rules.calendar.local(each.until))
            yield desk.item(facts, f"{desk.extensions.askers[each.id]}申请延期至 {until}：{each.reason}")


def write_answer(desk: Desk, _mail: Mail, notices: Sequence[Notice], held: Sequence[Held]) -> Letter | None:
    """To the collectors: what was decided, why, and the deadline that holds now."""
    told: dict[str, list[Item]] = {state: [] for state in ANSWERS}
    for each in desk.extensions.told_by(notices):
        facts = desk.facts.get(each.assignment_id)
        if each.state in ANSWERS and facts is not None and facts.active:
            told[each.state].append(desk.item(facts, f"{_decision(desk, each)}：{desk.extensions.why(each)}"))
    groups = [Group(state, ANSWERS[state], by_due(items)) for state, items in told.items() if items]
    if not groups:
        return None
    counted = "，".join(f"{len(group.items)} 项{group.title}" for group in groups)
    items = [item for group in groups for item in group.items]
    one = f"{items[0].label} {groups[0].title}，{day(items[0].due)}截止"
    lead = f"{desk.schedule.contacts.office}对延期的答复如下，请按这里的截止时间安排："
    return desk.letter(f"【延期】{one if len(items) == 1 else counted}", held, lead, groups)


def _decision(desk: Desk, extension: Extension) -> str:
    until = day_and_time(desk.rules.calendar.local(extension.until))
    said = {GRANTED: f"同意延至 {until}", REFUSED: f"申请延至 {until}，未同意"}
    return said.get(extension.state, f"原延至 {until}，已收回")
