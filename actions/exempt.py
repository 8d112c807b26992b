"""Exemption (P1): what cannot apply to a department is taken out of every denominator, with its reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from actions.remarks import remark
from actions.who import Who, demand_office
from models import Assignment
from models.errors import Conflict, Sentence, Unusable
from models.system import counts_from
from models.worklist import Line, line


def exempt(session: Session, who: Who, assignment_id: int, reason: str, now: datetime) -> Line:
    """Ask nothing more of this department for this table; Unusable (422) without a reason."""
    return _settle(session, who, assignment_id, True, reason, now)


def unexempt(session: Session, who: Who, assignment_id: int, reason: str, now: datetime) -> Line:
    """Ask for it again, at the stage where it was; Unusable (422) without a reason."""
    return _settle(session, who, assignment_id, False, reason, now)


def _settle(session: Session, who: Who, assignment_id: int, wanted: bool, reason: str, now: datetime) -> Line:
    demand_office(who)
    reason = reason.strip()
    if not reason:
        verb = Sentence("免报") if wanted else Sentence("取消免报")
        raise Unusable(
            Sentence("%(verb)s必须写明原因。", verb=verb), "原因会记入经过和汇总清单，请简要说明。"
        )
    seen = line(session, assignment_id)
    changed = session.connection().execute(
        update(Assignment)
        .where(
            col(Assignment.id) == seen.id,
            col(Assignment.exempt).is_(not wanted),
            col(Assignment.closed).is_(False),
        )
        .values(
            exempt=wanted,
            exempt_reason=reason if wanted else "",
            owed_since=counts_from(session, now),
        )
    )
    if changed.rowcount != 1:
        raise Conflict("这张表的免报状态已经改变。", "请刷新页面，看清最新状态后再操作。")
    session.refresh(seen.assignment)
    remark(session, seen.assignment, "exempt" if wanted else "unexempt", who, now, reason)
    return line(session, assignment_id)
