"""The draft of a college-wide notice 通报: what is late by department, for the office to edit and send.

It names only what the record shows to be in a department's own hands.  What the office holds back, what waits
for another department or for the system check is left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from mail.paper import filled
from mail.report_words import numbered
from mail.wording import OFFICE, day_and_time
from models.late import LateLine, LateReport

FILE_NAME = "circular-draft.docx"
NAMED = 12
"""Tables that are named one by one; of more only the numbers stand."""


def as_circular(report: LateReport) -> bytes:
    """The draft as .docx; its template may be edited in Word."""
    return filled("circular.docx", _context(report))


def _context(report: LateReport) -> dict[str, Any]:
    tables = [line for line in report.late if not line.roster]
    told = [line for line in tables if not (line.held_until or line.waiting_on or _checking(line))]
    parts = [part for part in (_collecting(told), _reviewing(told)) if part["rows"]]
    titles = [part["title"] for part in parts]
    if report.rosters:
        titles.append("名单未报")
    titles.append("有关说明和要求")
    printed = numbered(titles)
    return {
        "college": report.college,
        "campaign": report.campaign,
        "office": report.office,
        "phone": report.phone,
        "year": report.at.year,
        "at_text": f"{report.at.year}年{day_and_time(report.at)}",
        "due": report.due,
        "on_time": report.on_time,
        "told": len(told) + len(report.rosters),
        "department_count": len(_named(parts, report.rosters)),
        "parts": [{**part, "title": printed[part["title"]]} for part in parts],
        "rosters": "、".join(report.rosters),
        "rosters_title": printed.get("名单未报", ""),
        "notes_title": printed["有关说明和要求"],
        **_left_out(tables),
    }


def _named(parts: Iterable[dict[str, Any]], rosters: Iterable[str]) -> set[str]:
    return {row["department"] for part in parts for row in part["rows"]} | set(rosters)


def _left_out(late: Iterable[LateLine]) -> dict[str, int]:
    """How many are not told of, each for one reason."""
    held = [line for line in late if line.held_until]
    others = [line for line in late if not line.held_until]
    return {
        "held_back": len(held),
        "waiting": sum(bool(line.waiting_on) for line in others),
        "checking": sum(_checking(line) for line in others),
    }


def _checking(line: LateLine) -> bool:
    return line.held_by == "system-check"


def _collecting(told: Iterable[LateLine]) -> dict[str, Any]:
    lines = [line for line in told if line.held_by == "collector"]
    return {"title": "采集环节", "rows": _rows(lines, lambda line: line.department, _collected)}


def _reviewing(told: Iterable[LateLine]) -> dict[str, Any]:
    lines = [line for line in told if line.held_by == "reviewer"]
    return {"title": "审核环节", "rows": _rows(lines, lambda line: line.reviewer or OFFICE, _reviewed)}


def _collected(lines: Sequence[LateLine]) -> str:
    """The tables by name; of many their numbers."""
    if len(lines) > NAMED:
        return "\u3000".join(line.table for line in lines)
    return "；".join(f"{line.table} {line.name}" for line in lines)


def _reviewed(lines: Sequence[LateLine]) -> str:
    """What waits for a review, with who collected it where that is another department; of many, how many
    of each."""
    if len(lines) > NAMED:
        counted = Counter(line.department for line in lines)
        return "；".join(f"{department}提交的 {number} 项" for department, number in counted.items())
    return "；".join(_submitted(line) for line in lines)


def _submitted(line: LateLine) -> str:
    named = f"{line.table} {line.name}"
    return named if line.reviewer == line.department else f"{named}（{line.department}提交）"


def _rows(
    lines: Iterable[LateLine],
    of: Callable[[LateLine], str],
    told: Callable[[Sequence[LateLine]], str],
) -> list[dict[str, Any]]:
    """A row for each department and for how long it is late, in the order of the report, longest first."""
    found: dict[str, list[LateLine]] = {}
    for line in lines:
        found.setdefault(of(line), []).append(line)
    return [
        {"department": department, "number": len(same), "days": days, "tables": told(same)}
        for department, own in found.items()
        for days, same in _by_days(own)
    ]


def _by_days(lines: Iterable[LateLine]) -> Iterator[tuple[int, list[LateLine]]]:
    ordered = sorted(lines, key=lambda line: -line.working_days_late)
    for days, same in groupby(ordered, lambda line: line.working_days_late):
        yield days, list(same)
