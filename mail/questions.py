"""What digests say of questions about tables: what waits for an answer, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from deadlines.facts import REVIEWER
from deadlines.owed import OFFICE
from mail.parts import Item
from mail.wording import day
from models import Notice
from models.addressees import Held
from models.question import ANSWERED, Asked

if TYPE_CHECKING:
    from mail.letters import Desk


def to_answer(desk: Desk, held: Sequence[Held]) -> Iterator[Item]:
    """The questions that wait for these people: all for the office, a reviewer's own."""
    office = any(each.role == OFFICE for each in held)
    own = {(each.department, each.table_code) for each in held if each.role == REVIEWER}
    for asked in desk.questions:
        mine = (asked.reviewer, None) in own or (asked.reviewer, asked.code) in own
        if asked.waits and (office or (mine and asked.question.role != REVIEWER)):
            since = day(desk.rules.calendar.local(asked.question.asked_at))
            yield _item(desk, asked, f"{asked.asker}{since}问：{asked.question.text}")


def answered(desk: Desk, notices: Sequence[Notice]) -> Iterator[Item]:
    """What was answered, as the notices tell."""
    wanted = {notice.occurrence for notice in notices if notice.rule == ANSWERED}
    for asked in desk.questions:
        if asked.question.id in wanted and not asked.waits:
            yield _item(
                desk, asked, f"问：{asked.question.text}　{asked.answerer}答：{asked.question.answer}"
            )


def _item(desk: Desk, asked: Asked, note: str) -> Item:
    return desk.item(desk.facts[asked.question.assignment_id], note)
