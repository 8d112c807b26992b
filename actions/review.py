"""What a reviewer decides: approve, or return with a reason; always on the version that was seen."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from actions.cell_remarks import Return, named, send_back, settle_all
from actions.explained import accept_unjudged, demand_as_read, demand_none_refused
from actions.reopening import CELLS
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
    *,
    explained: str = "",
    sent: Return | None = None,
) -> Line:
    """Approve or return the version that the reviewer saw.

    ``stage`` is the one that was seen and ``explained`` the stamp of the explanations that were read (empty:
    not told), so that nobody overturns a colleague's decision unasked.  ``sent``: what goes with a return.
    Approving accepts the explanations left unjudged and settles all remarks.  Conflict (409) with both
    numbers where another version is current, or for an approval with a refused explanation; Unusable (422)
    for a return without a reason; Refused (403) for a reviewer's own submission.
    """
    seen = line(session, assignment_id)
    demand_reviewer(who, seen.assignment, seen.table)
    if decision not in (APPROVE, RETURN):
        raise Unusable("审核结论只能是“通过”或“不通过”。", "请选择其中之一。")
    if seen.assignment.version_id is None or (decision == APPROVE and seen.assignment.stage != COLLECTED):
        raise stage_conflict(decision, seen.assignment.stage)
    version = demand_current(session, seen, version_id)
    if is_own(session, who, version):
        raise Refused("不能审核自己提交的数据。", "请本部门其他审核员审核，或请质量部指定代审人。")
    if stage and stage != seen.assignment.stage:
        raise Conflict(
            f"您打开页面后，这张表已变为“{SAYS[seen.assignment.stage]}”。",
            "请刷新页面，看过最新情况后再作决定。",
        )
    if decision == APPROVE:
        return _approve(session, who, seen, version, reason.strip(), explained, now)
    return _return(session, who, seen, version, reason.strip(), sent, now)


def _approve(
    session: Session, who: Who, seen: Line, version: Version, reason: str, explained: str, now: datetime
) -> Line:
    demand_as_read(session, version, explained)
    demand_none_refused(session, version)
    move(session, seen.assignment, Move("approve", REVIEWED, now, who.id, version.id, reason))
    accept_unjudged(session, who, version, now)
    settle_all(session, seen.id, now)
    _reopen(session, seen, "")
    return line(session, seen.id)


def _return(
    session: Session, who: Who, seen: Line, version: Version, reason: str, sent: Return | None, now: datetime
) -> Line:
    remarks = send_back(session, who, seen, version, sent, now) if sent else ()
    if not reason and not remarks:
        raise Unusable("退回时必须写明原因。", "请说明哪里不对、应怎样修改，采集员会在通知里看到。")
    cells = f"（{named(remarks)}）" if remarks else ""
    told = f"{reason or '请按指出的单元格修改'}{cells}"
    move(session, seen.assignment, Move("return", RETURNED, now, who.id, version.id, told))
    _reopen(session, seen, CELLS if sent and sent.only_cells else "")
    return line(session, seen.id)


def _reopen(session: Session, seen: Line, what: str) -> None:
    seen.assignment.reopened = what
    session.add(seen.assignment)
    session.flush()


def demand_current(session: Session, seen: Line, version_id: int) -> Version:
    """The version that was seen; Conflict with both numbers where another is current."""
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
