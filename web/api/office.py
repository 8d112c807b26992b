"""`/api/v1/progress`, `/summary`, `/notices`: what the office and the leaders look at."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel import col, select

from actions import incidents
from actions.plan_in_force import rules_in_force
from actions.summary import summary
from models import Mail
from models.board import EXEMPT, department_counts, tables_done
from models.stages import STAGES
from web.deps import Me, Reading, Writing
from web.numbers import Amount, Key
from web.pages.dashboard import announced
from web.rules import OFFICE, OVERSEER
from web.visitor import CurrentVisitor

router = APIRouter(prefix="/api/v1", tags=["office"])


@router.get("/progress", dependencies=[OVERSEER])
def progress(visitor: CurrentVisitor, session: Reading) -> dict[str, Any]:
    """How far the campaign is, in all and by collecting department; the exempt are in no number."""
    found = department_counts(session, rules_in_force(session), visitor.now)
    owed = [row for row in found if row[1] != EXEMPT]
    done, tables = tables_done(session)
    return {
        "at": visitor.now.astimezone(visitor.zone).isoformat(),
        "assignments": sum(number for *_, number in owed),
        "tables": tables,
        "tables_done": done,
        "stages": _stages(owed),
        "overdue": sum(number for _, _, late, number in owed if late),
        "by_department": [
            {
                "department": name,
                "assignments": sum(row[3] for row in owed if row[0] == name),
                "stages": _stages([row for row in owed if row[0] == name]),
                "overdue": sum(row[3] for row in owed if row[0] == name and row[2]),
            }
            for name in dict.fromkeys(row[0] for row in owed)
        ],
    }


@router.get("/announcement", dependencies=[OFFICE])
def announcement_now(request: Request, visitor: CurrentVisitor, session: Reading) -> dict[str, str]:
    """The announcement for a chat group, as the board offers it to be copied."""
    at = visitor.now.astimezone(visitor.zone).isoformat()
    return {"at": at, "text": announced(request, session, visitor.now)}


@router.get("/summary", dependencies=[OVERSEER])
def summary_now(session: Reading) -> dict[str, Any]:
    """What is in the summary, and what is left out with its reason."""
    found = summary(session)
    return {
        "campaign": found.campaign,
        "complete": found.complete,
        "tables": [
            {
                "table": table.code,
                "name": table.name,
                "rows": table.rows,
                "complete": table.complete,
                "parts": [vars(part) for part in table.parts],
            }
            for table in found.tables
            if table.parts
        ],
        "excluded": [
            {"table": each.code, "name": each.name, "department": each.department}
            | {"stage": each.stage, "reason": each.reason}
            for each in found.excluded
        ],
    }


@router.get("/notices", dependencies=[OFFICE])
def notices(session: Reading, limit: Amount = 200) -> dict[str, Any]:
    """The newest mails of the outbox with their states."""
    mails = session.exec(select(Mail).order_by(col(Mail.id).desc()).limit(min(max(limit, 1), 1000))).all()
    items = [
        {
            "id": mail.id,
            "kind": mail.kind,
            "slot": mail.slot,
            "to": mail.address,
            "subject": mail.subject,
            "state": mail.state,
            "attempts": mail.attempts,
            "answer": mail.answer,
            "created_at": mail.created_at.isoformat(),
            "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
        }
        for mail in mails
    ]
    return {"items": items, "total": len(items)}


@router.post("/incidents/{incident_id}/resolve", dependencies=[OFFICE])
def resolve(visitor: CurrentVisitor, me: Me, session: Writing, incident_id: Key) -> dict[str, Any]:
    """Say that an incident has been dealt with."""
    found = incidents.resolve(session, me, incident_id, visitor.wall)
    resolved_at = found.resolved_at.isoformat() if found.resolved_at else None
    return {"id": found.id, "kind": found.kind, "message": found.message, "resolved_at": resolved_at}


def _stages(rows: list[tuple[str, str, bool, int]]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for _name, stage, _late, number in rows:
        totals[stage] += number
    return {stage: totals[stage] for stage in STAGES}
