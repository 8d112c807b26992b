"""电话催办: whom the quality office calls, about what, and what was said last.

What is late and what is likely to be is the late report's (`actions.late`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlmodel import Session

from actions.late import late_report
from actions.plan_in_force import plan_in_force
from deadlines.facts import COLLECTOR, OWNER, REVIEWER, ROSTER, SYSTEM_CHECK, holder_of
from deadlines.risk import Risk, Undecided
from models import Person
from models.addressees import Addressees
from models.late import LateLine, LateReport
from models.prospect import AtRisk
from models.receipt import Called, Subject, Told, calls, receipts_by_subject
from models.worklist import lines

HEAD = "head"
BROKEN, OPEN, CALLED, PROMISED = "broken", "open", "called", "promised"
STATES = (BROKEN, OPEN, CALLED, PROMISED)
"""A promise was not kept; nobody has called; somebody has called today; all is promised for a day to come."""


@dataclass(frozen=True)
class Matter:
    """One thing that somebody is called about: an assignment, or the roster of a department.

    ``turn``: as what it is with him (a roster with the head); ``held_by`` his department, ``department`` the
    one that collects.  ``days_late``: 0 where ``risk`` says that it is likely to be late.  ``said``: what he
    answered last about it, and whether a promise of his is ``broken``.
    """

    subject: Subject
    turn: str
    held_by: str
    department: str
    due: datetime
    table: str = ""
    name: str = ""
    stage: str = ""
    days_late: int = 0
    risk: Risk | None = None
    said: Told | None = None
    broken: bool = False

    @property
    def id(self) -> int | None:
        """The assignment's; None for a roster."""
        return self.subject if isinstance(self.subject, int) else None


@dataclass(frozen=True)
class Callee:
    """Somebody to call (None where a department has nobody to call), for what, and who else could be asked.

    ``last``: what he said last, or the last call that did not reach him; ``today``: today's call.
    """

    person: Person | None
    department: str
    matters: tuple[Matter, ...]
    state: str
    others: tuple[Person, ...] = ()
    last: Told | None = None
    today: Called | None = None

    @property
    def days_late(self) -> int:
        return max(each.days_late for each in self.matters)

    @property
    def turns(self) -> list[str]:
        """As what he is called, each once."""
        return list(dict.fromkeys(each.turn for each in self.matters))


@dataclass(frozen=True)
class CallList:
    """Everybody to call, whom a broken promise calls for first; ``checking``: what is late with the system
    check and calls for nobody; ``undecided``: deadlines too far off to say who is likely to miss them."""

    callees: tuple[Callee, ...]
    today: tuple[Called, ...]
    late: int
    at_risk: int
    checking: int
    undecided: tuple[Undecided, ...]


def call_list(session: Session, now: datetime) -> CallList:
    """Whom to call now: by person, the worst first."""
    report = late_report(session, now, now=now)
    today = called_today(session, now)
    late = {line.id for line in report.late}
    ahead = [each for each in report.prospect.at_risk if each.id not in late]
    matters = [*_late(report), *_ahead(session, ahead)]
    callees = _callees(session, matters, today, now)
    checking = sum(line.held_by == SYSTEM_CHECK for line in report.late)
    undecided = report.prospect.undecided
    return CallList(callees, tuple(today), len(report.late), len(ahead), checking, undecided)


def called_today(session: Session, now: datetime) -> list[Called]:
    """Today's calls, the newest first."""
    zone = plan_in_force(session).schedule.zone
    return calls(session, datetime.combine(now.astimezone(zone).date(), time(), zone), now)


def _late(report: LateReport) -> Iterator[Matter]:
    """What is late, with whoever holds it: a roster is its head's, an owner's what waits for his addition."""
    for line in report.late:
        if line.held_by == SYSTEM_CHECK:
            continue
        turn = ROSTER if line.roster else OWNER if line.waiting_on else line.held_by
        for held_by in line.waiting_on or (_holding(turn, line.department, line.reviewer),):
            yield _late_matter(line, turn, held_by)


