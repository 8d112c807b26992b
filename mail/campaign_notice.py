"""The notice that opens a campaign, with the decomposition as the plan in force has it.

Its table has the headings of a plan on paper: what `plan import` reads of it is the plan again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from mail.paper import filled
from mail.wording import day_and_time
from plans.plan import REVIEWED, Plan, PlanTable, Schedule

FILE_NAME = "campaign-notice.docx"
STEPS = {1: "第一步：源数据表", 2: "第二步：其他数据表"}


def as_notice(plan: Plan, address: str = "") -> bytes:
    """The notice as .docx; ``address``: where people sign in."""
    return filled("notice.docx", _context(plan, address))


def _context(plan: Plan, address: str) -> dict[str, Any]:
    schedule = plan.schedule
    return {
        "college": schedule.college,
        "campaign": schedule.name,
        "year": schedule.year,
        "office": schedule.contacts.office,
        "phone": schedule.contacts.phone,
        "platform": schedule.contacts.platform,
        "chat": _chat(schedule),
        "address": address,
        "roster_due": day_and_time(schedule.roster_due),
        "review_within": schedule.review_within,
        "mend_within": schedule.mend_within,
        "close_after": schedule.close_after,
        "deadlines": "；".join(_deadlines(plan)),
        "period": f"{_dated(schedule.period.start)}至{_dated(schedule.period.end)}",
        "calendar_year": schedule.calendar_year,
        "themes": "、".join(schedule.case_themes),
        "table_count": len(plan.tables),
        "groups": [
            {"name": name, "members": "、".join(members)}
            for name, members in schedule.groups.items()
            if any(name in table.collect for table in plan.tables)
        ],
        "preloaded": any(table.preloaded for table in plan.tables),
        "steps": list(_steps(plan)),
        **_definitions(schedule),
        "date_text": _dated(schedule.start.date()),
    }


def _definitions(schedule: Schedule) -> dict[str, Any]:
    """What counts as what."""
    return {
        "statuses": _meanings(schedule.enrolled_statuses, "在校生", schedule.other_statuses, "非在校生"),
        "destinations": _meanings(schedule.employed, "已就业", schedule.unemployed, "未就业"),
        "cohorts": [
            {
                "entry": each.entry,
                "three_year": each.three_year or "",
                "five_year": each.five_year or "",
            }
            for each in schedule.cohorts
        ],
        "cohort_tables": "、".join(schedule.cohort_tables),
        "new_student_tables": "、".join(schedule.new_student_tables),
    }


def _meanings(yes: Sequence[str], is_so: str, no: Sequence[str], is_not: str) -> list[dict[str, str]]:
    return [{"value": value, "meaning": is_so} for value in yes] + [
        {"value": value, "meaning": is_not} for value in no
    ]


def _chat(schedule: Schedule) -> str:
    contacts = schedule.contacts
    return f"{contacts.chat_kind}群 {contacts.chat_number}" if contacts.chat_number else ""


def _deadlines(plan: Plan) -> Iterator[str]:
    """Each deadline with how many tables it is of; source tables are few and named."""

    def key(table: PlanTable) -> tuple[date, bool, bool]:
        return table.due, not table.source, table.due_stage == REVIEWED

    for (due, _, reviewed), found in groupby(sorted(plan.tables, key=key), key):
        tables = list(found)
        what = "采集和审核" if reviewed else "采集"
        named = f"（{'、'.join(table.code for table in tables)}）" if tables[0].source else ""
        kind = "源数据表" if tables[0].source else "数据表"
        yield f"{_day(due, plan.schedule.year)}前完成 {len(tables)} 张{kind}{named}的{what}"


def _steps(plan: Plan) -> Iterator[dict[str, Any]]:
    """The tables by step, each directory under its heading."""
    for step, found in groupby(plan.tables, lambda table: table.step):
        title = STEPS.get(step, f"第{step}步")
        yield {"title": title, "rows": list(_rows(list(found), plan.schedule.year))}


def _rows(tables: Sequence[PlanTable], year: int) -> Iterator[dict[str, Any]]:
    for directory, found in groupby(tables, lambda table: table.directory):
        under = list(found)
        if directory and [directory] != [table.printed for table in under]:
            yield {"no": "", "name": directory, "collect": "", "review": "", "due": "", "preloaded": False}
        yield from (_row(table, year) for table in under)


def _row(table: PlanTable, year: int) -> dict[str, Any]:
    alone = table.directory == table.printed
    return {
        "no": table.no,
        "name": table.printed if alone else f"{table.code} {table.name}",
        "collect": "、".join(table.collect),
        "review": table.review or "",
        "due": _day(table.due, year),
        "preloaded": table.preloaded,
    }


def _day(day: date, year: int) -> str:
    """A day of the campaign's year without the year, as plans print it."""
    return f"{day.month}月{day.day}日" if day.year == year else _dated(day)


def _dated(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
