"""An assignment as a task of somebody's: what is to be done, by when, how late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from actions.plan_in_force import rules_in_force
from actions.staleness import stale_checks
from actions.who import Who, may_collect, may_review
from deadlines.effective import DeadlineRules
from models.addition import waiting_on
from models.draft import begun
from models.facts import facts_of
from models.stages import CHECKED, COLLECTED, OPEN_TO_COLLECTOR, PENDING
from models.worklist import Line, lines

OPEN = ("overdue", "today", "soon", "later")
URGENCY = (*OPEN, "handed", "done")
DECIDED, HANDED_IN = ("approved", "returned"), ("submitted", "nil", "attested")
"""What a page says has been done, after which a reviewer or a collector goes on to his next one."""


@dataclass(frozen=True)
class Task:
    """``due``: the deadline of whoever holds it now; ``effective``: the table's, extension included;
    ``started``: somebody has begun what is still pending (P6); ``stale``: its check no longer holds;
    ``waiting_on``: who owes it an addition to a source table."""

    line: Line
    urgency: str
    due: datetime | None
    effective: datetime
    late_days: int
    held_by: str | None
    zone: ZoneInfo
    started: bool = False
    stale: bool = False
    waiting_on: tuple[str, ...] = ()

    @property
    def id(self) -> int:
        return self.line.id

    @property
    def stage(self) -> str:
        """The stage as shown: an exempt assignment has none of its own."""
        return "exempt" if self.line.assignment.exempt else self.line.assignment.stage


def task_of(
    line: Line,
    rules: DeadlineRules,
    now: datetime,
    *,
    started: bool = False,
    stale: bool = False,
    waiting_on: Sequence[str] = (),
) -> Task:
    """The task that this assignment is at ``now``."""
    facts = facts_of(line)
    due = rules.due_now(facts)
    return Task(
        line=line,
        urgency=_urgency(line, rules, due, now),
        due=due,
        effective=facts.effective,
        late_days=rules.late_by(facts, now) if rules.overdue(facts, now) else 0,
        held_by=rules.held_by(facts, now),
        zone=rules.schedule.zone,
        started=started,
        stale=stale,
        waiting_on=tuple(waiting_on),
    )


def tasks_of(session: Session, found: Iterable[Line], now: datetime) -> list[Task]:
    """The same for many."""
    rules, found = rules_in_force(session), list(found)
    started = begun(session, [line.id for line in found if line.assignment.stage == PENDING])
    waits = waiting_on(session)
    checked = [line.id for line in found if line.assignment.stage == CHECKED]
    void = stale_checks(session, checked) if checked else {}
    return [
        task_of(
            line,
            rules,
            now,
            started=line.id in started,
            stale=line.id in void,
            waiting_on=waits.get(line.id, ()),
        )
        for line in found
    ]


def to_collect(session: Session, who: Who, now: datetime) -> dict[str, list[Task]]:
    """What this person's departments owe, by urgency; empty groups are left out."""
    own = lines(session, department_ids=who.departments("collector")) if who.has("collector") else []
    return _grouped(
        [_handed(task) for task in tasks_of(session, own, now) if may_collect(who, task.line.assignment)]
    )


def to_review(session: Session, who: Who, now: datetime) -> list[Task]:
    """What waits for this person's decision, the most urgent first."""
    waiting: list[Line] = []
    for department in sorted(who.departments("reviewer")):
        waiting += lines(session, stage=COLLECTED, reviewer_id=department)
    mine = [
        seen
        for seen in waiting
        if may_review(who, seen.assignment, seen.table) and not seen.assignment.exempt
    ]
    return sorted(tasks_of(session, mine, now), key=lambda task: task.due or task.effective)


def following(session: Session, who: Who, now: datetime, done: str) -> list[Task]:
    """What this person may go on with after what has just been done, the most urgent first."""
    if done in DECIDED:
        return to_review(session, who, now)
    if done not in HANDED_IN:
        return []
    groups = to_collect(session, who, now)
    return [task for key in OPEN for task in groups.get(key, ())]


def _grouped(tasks: Sequence[Task]) -> dict[str, list[Task]]:
    groups: dict[str, list[Task]] = {
        key: sorted((task for task in tasks if task.urgency == key), key=lambda task: task.effective)
        for key in URGENCY
    }
    return {key: found for key, found in groups.items() if found}


def _handed(task: Task) -> Task:
    """A collector's own view: what waits for others is handed in, however late they are."""
    stage = task.line.assignment.stage
    if task.urgency == "done" or stage in OPEN_TO_COLLECTOR:
        return task
    return replace(task, urgency="handed", late_days=0)


def _urgency(line: Line, rules: DeadlineRules, due: datetime | None, now: datetime) -> str:
    if line.assignment.exempt or line.assignment.stage == CHECKED:
        return "done"
    if due is None:
        return "handed"
    if now > due:
        return "overdue"
    if rules.calendar.local(due).date() == rules.calendar.local(now).date():
        return "today"
    return "soon" if rules.due_soon(facts_of(line), now) else "later"
