"""The state machine of an assignment: one table of transitions, one setter, one error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from models.assignment import Assignment, Event, FollowUp
from models.errors import Conflict, Sentence
from models.system import counts_from
from plans.sentence import facts_of

PENDING = "pending"
COLLECTED = "collected"
REVIEWED = "reviewed"
CHECKED = "checked"
RETURNED = "returned"
FAILED = "failed"
STAGES = (PENDING, COLLECTED, REVIEWED, CHECKED, RETURNED, FAILED)
OPEN_TO_COLLECTOR = (PENDING, RETURNED, FAILED)
APPROVED = (REVIEWED, CHECKED)

TRANSITIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "submit": dict.fromkeys((PENDING, RETURNED, FAILED, COLLECTED), (COLLECTED,)),
    "withdraw": {COLLECTED: (PENDING, RETURNED, FAILED)},
    "approve": {COLLECTED: (REVIEWED,)},
    "restore": {RETURNED: (REVIEWED,)},
    "return": dict.fromkeys((COLLECTED, REVIEWED, CHECKED), (RETURNED,)),
    "pass": {REVIEWED: (CHECKED,)},
    "fail": {REVIEWED: (FAILED,), CHECKED: (FAILED,)},
}
BACK = ("withdraw", "restore")
"""Verbs that go back to what was: no stage is reached anew."""
REACHED_AT = {
    COLLECTED: "collected_at",
    RETURNED: "returned_at",
    REVIEWED: "reviewed_at",
    CHECKED: "checked_at",
    FAILED: "failed_at",
}
SAYS = {
    PENDING: Sentence("待采集"),
    COLLECTED: Sentence("待审核"),
    REVIEWED: Sentence("待系统检测"),
    CHECKED: Sentence("已通过"),
    RETURNED: Sentence("已退回"),
    FAILED: Sentence("检测未通过"),
}


@dataclass(frozen=True)
class Move:
    """A wish to move an assignment: ``version_id`` becomes (or stays) its current version."""

    verb: str
    to: str
    at: datetime
    actor_id: int | None = None
    version_id: int | None = None
    reason: str = ""


def allowed(verb: str, stage: str, to: str) -> bool:
    """Whether the table of transitions has this one."""
    return to in TRANSITIONS[verb].get(stage, ())


def move(session: Session, seen: Assignment, wish: Move) -> Event:
    """Move the assignment from the stage and version that were seen; write its event and follow-up.

    The UPDATE names both, so a decision races nobody: Conflict where either has changed meanwhile or
    the transition does not exist.
    """
    if not allowed(wish.verb, seen.stage, wish.to):
        raise stage_conflict(wish.verb, seen.stage)
    _update_one(session, seen, wish)
    event = Event(
        assignment_id=_key(seen),
        at=wish.at,
        actor_id=wish.actor_id,
        verb=wish.verb,
        from_stage=seen.stage,
        to_stage=wish.to,
        version_id=wish.version_id,
        reason=wish.reason,
        said=facts_of(reason=wish.reason),
    )
    session.add(event)
    session.flush()
    session.add(FollowUp(event_id=event.id or 0, assignment_id=_key(seen), created_at=wish.at))
    session.flush()
    session.refresh(seen)
    return event


def _update_one(session: Session, seen: Assignment, wish: Move) -> None:
    values: dict[str, object] = {"stage": wish.to, "version_id": wish.version_id}
    values["owed_since"] = counts_from(session, wish.at)
    if wish.to in REACHED_AT and wish.verb not in BACK:
        values[REACHED_AT[wish.to]] = wish.at
    if wish.to == COLLECTED and seen.first_collected_at is None:
        values["first_collected_at"] = wish.at
    if wish.verb == "withdraw" and wish.to == PENDING:
        values["first_collected_at"] = None
    statement = (
        update(Assignment)
        .where(
            col(Assignment.id) == seen.id,
            col(Assignment.stage) == seen.stage,
            col(Assignment.version_id).is_not_distinct_from(seen.version_id),
            col(Assignment.closed).is_(False),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    result = session.connection().execute(statement)
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise Conflict("这张表刚刚被别人改动了。", "请刷新页面，看清最新状态后再操作。")


def stage_before_collecting(session: Session, assignment: Assignment) -> tuple[str, int | None]:
    """The stage and version that withdrawing goes back to: those before the running submission."""
    event = session.exec(
        select(Event)
        .where(
            Event.assignment_id == assignment.id, Event.to_stage == COLLECTED, Event.from_stage != COLLECTED
        )
        .order_by(col(Event.id).desc())
    ).first()
    if event is None:
        return PENDING, None
    former = session.exec(
        select(Event.version_id)
        .where(Event.assignment_id == assignment.id, col(Event.id) < event.id)
        .order_by(col(Event.id).desc())
    ).first()
    return event.from_stage, former


def stage_conflict(verb: str, stage: str) -> Conflict:
    """The sentence for a verb that the stage doesn't allow."""
    sentence, remedy = _WHY.get(verb, ("当前状态不允许此操作。", "请刷新页面后再试。"))
    return Conflict(
        Sentence("%(sentence)s（当前状态：%(stage)s）", sentence=Sentence(sentence), stage=SAYS[stage]),
        remedy,
        stage=stage,
    )


_WHY = {
    "submit": ("审核通过的数据不能再提交。", "如需修改，请联系审核人先“不通过”退回。"),
    "withdraw": ("只有等待审核的提交可以撤回。", "如已审核通过，请联系审核人退回。"),
    "approve": ("只有等待审核的数据可以审核。", "数据可能已被撤回或已审核，请刷新页面。"),
    "return": ("现在没有可以退回的数据。", "数据可能已被撤回，请刷新页面。"),
    "pass": ("只有审核通过的数据才做系统检测。", "请先完成审核。"),
    "fail": ("只有审核通过的数据才做系统检测。", "请先完成审核。"),
}


def _key(assignment: Assignment) -> int:
    if assignment.id is None:
        raise ValueError("the assignment has not been stored")
    return assignment.id
