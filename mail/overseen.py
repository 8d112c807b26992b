"""What a digest says of other people's work, where the ladder tells heads, leaders or the office of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from deadlines.facts import COLLECTOR, REVIEWER
from deadlines.standing import LEADERS
from mail.awaited import told_additions
from mail.escalation import in_hands_of
from mail.parts import Item
from mail.wording import HANDS
from models import Notice
from models.addressees import Held

if TYPE_CHECKING:
    from mail.letters import Desk

THEIR_OWN = (COLLECTOR, REVIEWER)


def overseen(desk: Desk, notices: Sequence[Notice], held: Sequence[Held], own: Iterable[Item]) -> list[Item]:
    """What these people were to be told of as those who look after it, and is undone; without their own."""
    told = list(_of_others(desk, notices, held))
    found = {_which(item): item for item in (*_undone(desk, told), *told_additions(desk, told))}
    found |= {_which(item): item for item in desk.named_rosters(told)}
    for item in own:
        found.pop(_which(item), None)
    return list(found.values())


def _of_others(desk: Desk, notices: Sequence[Notice], held: Sequence[Held]) -> Iterator[Notice]:
    """Those notices that still concern these people; leaders not by what is held back from them."""
    people, known = {each.person.id for each in held}, dict[tuple[str, str | None], bool]()
    for notice in notices:
        audience = notice.audience, notice.department
        if notice.audience in THEIR_OWN:
            continue
        if audience not in known:
            known[audience] = any(person.id in people for person in desk.addressees.of(*audience))
        silent = notice.audience in LEADERS and notice.assignment_id in desk.holds
        if known[audience] and not silent:
            yield notice


def _undone(desk: Desk, told: Iterable[Notice]) -> Iterator[Item]:
    """The assignments that are still in the same hands."""
    for notice in told:
        facts = desk.facts.get(notice.assignment_id or 0)
        if notice.holder in THEIR_OWN and facts and facts.active and facts.holder == notice.holder:
            late = desk.rules.late_by(facts, desk.now)
            note = f"在{in_hands_of(facts)}{HANDS[notice.holder]}手中"
            yield desk.item(facts, f"{note}，已逾期 {late} 个工作日" if late else note)


def _which(item: Item) -> tuple[int | None, str, bool]:
    return item.id, item.department, item.adding
