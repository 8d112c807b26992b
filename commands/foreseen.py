"""A rehearsal for people: a heading a day, a line a mail, and how many there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from mail.wording import day

KINDS = {
    "roster-reminder": "名单",
    "reminder": "提醒",
    "overdue": "逾期",
    "forewarning": "预警",
    "escalation": "升级",
    "withdrawal": "撤回",
    "extension-request": "申请",
    "extension-answer": "答复",
    "report": "报告",
    "announcement": "公告",
}
"""How a kind is called where there is little room."""
AUDIENCES = {
    "collector": "采集",
    "reviewer": "审核",
    "head": "负责",
    "leader": "分管",
    "leaders": "院领导",
    "office": "质量办",
    "everyone": "全体",
    "chat": "群",
}
"""The same for whom it is addressed to."""
TITLES = ("【数据采集】", "【逾期】", "【逾期报告】")
WHO = 26
"""Columns for whom it goes to."""


def tell(events: Sequence[dict[str, Any]]) -> None:
    """Print it, each line within the width of the screen."""
    from rich.console import Console

    console = Console(highlight=False)
    for line in lines(events, console.width):
        console.print(line, markup=False, soft_wrap=True)


def lines(events: Sequence[dict[str, Any]], width: int) -> Iterator[str]:
    """The lines of the whole rehearsal, none wider than ``width``."""
    for date, found in groupby(events, key=lambda event: event["at"][:10]):
        mails = list(found)
        yield f"{date[:4]}年{day(datetime.fromisoformat(date))}  {len(mails)} 封"
        yield from (_line(event, width) for event in mails)
        yield ""
    counted = Counter(_kind(event) for event in events)
    told = "，".join(f"{kind} {number}" for kind, number in counted.most_common())
    yield f"共 {len(events)} 封" + (f"：{told}" if told else "")


def _line(event: dict[str, Any], width: int) -> str:
    from rich.cells import set_cell_size

    who = f"{AUDIENCES.get(event['audience'], event['audience'])} {event['department'] or event['person']}"
    start = f"  {event['at'][11:16]} {set_cell_size(_kind(event), 4)} {set_cell_size(who, WHO)} "
    room = width - len("  00:00 ") - 5 - WHO - 1
    return start + _cut(_short(event["subject"]), room)


def _cut(text: str, room: int) -> str:
    from rich.cells import cell_len, chop_cells

    return text if cell_len(text) <= room else str(chop_cells(text, room - 2)[0]) + "…"


def _kind(event: dict[str, Any]) -> str:
    return KINDS.get(kind := str(event["kind"]), kind)


def _short(subject: str) -> str:
    for title in TITLES:
        subject = subject.removeprefix(title)
    return subject


def change_lines(notices: dict[str, Any] | None) -> Iterator[str]:
    """What a plan changes in the notices to come, a day and audience a line; None: too many to foresee."""
    if notices is None:
        yield "任务太多，这里不推算之后的提醒；应用后可用 caiji rehearse --onward 查看。"
        return
    if not notices["changes"]:
        yield "之后的提醒不变。"
        return
    yield f"之后的提醒从 {notices['first']} 起有变动（若无人再提交）："
    for each in notices["changes"]:
        told = f"  {each['date']} {_kind(each)}（{AUDIENCES.get(each['audience'], each['audience'])}）"
        yield f"{told} {each['before']} → {each['after']} 项{_moved(each)}"


def _moved(change: dict[str, Any]) -> str:
    """The times of day, where the same day has others."""
    before, after = ("、".join(change[key]) for key in ("times_before", "times_after"))
    return f"（{before} → {after}）" if before and after and before != after else ""
