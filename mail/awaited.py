"""What letters say of additions to source tables (P2): to those who owe one, and to those who wait for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from deadlines.facts import OWNER, AssignmentFacts
from mail.parts import Item
from mail.wording import day
from models import Notice
from models.addition import Request

if TYPE_CHECKING:
    from mail.letters import Desk

NAMED = 3


def owed_additions(desk: Desk, owners: Collection[str]) -> list[Item]:
    """What these departments are asked to add to their source tables, an item for each table that waits."""
    asked: dict[tuple[str, int], list[Request]] = {}
    for request in desk.requests:
        if request.owner in owners:
            asked.setdefault((request.owner, request.addition.assignment_id), []).append(request)
    known = ((desk.facts.get(key), found) for (_, key), found in asked.items())
    return [_item(desk, facts, found) for facts, found in known if facts is not None and facts.active]


def told_additions(desk: Desk, notices: Sequence[Notice]) -> Iterator[Item]:
    """The same for notices to the owners, while the addition is owed and its asker late."""
    for notice in notices:
        facts = desk.facts.get(notice.assignment_id or 0)
        if notice.holder != OWNER or facts is None or not desk.rules.overdue(facts, desk.now):
            continue
        found = [
            request
            for request in desk.requests
            if (request.addition.assignment_id, request.owner) == (facts.id, notice.department)
        ]
        if found and facts.active:
            yield _item(desk, facts, found)


def waiting_note(facts: AssignmentFacts) -> str:
    """For whom its collector waits; empty where he doesn't."""
    return f"等待{'、'.join(facts.waits_for)}补录" if facts.awaits else ""


def _item(desk: Desk, facts: AssignmentFacts, found: Sequence[Request]) -> Item:
    first = found[0]
    values = "、".join(f"“{request.addition.value}”" for request in found[:NAMED])
    more = f" 等 {len(found)} 项" if len(found) > NAMED else ""
    since = desk.rules.calendar.local(min(request.addition.asked_at for request in found))
    note = f"{first.department}的 {first.code} {first.name} 缺 {values}{more}，自{day(since)}起等待"
    if desk.rules.overdue(facts, desk.now):
        note += f"，该表已逾期 {desk.rules.late_by(facts, desk.now)} 个工作日"
    return Item(
        label=f"补录 {first.addition.table_code} {first.source}",
        department=first.owner,
        due=desk.rules.calendar.local(facts.effective),
        link=desk.link(f"/assignments/{first.addition.owner_id}"),
        note=note,
        id=facts.id,
        holder=first.owner,
        adding=True,
    )
