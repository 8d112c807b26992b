"""Until when a submission is taken."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from actions.plan_in_force import rules_in_force
from models.errors import Conflict, Sentence
from models.facts import facts_of
from models.worklist import Line
from plans.notation import month_and_day


def demand_open(session: Session, seen: Line, now: datetime) -> None:
    """Conflict where the assignment is exempt or its acceptance has closed."""
    if seen.assignment.exempt:
        raise Conflict("这张表对贵部门已免报。", "如需填报，请联系质量部取消免报。")
    closes = rules_in_force(session).closes_at(facts_of(seen))
    if now > closes:
        raise Conflict(
            Sentence(
                "这张表已于 %(closes)s %(at)s 停止接收。", closes=month_and_day(closes), at=f"{closes:%H:%M}"
            ),
            "如确需补报，请联系质量部；您的文件请先保留好。",
        )
