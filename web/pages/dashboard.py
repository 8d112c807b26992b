"""进度看板: how far the campaign is, for the office and the leaders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from actions.plan_in_force import rules_in_force
from actions.receipts import confirmed
from actions.verdicts import count_awaiting
from deadlines.effective import DeadlineRules
from mail.announcement import announcement, standing_at
from models.board import EXEMPT, Count, board, counts, narrowed, reached_by_day, tables_done
from models.draft import count_begun
from models.extension import waiting_extensions
from models.history import recent_events
from models.incidents import open_incidents
from models.question import count_waiting
from models.rosters import unnamed
from models.typical_case import count_handed
from models.void import count_where, is_void, reopened_tables, waits_for_addition
from web.chart import Chart, burn_up
from web.deps import Reading
from web.forecast import forecast_card
from web.numbers import Amount
from web.rendering import absolute, page
from web.rules import OVERSEER
from web.trouble import due_soon, late
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)
LISTED = 12
Flag = Literal["", "overdue", "started", "held", "void", "waiting"]


@router.get("/dashboard", dependencies=[OVERSEER], name="dashboard")
def dashboard(
    request: Request, visitor: CurrentVisitor, session: Reading, first: Amount = 0, only: Flag = ""
) -> Response:
    content = _content(session, visitor.now, max(first, 0), only)
    told = announced(request, session, visitor.now) if visitor.office else ""
    return page(request, "dashboard.html", announcement=told, **content)


def announced(request: Request, session: Session, now: datetime) -> str:
    """The announcement that the office copies into a chat group."""
    return announcement(standing_at(session, rules_in_force(session), now, absolute(request, "home")))


def _content(session: Session, now: datetime, first: int, only: str) -> dict[str, Any]:
    rules, reopened = rules_in_force(session), reopened_tables(session)
    whole = board(session, rules, now, first, reopened)
    found = counts(session, rules, now)
    done, tables = tables_done(session)
    by_day, days = reached_by_day(session, rules.schedule.zone), _deadline_days(rules, found)
    return {
        "board": narrowed(whole, only) if only else whole,
        "shown": len(whole.columns),
        "only": only,
        "void": count_where(session, is_void(reopened)) if reopened else 0,
        "waiting": count_where(session, waits_for_addition()),
        "stage_totals": _by_stage(found),
        "total": sum(count.number for count in found if count.stage != EXEMPT),
        "started": count_begun(session),
        "verdicts_due": count_awaiting(session),
        "extensions_asked": len(waiting_extensions(session)),
        "questions_asked": count_waiting(session),
        "cases_handed": count_handed(session),
        "overdue": sum(count.number for count in found if count.overdue),
        "tables_done": done,
        "tables": tables,
        "deadlines": _by_deadline(found),
        "chart": _chart(rules, by_day, found, now),
        "forecast": forecast_card(session, rules, now, by_day["collected"], days),
        "late": late(session, rules, now, LISTED),
        "soon": due_soon(session, rules, now, LISTED),
        "events": recent_events(session, LISTED),
        "receipts": confirmed(session, now, LISTED),
        "incidents": open_incidents(session, limit=LISTED),
        "unnamed": unnamed(session, now),
    }


def _by_stage(found: Sequence[Count]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for count in found:
        totals[count.stage] += count.number
    return totals


def _by_deadline(found: Sequence[Count]) -> list[tuple[datetime, Counter[str]]]:
    """Per deadline how many assignments stand where."""
    groups: dict[datetime, Counter[str]] = {}
    for count in found:
        groups.setdefault(count.due, Counter())[count.stage] += count.number
    return sorted(groups.items())


def _chart(
    rules: DeadlineRules, by_day: Mapping[str, Mapping[date, int]], found: Sequence[Count], now: datetime
) -> Chart:
    local = rules.calendar.local
    total = sum(count.number for count in found if count.stage != EXEMPT)
    start = rules.schedule.start.date()
    return burn_up(by_day, total, start, local(now).date(), _deadline_days(rules, found))


def _deadline_days(rules: DeadlineRules, found: Sequence[Count]) -> list[date]:
    return sorted({rules.calendar.local(count.due).date() for count in found})
