"""The plan as the document that other programs read."""

from __future__ import annotations

from typing import Any

from plans.plan import Plan, PlanTable


def as_document(plan: Plan) -> dict[str, Any]:
    """Campaign, tables and the number of assignments after fan-out; dates and times in ISO 8601."""
    schedule = plan.schedule
    return {
        "campaign": {
            "name": schedule.name,
            "year": schedule.year,
            "timezone": schedule.timezone,
            "period": {
                "start": schedule.period.start.isoformat(),
                "end": schedule.period.end.isoformat(),
            },
        },
        "tables": [_table(plan, table) for table in plan.tables],
        "assignments": len(plan.obligations()),
    }


def _table(plan: Plan, table: PlanTable) -> dict[str, Any]:
    return {
        "no": table.no,
        "code": table.code,
        "name": table.name,
        "printed": table.printed,
        "directory": table.directory,
        "step": table.step,
        "collect": list(table.collect),
        "review": table.review,
        "due": plan.schedule.due_at(table.due).isoformat(),
        "due_stage": table.due_stage,
        "source": table.source,
        "evidence": table.evidence or plan.schedule.evidence,
        "preloaded": table.preloaded,
    }
