"""Events that leave the stage where it is: something was decided about an assignment, nothing moved."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from actions.who import Who
from models import Assignment, Event, FollowUp
from plans.sentence import facts_of


def remark(
    session: Session,
    assignment: Assignment,
    verb: str,
    who: Who | None,
    now: datetime,
    reason: str = "",
    *,
    follow: bool = False,
) -> None:
    """Write the event, the system's where it is nobody's; ``follow`` lets the worker do again what follows
    reaching the stage."""
    event = Event(
        assignment_id=assignment.id or 0,
        at=now,
        actor_id=who.id if who else None,
        verb=verb,
        from_stage=assignment.stage,
        to_stage=assignment.stage,
        version_id=assignment.version_id,
        reason=reason,
        said=facts_of(reason=reason),
    )
    session.add(event)
    session.flush()
    if follow:
        session.add(FollowUp(event_id=event.id or 0, assignment_id=event.assignment_id, created_at=now))
        session.flush()
