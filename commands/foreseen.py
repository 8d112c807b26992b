"""A rehearsal for people: a heading a day, a line a mail, and how many there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from deadlines.standing import IN_DEPARTMENT, LEADERS
from mail.wording import day
from web.mail_words import audience, notice_kind

OF_ONE = frozenset(IN_DEPARTMENT).difference(LEADERS)
"""Audiences that are one department's; a leader answers for several."""
BREAKS = "，、；： "
TITLES = ("【数据采集】", "【逾期】", "【逾期报告】")
KIND, WHO = 8, 28
"""Columns for what it is, and for whom."""
SUBJECT = 24
"""The fewest columns beside them that a subject is begun in; on a narrower screen it stands below."""


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
        for event in mails:
            yield from _told(event, width)
        yield ""
    counted = Counter(notice_kind(event["kind"]) for event in events)
    told = "，".join(f"{kind} {number}" for kind, number in counted.most_common())
    yield from _folded(f"共 {len(events)} 封" + (f"：{told}" if told else ""), width)


def _told(event: dict[str, Any], width: int) -> Iterator[str]:
    """When, what, to whom, and the whole subject, folded under its own beginning."""
    from rich.cells import set_cell_size

    kind = set_cell_size(notice_kind(event["kind"]), KIND)
    start = f"  {event['at'][11:16]} {kind} {set_cell_size(_cut(_whom(event), WHO), WHO)} "
    indent = KIND + WHO + 10
    if width - indent < SUBJECT:
        yield _cut(start.rstrip(), width)
        start, indent = " " * 8, 8
    first, *rest = _folded(_short(event["subject"]), width - indent)
    yield start + first
    yield from (" " * indent + line for line in rest)


def _whom(event: dict[str, Any]) -> str:
    """The role, with its department, or by name where it is nobody's in a department."""
    of = event["department"] if event["audience"] in OF_ONE else event["person"]
    return f"{audience(event['audience'])} {of or ''}".strip()


def _folded(text: str, room: int) -> list[str]:
    """The text in lines that fit, broken behind a mark where one stands in a line's second half."""
    from rich.cells import cell_len, chop_cells

    found = []
    while cell_len(text) > room:
        fits = len(str(chop_cells(text, room)[0]))
        after = max(text.rfind(mark, fits // 2, fits) for mark in BREAKS) + 1
        found.append(text[: after or fits].rstrip())
        text = text[after or fits :].lstrip()
    return [*found, text]


def _cut(text: str, room: int) -> str:
    from rich.cells import cell_len, chop_cells

    return text if cell_len(text) <= room else str(chop_cells(text, room - 1)[0]) + "…"


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
        told = f"  {each['date']} {notice_kind(each['kind'])}（{audience(each['audience'])}）"
        yield f"{told} {each['before']} → {each['after']} 项{_moved(each)}"
    if people := notices["corrected"]:
        yield f"先前告知的期限因此作废，这 {len(people)} 人会收到更正：{'、'.join(people)}。"


def _moved(change: dict[str, Any]) -> str:
    """The times of day, where the same day has others."""
    before, after = ("、".join(change[key]) for key in ("times_before", "times_after"))
    return f"（{before} → {after}）" if before and after and before != after else ""
