"""What people see a file called; it is kept, and a program finds it, under its plain name."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePath

NAMES = {
    "late-report": "逾期报告",
    "circular-draft": "通报草稿",
    "campaign-notice": "工作通知",
    "confirmation": "数据确认表",
    "caiji": "数据采集",
}


def shown_name(name: str, day: date | None = None) -> str:
    """The name for people, with the day it tells of; a name that is not ours stays."""
    path = PurePath(name)
    if path.stem not in NAMES:
        return name
    return "-".join([NAMES[path.stem], *([day.isoformat()] if day else [])]) + path.suffix


def day_in(slot: str) -> date | None:
    """The day that a mail's slot names; a test mail's names none."""
    found = re.search(r"\d{4}-\d\d-\d\d", slot)
    return date.fromisoformat(found.group()) if found else None
