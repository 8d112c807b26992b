"""What committed transitions ask of the worker: claimed under a lease, finished once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select, update

from models import Assignment, CheckRun, Event, FollowUp
from models.worklist import lines

LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Task:
    """A claimed follow-up: which assignment moved from which stage to which."""

    id: int
    attempt: int
    assignment_id: int
    label: str
    from_stage: str
    to_stage: str

    @property
    def name(self) -> str:
        """The transition as people read it in lists of runs."""
        return f"{self.label}: {self.from_stage} → {self.to_stage}"


def claim(session: Session, wall: datetime, limit: int) -> list[Task]:
    """Take up to ``limit`` follow-ups that nobody holds, in the order of their transitions."""
    free = or_(col(FollowUp.leased_until).is_(None), col(FollowUp.leased_until) < wall)
    statement = (
        select(FollowUp, Event)
        .join(Event, col(FollowUp.event_id) == col(Event.id))
        .where(col(FollowUp.done_at).is_(None), free)
        .order_by(col(FollowUp.id))
        .limit(limit)
    )
    taken = [(follow, event) for follow, event in session.exec(statement) if _take(session, follow, wall)]
    wanted = {follow.assignment_id for follow, _ in taken}
    labels = {line.id: line.label for line in lines(session, ids=wanted, closed=True)} if wanted else {}
    return [
        Task(
            follow.id or 0,
            follow.attempts + 1,
            follow.assignment_id,
            labels[follow.assignment_id],
            event.from_stage,
            event.to_stage,
        )
        for follow, event in taken
    ]


def waiting(session: Session) -> bool:
    """Whether any follow-up is open at all: a glance that takes no lock."""
    return (
        session.exec(select(FollowUp.id).where(col(FollowUp.done_at).is_(None)).limit(1)).first() is not None
    )


def finish(session: Session, task: Task, outcome: str, wall: datetime) -> bool:
    """Close a follow-up; False where another attempt has taken it over."""
    changed = session.connection().execute(
        update(FollowUp)
        .where(
            col(FollowUp.id) == task.id,
            col(FollowUp.attempts) == task.attempt,
            col(FollowUp.done_at).is_(None),
        )
        .values(done_at=wall, leased_until=None, outcome=outcome)
    )
    return changed.rowcount == 1


def postpone(session: Session, task: Task, until: datetime) -> None:
    """Let nobody take the follow-up before ``until`` (wall time)."""
    session.connection().execute(
        update(FollowUp)
        .where(col(FollowUp.id) == task.id, col(FollowUp.attempts) == task.attempt)
        .values(leased_until=until)
    )


def note_tracked(session: Session, tasks: Sequence[Task], tracked: bool) -> None:
    """Remember whether Prefect recorded the run that followed these."""
    session.connection().execute(
        update(FollowUp).where(col(FollowUp.id).in_([task.id for task in tasks])).values(tracked=tracked)
    )


def check_held_until(session: Session, assignment_id: int, wall: datetime) -> datetime | None:
    """Until when another attempt holds the check of the assignment's version; None where nobody does."""
    return session.exec(
        select(CheckRun.leased_until)
        .join(Assignment, col(Assignment.version_id) == col(CheckRun.version_id))
        .where(Assignment.id == assignment_id, CheckRun.verdict == "", col(CheckRun.leased_until) > wall)
    ).first()


def _take(session: Session, follow: FollowUp, wall: datetime) -> bool:
    changed = session.connection().execute(
        update(FollowUp)
        .where(
            col(FollowUp.id) == follow.id,
            col(FollowUp.attempts) == follow.attempts,
            col(FollowUp.done_at).is_(None),
        )
        .values(leased_until=wall + LEASE, attempts=follow.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return changed.rowcount == 1
