"""The late-submission report as text: what its page and its Word file print, number for number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from mail.forecast_words import end_text, level_text, pace_text, reason
from mail.visible import all_visible
from mail.wording import day_and_time
from models.late import HELD_BY, Change, DepartmentCount, Extended, LateLine, LateReport, Receipted, Settled
from models.prospect import AtRisk, Prospect
from models.stages import CHECKED, PENDING, SAYS

HOLDERS = {"collector": "采集", "reviewer": "审核", "system-check": "系统检测"}
AUDIENCES = {
    "office": "质量部",
    "head": "部门负责人",
    "leader": "分管院领导",
    "leaders": "院领导",
    "collector": "采集员",
    "reviewer": "审核员",
}
NOT_OWED = "不再要求"
ROSTER_CODE = "名单"
ROSTER_SAYS = {PENDING: "待报齐", CHECKED: "已报齐"}
PARTS = {
    "departments": "各部门情况",
    "change": "与上期相比",
    "prospect": "预计完成时间",
    "risks": "可能赶不上截止时间",
}
"""The parts of the Word file, in its order."""
LISTED = 2000
"""Late lines that the page and the letter list; the Excel file has all."""
NAMED = 8
"""Tables that a sentence names one by one; the sheets have all of them."""


def context(report: LateReport) -> dict[str, Any]:
    """Everything that the templates of the report may print."""
    change, ahead = report.change, _prospect(report.prospect)
    told = {
        "college": report.college,
        "campaign": report.campaign,
        "office": report.office,
        "phone": report.phone,
        "issue": issue(report),
        "at_text": moment_text(report.at),
        "date_text": f"{report.at.year}年{report.at.month}月{report.at.day}日",
        "due": report.due,
        "on_time": report.on_time,
        "late_count": len(report.late),
        "total": report.total,
        "rosters": "、".join(report.rosters),
        "roster_count": len(report.rosters),
        "departments": [_row(each) for each in report.departments],
        "lines": [_detail(line) for line in report.late[:LISTED]],
        "groups": _groups(report.late[:LISTED], Counter(line.department for line in report.late)),
        "unlisted": max(len(report.late) - LISTED, 0),
        "change": _change(change) if change else None,
        "prospect": ahead,
        "titles": _titles(report, ahead),
        **{_name(holder): len(report.held(holder)) for holder in HELD_BY},
    }
    return {name: all_visible(value) for name, value in told.items()}


def numbered(titles: Sequence[str]) -> dict[str, str]:
    """Headings as they are printed: 一、二、三 where there are several."""
    if len(titles) < 2:
        return {title: title for title in titles}
    return {title: f"{numeral}、{title}" for numeral, title in zip("一二三四五六", titles, strict=False)}


def issue(report: LateReport) -> str:
    """The report's line under the letterhead: its number, or that it was only asked for."""
    series = f"数据采集逾期〔{report.year}〕"
    return f"{series}第 {report.number} 期" if report.number else f"{series}即时统计"


def moment_text(at: datetime) -> str:
    return f"{at.year}年{day_and_time(at)}"


def due_text(due: datetime) -> str:
    return f"{due.month}月{due.day}日 {due:%H:%M}"


def held_text(line: LateLine) -> str:
    """In whose hands it is, and for whom the collector waits or has waited."""
    told = [f"等待{'、'.join(line.waiting_on)}补录"] if line.waiting_on else []
    told += [f"其中等{name}补录 {days} 个工作日" for name, days in line.waited.items()]
    return f"{HOLDERS[line.held_by]}（{'；'.join(told)}）" if told else HOLDERS[line.held_by]


def extended_text(extensions: Sequence[Extended]) -> str:
    """How often more time was granted, until when, why and by whom."""
    if not extensions:
        return ""
    told = "；".join(_extension(each) for each in extensions)
    return f"{len(extensions)} 次：{told}（{extensions[0].by}批准）"


def requests_text(line: LateLine) -> str:
    """How often more time was asked for in vain, and what still waits for an answer."""
    told = []
    if line.requests_waiting:
        told.append(f"{line.requests_waiting} 次待答复")
    if line.requests_refused:
        told.append(f"{line.requests_refused} 次未获同意")
    return f"申请延期 {'，'.join(told)}" if told else ""


def held_back_text(line: LateLine) -> str:
    """Until when the office holds it back from the leaders, and why."""
    if line.held_until is None:
        return ""
    return f"暂缓上报至{line.held_until.month}月{line.held_until.day}日，{line.held_reason}"


def receipts_text(receipts: Sequence[Receipted]) -> str:
    """Who of those above has seen it, until when it was promised, and whether that was kept."""
    return "；".join(_receipt(each) for each in receipts)


def code_text(line: LateLine | Settled) -> str:
    """What it is called among numbers of tables."""
    return ROSTER_CODE if line.roster else line.table


