"""The announcement for a chat group: how far it is, who owes most, what is due next, whom to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from deadlines.effective import DeadlineRules
from mail.wording import day_and_time
from models.board import EXEMPT, counts, department_counts, tables_done
from models.stages import CHECKED, COLLECTED, FAILED, OPEN_TO_COLLECTOR, RETURNED, REVIEWED

LONGEST = 2000
"""Bytes: a WeCom robot takes 2,048."""
NAMED = 5
SENT_BACK = (RETURNED, FAILED)

Owing = Sequence[tuple[str, int]]
"""Departments with how many things each, the most first."""


@dataclass(frozen=True)
class Standing:
    """What an announcement is made of; ``at`` and ``nearest`` are local.

    ``owing``: what collectors still have to hand in; ``late``: what is past its holder's deadline;
    ``nearest``: the plan's next deadline with how many things are still to be handed in for it.
    """

    campaign: str
    at: datetime
    total: int
    stages: Mapping[str, int]
    tables: int
    tables_done: int
    office: str
    phone: str
    link: str = ""
    owing: Owing = ()
    late: Owing = ()
    sent_back: Owing = ()
    nearest: tuple[datetime, int] | None = None


def announcement(standing: Standing) -> str:
    """The text, as long as a robot takes: of many long names fewer are given."""
    for named in range(NAMED, -1, -1):
        text = "\n".join(_lines(standing, named))
        if len(text.encode()) <= LONGEST:
            return text
    return text.encode()[:LONGEST].decode(errors="ignore")


def standing_at(session: Session, rules: DeadlineRules, now: datetime, url: str) -> Standing:
    """How the campaign stands at ``now``; counted by the database."""
    schedule, local = rules.schedule, rules.calendar.local
    found = [row for row in department_counts(session, rules, now) if row[1] != EXEMPT]
    done, tables = tables_done(session)
    ahead: Counter[datetime] = Counter()
    for count in counts(session, rules, now):
        if count.stage in OPEN_TO_COLLECTOR and count.due >= now:
            ahead[local(count.due)] += count.number
    return Standing(
        campaign=schedule.name,
        at=local(now),
        total=sum(number for *_, number in found),
        stages=_summed((stage, number) for _, stage, _, number in found),
        tables=tables,
        tables_done=done,
        office=schedule.contacts.office,
        phone=schedule.contacts.phone,
        link=url.rstrip("/"),
        owing=_most((name, number) for name, stage, _, number in found if stage in OPEN_TO_COLLECTOR),
        late=_most((name, number) for name, _, late, number in found if late),
        sent_back=_most((name, number) for name, stage, _, number in found if stage in SENT_BACK),
        nearest=min(ahead.items(), default=None),
    )


def _lines(standing: Standing, named: int) -> Iterable[str]:
    yield f"【{standing.campaign}】截至 {day_and_time(standing.at)}"
    passed = standing.stages.get(CHECKED, 0)
    yield (
        f"共 {standing.total} 项，已通过 {passed} 项；"
        f"{standing.tables} 张表已完成 {standing.tables_done} 张。"
    )
    if passed == standing.total:
        yield "全部完成，感谢各部门的配合！"
    else:
        yield from _open(standing, named)
    yield f"咨询：{standing.office} {standing.phone}"
    if standing.link:
        yield f"进入系统：{standing.link}"


def _open(standing: Standing, named: int) -> Iterable[str]:
    waiting = [
        f"{label} {number} 项"
        for label, number in (
            ("等待审核", standing.stages.get(COLLECTED, 0)),
            ("等待系统检测", standing.stages.get(REVIEWED, 0)),
        )
        if number
    ]
    if waiting:
        yield "，".join(waiting) + "。"
    for label, owing in (
        ("还没交", standing.owing),
        ("退回待修改", standing.sent_back),
        ("已逾期", standing.late),
    ):
        if owing:
            yield f"{label} {sum(number for _, number in owing)} 项{_named(owing, named)}"
    if standing.nearest:
        due, number = standing.nearest
        yield f"最近的截止时间：{day_and_time(due)}，还有 {number} 项要交。"


def _named(owing: Owing, named: int) -> str:
    """Who they are, the first few by name."""
    if not named:
        return "。"
    told = "、".join(f"{name} {number}" for name, number in owing[:named])
    return f"：{told}{f' 等 {len(owing)} 个部门' if len(owing) > named else ''}。"


def _most(found: Iterable[tuple[str, int]]) -> Owing:
    """Summed by department, the most first, equals in the order of the plan."""
    return tuple(_summed(found).most_common())


def _summed(found: Iterable[tuple[str, int]]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for key, number in found:
        totals[key] += number
    return totals
