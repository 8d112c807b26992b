"""Subjects and set phrases of the mails, for people who read them on a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

OFFICE = "质量部"
"""Who answers where no department does."""
WEEKDAYS = "一二三四五六日"
DEPARTMENTS_NAMED = 3

ASKS = {
    "office": "请联系相关部门，了解困难并督促完成。",
    "head": "请您督促本部门尽快完成。",
    "leader": "请您督促分管部门尽快完成。",
    "leaders": "请各位领导督促分管部门尽快完成。",
    "collector": "请尽快完成。",
    "reviewer": "请尽快完成。",
    "everyone": "请相关部门尽快完成。",
}
"""The one ask of an escalation, by audience."""


HANDS = {"collector": "采集员", "reviewer": "审核员", "system-check": "系统检测"}
OF_AN_AUDIENCE = {
    "leader": "您分管的部门",
    "head": "您负责的部门",
    "collector": "您的部门",
    "reviewer": "您的部门",
}
"""Whose numbers an escalation tells."""


class Due(Protocol):
    """What a subject is made of."""

    @property
    def department(self) -> str: ...

    @property
    def due(self) -> datetime: ...


def day(at: datetime) -> str:
    """A local day as people say it: 11月18日（周三）."""
    return f"{at.month}月{at.day}日（周{WEEKDAYS[at.weekday()]}）"


def day_and_time(at: datetime) -> str:
    """A local moment: 11月18日（周三）17:30."""
    return f"{day(at)}{at.hour:02}:{at.minute:02}"


def digest_subject(
    items: Sequence[Due],
    now: datetime,
    awaited: int = 0,
    overseen: Sequence[Due] = (),
    answered: int = 0,
) -> str:
    """How many things there are to do and which date is nearest; where there are none, how many others have
    to do (``overseen``), or else how many wait for others, or questions were ``answered``."""
    if not items and not overseen and not awaited:
        return f"【数据采集】您的 {answered} 个提问有了答复"
    if not items and not overseen:
        return f"【数据采集】{awaited} 项等待其他部门补录"
    told, what = (items, "待办") if items else (overseen, "请您过问")
    late = sum(1 for item in told if item.due < now)
    ahead = [item.due for item in told if item.due >= now]
    nearest = f"，最近 {day(min(ahead))}截止" if ahead else ""
    counted = f"{late} 项已逾期，共 {len(told)} 项{what}" if late else f"{len(told)} 项{what}"
    return f"【数据采集】{counted}{nearest}"


def forewarning_subject(items: Sequence[Due]) -> str:
    """How many things run out, and when."""
    return f"【数据采集】{len(items)} 项将于 {day_and_time(min(item.due for item in items))} 截止，尚未完成"


def escalation_subject(items: Sequence[Due]) -> str:
    """How many things are late, and with whom most."""
    return f"【逾期】{len(items)} 项任务（{most_named(items)}）"


def most_named(items: Sequence[Due]) -> str:
    """The departments that most of it is of, with their numbers."""
    counted = Counter(item.department or OFFICE for item in items)
    most = counted.most_common(DEPARTMENTS_NAMED)
    named = "、".join(f"{department} {number}" for department, number in most)
    return named + (" 等" if len(counted) > DEPARTMENTS_NAMED else "")