def _late_matter(line: LateLine, turn: str, held_by: str) -> Matter:
    return Matter(
        subject=line.department if line.roster else line.id or 0,
        turn=turn,
        held_by=held_by,
        department=line.department,
        due=line.due,
        table="" if line.roster else line.table,
        name="" if line.roster else line.name,
        stage="" if line.roster else line.stage,
        days_late=line.working_days_late,
    )


def _ahead(session: Session, at_risk: Sequence[AtRisk]) -> Iterator[Matter]:
    """What is likely to be late."""
    reviewers = {line.id: line.reviewer for line in lines(session, ids=[each.id for each in at_risk])}
    for each in at_risk:
        turn = holder_of(each.stage) or COLLECTOR
        yield Matter(
            subject=each.id,
            turn=turn,
            held_by=_holding(turn, each.department, reviewers.get(each.id)),
            department=each.department,
            due=each.deadline,
            table=each.table,
            name=each.name,
            stage=each.stage,
            risk=each.risk,
        )


def _holding(turn: str, department: str, reviewer: str | None) -> str:
    return (reviewer or department) if turn == REVIEWER else department


def _callees(
    session: Session, matters: Sequence[Matter], today: Sequence[Called], now: datetime
) -> tuple[Callee, ...]:
    addressees, told = Addressees(session, now), receipts_by_subject(session, now)
    latest = {each.receipt.person_id: each for each in reversed(today)}
    found: dict[tuple[int | None, str], list[Matter]] = defaultdict(list)
    people: dict[int | None, Person] = {}
    others: dict[int | None, dict[int | None, Person]] = defaultdict(dict)
    for matter in matters:
        called = _people(addressees, matter)
        first = called[0] if called else None
        key = (first.id, "") if first else (None, matter.held_by)
        found[key].append(_with_answer(matter, first, told, now))
        if first:
            people[first.id] = first
        others[key[0]] |= {each.id: each for each in called[1:]}
    callees = [
        _callee(people.get(key), own, tuple(others[key].values()), told, latest.get(key or 0), now)
        for (key, _), own in found.items()
    ]
    return tuple(sorted(callees, key=lambda each: (STATES.index(each.state), -each.days_late)))


def _people(addressees: Addressees, matter: Matter) -> list[Person]:
    """Whom to call about it, the head where nobody else is named; who has a telephone first."""
    role = {REVIEWER: REVIEWER, ROSTER: HEAD}.get(matter.turn, COLLECTOR)
    code = matter.table if matter.turn == REVIEWER else None
    found = addressees.of(role, matter.held_by, code) or addressees.of(HEAD, matter.held_by)
    return sorted(found, key=lambda person: not person.phone)


def _with_answer(
    matter: Matter, person: Person | None, told: Mapping[Subject, Sequence[Told]], now: datetime
) -> Matter:
    answers = [
        each
        for each in told.get(matter.subject, ())
        if person and each.person_id == person.id and each.seen_at is not None
    ]
    said = max(answers, key=_when, default=None)
    return replace(matter, said=said, broken=said is not None and said.broken(matter.turn, now))


def _when(told: Told) -> datetime:
    return told.seen_at or told.told_at


def _callee(
    person: Person | None,
    matters: Sequence[Matter],
    others: tuple[Person, ...],
    told: Mapping[Subject, Sequence[Told]],
    today: Called | None,
    now: datetime,
) -> Callee:
    known = [
        each
        for matter in matters
        for each in told.get(matter.subject, ())
        if person and each.person_id == person.id and (each.phone or each.seen_at)
    ]
    ordered = tuple(sorted(matters, key=lambda each: (not each.broken, -each.days_late)))
    return Callee(
        person=person,
        department=ordered[0].held_by,
        matters=ordered,
        state=_state(ordered, today, now),
        others=others,
        last=max(known, key=_when, default=None),
        today=today,
    )


def _state(matters: Sequence[Matter], today: Called | None, now: datetime) -> str:
    if any(each.broken for each in matters):
        return BROKEN
    if all(each.said and each.said.by and each.said.by >= now for each in matters):
        return PROMISED
    return CALLED if today else OPEN
