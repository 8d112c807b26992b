"""What a reviewer decides: approve, or return with a reason; always on the version that was seen."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from actions.who import Who, demand_reviewer
from models import Event, Version
from models.errors import Conflict, NotFound, Refused, Unusable
from models.stages import COLLECTED, RETURNED, REVIEWED, SAYS, Move, move, stage_conflict
from models.worklist import Line, line

APPROVE = "approve"
RETURN = "return"


def decide(
    session: Session,
    who: Who,
    assignment_id: int,
    version_id: int,
    decision: str,
    reason: str,
    now: datetime,
    stage: str = "",
) -> Line:
    """Approve or return the version that the reviewer saw.

    ``stage`` is the one that was seen (empty: not told), so that nobody overturns a colleague's decision
    unasked.  Conflict (409) with both numbers where another version is current; Unusable (422) for a
    return without a reason; Refused (403) for a reviewer's own submission.
    """
    seen = line(session, assignment_id)
    demand_reviewer(who, seen.assignment, seen.table)
    if decision not in (APPROVE, RETURN):
        raise Unusable("审核结论只能是“通过”或“不通过”。", "请选择其中之一。")
    if seen.assignment.version_id is None or (decision == APPROVE and seen.assignment.stage != COLLECTED):
        raise stage_conflict(decision, seen.assignment.stage)
    version = _demand_current(session, seen, version_id)
    if is_own(session, who, version):
        raise Refused("不能审核自己提交的数据。", "请本部门其他审核员审核，或请质量部指定代审人。")
    if stage and stage != seen.assignment.stage:
        raise Conflict(
            f"您打开页面后，这张表已变为“{SAYS[seen.assignment.stage]}”。",
            "请刷新页面，看过最新情况后再作决定。",
        )
    reason = reason.strip()
    if decision == RETURN and not reason:
        raise Unusable("退回时必须写明原因。", "请说明哪里不对、应怎样修改，采集员会在通知里看到。")
    to, verb = (REVIEWED, "approve") if decision == APPROVE else (RETURNED, "return")
    move(session, seen.assignment, Move(verb, to, now, who.id, version_id, reason))
    return line(session, assignment_id)


def _demand_current(session: Session, seen: Line, version_id: int) -> Version:
    asked = session.get(Version, version_id)
    if asked is None or asked.assignment_id != seen.id:
        raise NotFound("没有这个版本。", "请刷新页面后再审核。")
    current = seen.version
    if current is None or current.id != version_id:
        raise Conflict(
            f"您看到的是第 {asked.number} 版，现在待审的是第 {current.number if current else '—'} 版。",
            "请刷新页面查看新版本与旧版的差别后再作决定；您写的意见已保留。",
            seen=asked.number,
            current=current.number if current else None,
        )
    return current


def is_own(session: Session, who: Who, version: Version) -> bool:
    """Whether this person made the version or handed it in: either way he doesn't decide on it."""
    submitted = session.exec(
        select(Event.actor_id).where(Event.version_id == version.id, Event.verb == "submit")
    )
    return who.id in {version.made_by, *submitted}
