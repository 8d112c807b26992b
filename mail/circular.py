"""The draft of a college-wide notice 通报: what is late by department, for the office to edit and send.

It names only what the record shows to be in a department's own hands.  What the office holds back, what waits
for another department or for the system check is left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from mail.reports import FOLDER
from mail.wording import OFFICE, day_and_time
from models.late import LateLine, LateReport

FILE_NAME = "circular-draft.docx"
NUMERALS = "一二三四"


def as_circular(report: LateReport) -> bytes:
    """The draft as .docx; its template may be edited in Word."""
    from docxtpl import DocxTemplate

    template = DocxTemplate(FOLDER / "circular.docx")
    template.render(_context(report), autoescape=True)
    out = BytesIO()
    template.save(out)
    return out.getvalue()


def _context(report: LateReport) -> dict[str, Any]:
    told = [line for line in report.late if not (line.held_until or line.waiting_on or _checking(line))]
    parts = [part for part in (_collecting(told), _reviewing(told)) if part["rows"]]
    titles = [part["title"] for part in parts]
    if report.rosters:
        titles.append("名单未报")
    titles.append("有关说明和要求")
    numbered = {title: f"{numeral}、{title}" for numeral, title in zip(NUMERALS, titles, strict=False)}
    return {
        "college": report.college,
        "campaign": report.campaign,
        "office": report.office,
        "phone": report.phone,
        "year": report.at.year,
        "at_text": f"{report.at.year}年{day_and_time(report.at)}",
        "due": report.due,
        "on_time": report.on_time,
        "told": len(told),
        "department_count": len({row["department"] for part in parts for row in part["rows"]}),
        "parts": [{**part, "title": numbered[part["title"]]} for part in parts],
        "rosters": "、".join(report.rosters),
        "rosters_title": numbered.get("名单未报", ""),
        "notes_title": numbered["有关说明和要求"],
        **_left_out(report.late),
    }


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
    return {
        "title": "采集环节",
        "rows": _rows(lines, lambda line: line.department, lambda line: f"{line.table} {line.name}"),
    }


def _reviewing(told: Iterable[LateLine]) -> dict[str, Any]:
    lines = [line for line in told if line.held_by == "reviewer"]
    return {"title": "审核环节", "rows": _rows(lines, lambda line: line.reviewer or OFFICE, _reviewed)}


def _reviewed(line: LateLine) -> str:
    """A table that waits for a review, with who collected it where that is another department."""
    named = f"{line.table} {line.name}"
    return named if line.reviewer == line.department else f"{named}（{line.department}提交）"


def _by_days(lines: Iterable[LateLine], named: Callable[[LateLine], str]) -> str:
    """The tables with for how long each has been late, the longest first."""
    found: dict[int, list[str]] = {}
    for line in sorted(lines, key=lambda line: -line.working_days_late):
        found.setdefault(line.working_days_late, []).append(named(line))
    return "\n".join(f"逾期 {days} 个工作日：{'；'.join(names)}" for days, names in found.items())


def _rows(
    lines: Iterable[LateLine], of: Callable[[LateLine], str], named: Callable[[LateLine], str]
) -> list[dict[str, Any]]:
    """A row a department, in the order of the report."""
    found: dict[str, list[LateLine]] = {}
    for line in lines:
        found.setdefault(of(line), []).append(line)
    return [
        {
            "department": department,
            "number": len(own),
            "longest": max(line.working_days_late for line in own),
            "tables": _by_days(own, named),
        }
        for department, own in found.items()
    ]
