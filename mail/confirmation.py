"""The confirmation sheet 数据确认表 of a department as Word: to print, sign and seal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mail.paper import filled
from mail.wording import day_and_time
from models.confirmation import Confirmation, ConfirmedTable

FILE_NAME = "confirmation.docx"
KINDS = {"nil": "无数据", "attest": "已在国家平台填报"}


def as_confirmation(sheet: Confirmation) -> bytes:
    """The sheet as .docx; its template may be edited in Word."""
    return filled(FILE_NAME, _context(sheet))


def _context(sheet: Confirmation) -> dict[str, Any]:
    return {
        "campaign": sheet.campaign,
        "office": sheet.office,
        "department": sheet.department,
        "at_text": f"{sheet.at.year}年{day_and_time(sheet.at)}",
        "owed": len(sheet.owed),
        "passed": len(sheet.passed),
        "not_passed": len(sheet.owed) - len(sheet.passed),
        "exempt": len(sheet.tables) - len(sheet.owed),
        "rows": [_row(each, sheet.at) for each in sheet.tables],
    }


def _row(each: ConfirmedTable, at: datetime) -> dict[str, Any]:
    notes = [KINDS.get(each.kind, ""), each.excluded]
    return {
        "table": f"{each.table} {each.name}",
        "version": each.version or "",
        "rows": "" if each.version is None else each.rows,
        "print": each.print,
        "collected": _by(each.collected_by, each.collected_at, at),
        "reviewed": _by(each.reviewed_by, each.reviewed_at, at),
        "checked": _by("通过", each.checked_at, at) if each.checked_at else "",
        "notes": "；".join(note for note in notes if note),
    }


def _by(who: str, moment: datetime | None, at: datetime) -> str:
    """Who and when, in the zone of the sheet."""
    if moment is None:
        return who
    local = moment.astimezone(at.tzinfo)
    return f"{who} {local.month}月{local.day}日 {local:%H:%M}".strip()
