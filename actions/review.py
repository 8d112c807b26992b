"""What a reviewer decides: approve, or return with a reason; always on the version that was seen."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from actions.cell_remarks import Return, named, send_back, settle_all
from actions.deciding import demand_current, demand_not_own
from actions.explained import accept_unjudged, demand_none_refused, demand_read
from actions.reopening import CELLS
from actions.who import Who, demand_reviewer
from models import Version
from models.errors import Conflict, Sentence, Unusable
from models.explanation import explanations_of_version
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
    demand_not_own(session, who, version)
    if stage and stage != seen.assignment.stage:
        raise Conflict(
            Sentence("您打开页面后，这张表已变为“%(stage)s”。", stage=SAYS[seen.assignment.stage]),
            "请刷新页面，看过最新情况后再作决定。",
        )
    if decision == APPROVE:
        return _approve(session, who, seen, version, reason.strip(), explained, now)
    return _return(session, who, seen, version, reason.strip(), sent, now)


def _approve(
    session: Session, who: Who, seen: Line, version: Version, reason: str, explained: str, now: datetime
) -> Line:
    told = explanations_of_version(session, seen.id, version.id or 0)
    demand_read(told, explained)
    demand_none_refused(told)
    move(session, seen.assignment, Move("approve", REVIEWED, now, who.id, version.id, reason))
    accept_unjudged(session, who, told, now)
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
    told = reason + cells if reason else Sentence("请按指出的单元格修改%(cells)s", cells=cells)
    move(session, seen.assignment, Move("return", RETURNED, now, who.id, version.id, told))
    _reopen(session, seen, CELLS if sent and (sent.only_cells or sent.only_rows) else "")
    return line(session, seen.id)


def _reopen(session: Session, seen: Line, what: str) -> None:
    seen.assignment.reopened = what
    session.add(seen.assignment)
    session.flush()