def standing_text(line: LateLine | Settled) -> str:
    """Where it stands; a roster is named or not."""
    says = ROSTER_SAYS if line.roster else SAYS
    return says.get(line.stage, NOT_OWED)


def _receipt(each: Receipted) -> str:
    who = AUDIENCES.get(each.audience, each.audience)
    if not each.seen:
        return f"{who}电话未接通" if each.phone else f"{who}未回执"
    did = "电话已接通" if each.phone else "已阅"
    seen = f"{who}{did}" if each.told == 1 else f"{who} {each.seen}/{each.told} 人{did}"
    promised = f"，承诺{each.by.month}月{each.by.day}日前完成" if each.by else ""
    note = f"：{each.note}" if each.note else ""
    return f"{seen}{promised}{'（未兑现）' if each.broken else ''}{note}"


def _extension(each: Extended) -> str:
    return f"至{each.until.month}月{each.until.day}日，{each.reason}{'，已收回' if each.revoked else ''}"


def _titles(report: LateReport, ahead: Mapping[str, Any]) -> dict[str, str]:
    """The headings of the parts that the report has."""
    change = report.change
    parts = {
        "departments": report.departments,
        "change": change and (change.new or change.settled),
        "prospect": ahead["open"],
        "risks": ahead["risks"],
    }
    printed = numbered([PARTS[part] for part, there in parts.items() if there])
    return {part: printed.get(title, "") for part, title in PARTS.items()}


def _row(each: DepartmentCount) -> dict[str, Any]:
    counted = {_name(holder): each.late.get(holder, 0) for holder in HELD_BY}
    return {
        "department": each.department,
        "due": each.due,
        "on_time": each.on_time,
        "late": each.late_in_all,
        **counted,
    }


def _groups(lines: Iterable[LateLine], numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """By department, each with how many lines it has in all."""
    parts = ((name, list(found)) for name, found in groupby(lines, lambda line: line.department))
    return [
        {"department": name, "count": numbers[name], "lines": [_detail(line) for line in found]}
        for name, found in parts
    ]


def _detail(line: LateLine) -> dict[str, Any]:
    spent = [f"{HOLDERS[holder]} {days}" for holder, days in line.days.items() if days]
    spent += [f"等{name} {days}" for name, days in line.waited.items()]
    return {
        "table": line.label,
        "source": line.source,
        "department": line.department,
        "reviewer": line.reviewer or "",
        "due": due_text(line.due),
        "stage": standing_text(line),
        "days": line.working_days_late,
        "held_by": held_text(line),
        "spent": "，".join(spent),
        "notes": "；".join(_notes(line)),
    }


def _notes(line: LateLine) -> list[str]:
    told = extended_text(line.extensions), requests_text(line), held_back_text(line)
    return [each for each in (*told, receipts_text(line.receipts)) if each]


def _change(change: Change) -> dict[str, Any]:
    return {
        "since": moment_text(change.since),
        "late_then": change.late_then,
        "new_count": len(change.new),
        "settled_count": len(change.settled),
        "new": _by_department(change.new),
        "settled": _by_department(change.settled),
    }


def _by_department(lines: Iterable[LateLine | Settled]) -> list[str]:
    parts = groupby(lines, lambda line: line.department)
    found = ((name, list(map(code_text, several))) for name, several in parts)
    return [f"{name} {len(codes)} 项（{_listed(codes)}）" for name, codes in found]


def _listed(codes: Sequence[str]) -> str:
    return "、".join(codes[:NAMED]) + (" 等" if len(codes) > NAMED else "")


def _prospect(prospect: Prospect) -> dict[str, Any]:
    """A row for each department that a day can be told of; the others are counted."""
    told = [each for each in prospect.groups if each[1].done and each[1].done.first]
    silent = {group.department for group, _ in prospect.groups} - {group.department for group, _ in told}
    return {
        "whole": end_text(prospect.whole.done),
        "open": prospect.whole.pace.open,
        "silent": len(silent),
        "rows": [
            {
                "department": group.department,
                "deadline": f"{group.deadline.month}月{group.deadline.day}日",
                "uncollected": outlook.pace.uncollected,
                "in_review": outlook.pace.in_review,
                "per_day": pace_text(outlook.per_day),
                "done": end_text(outlook.done),
            }
            for group, outlook in told
        ],
        "risks": _risks(prospect.at_risk),
    }


def _risks(at_risk: Sequence[AtRisk]) -> list[dict[str, Any]]:
    """By department and deadline: why, and which tables."""
    parts = groupby(
        at_risk, lambda each: (each.risk.level, each.department, each.deadline, reason(each.risk))
    )
    return [
        {
            "department": department,
            "reason": f"{level_text(level)}。{why}",
            "tables": _listed([each.table for each in found]),
        }
        for (level, department, _, why), found in parts
    ]


def _name(holder: str) -> str:
    return holder.replace("-", "_")
