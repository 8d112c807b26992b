"""The lines of a late report: what was late at a moment, tables and rosters (S1) alike, in whose hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from actions.record import Known, Record
from deadlines.effective import DeadlineRules
from deadlines.facts import COLLECTOR, OWNER, ROSTER, RosterFacts
from models.extension import Extension
from models.late import HELD_BY, ROSTER_NAME, Extended, LateLine, Receipted
from models.receipt import Told, receipts_by_subject
from models.stages import PENDING
from plans.plan import Schedule


@dataclass(frozen=True)
class Seen:
    """What was owed at a moment, by the rules of then; ``order`` is a department's place in the plan."""

    at: datetime
    rules: DeadlineRules
    assignments: list[Known]
    rosters: Sequence[RosterFacts]
    order: Callable[[str], int]
    record: Record

    @property
    def due(self) -> list[tuple[str, bool]]:
        """What had fallen due: of which department, and whether it came in time."""
        rules = self.rules
        facts = [each.facts for each in self.assignments]
        found = [each for each in facts if each.effective <= self.at or rules.held_by(each, self.at)]
        return [(each.department, rules.was_in_time(each)) for each in found] + self.rosters_due

    @property
    def rosters_due(self) -> list[tuple[str, bool]]:
        """The same of the rosters alone."""
        rules = self.rules
        named = self.rosters if rules.schedule.roster_due <= self.at else ()
        return [(each.department, rules.roster_in_time(each)) for each in named]


def seen_at(record: Record, at: datetime) -> Seen:
    """What the record tells of the moment."""
    order = _order(record.plan(at).schedule)
    return Seen(at, record.rules(at), record.assignments(at), record.rosters(at), order, record)


def late_lines(seen: Seen) -> tuple[LateLine, ...]:
    """The late ones by department, its roster and its source tables first; nothing of who was told."""
    return _sorted(seen, [*_tables(seen), *_rosters(seen)])


def told_lines(session: Session, seen: Seen) -> tuple[LateLine, ...]:
    """The same with what was answered by those who were told of them."""
    told = receipts_by_subject(session, seen.at)

    def answered(line: LateLine) -> LateLine:
        own = {ROSTER} if line.roster else {line.held_by, OWNER} if line.waiting_on else {line.held_by}
        subject = line.department if line.id is None else line.id
        return replace(line, receipts=tuple(_receipted(seen, told.get(subject, ()), own)))

    return tuple(map(answered, late_lines(seen)))


def _sorted(seen: Seen, lines: Sequence[LateLine]) -> tuple[LateLine, ...]:
    def place(line: LateLine) -> tuple[int, bool, bool]:
        return seen.order(line.department), not line.roster, not line.source

    return tuple(sorted(lines, key=place))


def _tables(seen: Seen) -> Iterator[LateLine]:
    late = [each for each in seen.assignments if seen.rules.held_by(each.facts, seen.at)]
    moves = seen.record.moves([each.facts.id for each in late], seen.at)
    for each in late:
        yield _late_line(seen.rules, each, moves[each.facts.id], seen.at)


def _rosters(seen: Seen) -> Iterator[LateLine]:
    for roster in seen.rosters:
        if seen.rules.roster_overdue(roster, seen.at):
            yield _late_roster(seen.rules, roster, seen.at)


def _late_roster(rules: DeadlineRules, roster: RosterFacts, at: datetime) -> LateLine:
    days = rules.roster_late_by(roster, at)
    return LateLine(
        table=ROSTER,
        name=ROSTER_NAME,
        department=roster.department,
        reviewer=None,
        due=rules.calendar.local(rules.schedule.roster_due),
        stage=PENDING,
        working_days_late=days,
        held_by=COLLECTOR,
        days={**dict.fromkeys(HELD_BY, 0), COLLECTOR: days},
    )


def _late_line(
    rules: DeadlineRules, known: Known, moves: Sequence[tuple[datetime, str]], at: datetime
) -> LateLine:
    facts, local = known.facts, rules.calendar.local
    due = local(rules.due_now(facts) or facts.effective)
    held_by = rules.held_by(facts, at) or ""
    waiting = [each.department for each in known.waits if each.at(at)] if held_by == COLLECTOR else []
    return LateLine(
        table=facts.code,
        name=known.table.name,
        department=facts.department,
        reviewer=facts.reviewer,
        due=due,
        stage=facts.stage,
        working_days_late=rules.calendar.workdays_between(due.date(), local(at).date()),
        held_by=held_by,
        days=rules.lateness(facts.effective, moves, at, known.waits),
        waiting_on=tuple(dict.fromkeys(waiting)),
        waited=rules.waited(facts.effective, moves, at, known.waits),
        source=known.table.source,
        extensions=tuple(_extended(rules, each, at) for each in known.extensions),
        requests_waiting=known.waiting,
        requests_refused=known.refused,
        held_until=local(known.hold.until) if known.hold else None,
        held_reason=known.hold.reason if known.hold else "",
        id=facts.id,
    )


def _receipted(seen: Seen, told: Sequence[Told], turns: set[str]) -> Iterator[Receipted]:
    """By audience, what was answered to mails and what on the phone: the newest of everybody who was told; of
    who has not answered, that."""
    newest: dict[tuple[str, bool], dict[int, Told]] = {}
    for each in sorted(told, key=lambda each: each.seen_at is None):
        newest.setdefault((each.audience, each.phone), {}).setdefault(each.person_id, each)
    for (audience, phone), people in newest.items():
        promised = max((each for each in people.values() if each.by), key=_promised, default=None)
        yield Receipted(
            audience=audience,
            told=len(people),
            seen=sum(each.seen_at is not None for each in people.values()),
            by=seen.rules.calendar.local(_promised(promised)) if promised else None,
            broken=any(each.broken(turn, seen.at) for each in people.values() for turn in turns),
            phone=phone,
            note=promised.note if phone and promised else "",
        )


def _promised(told: Told) -> datetime:
    return told.by or told.told_at


def _extended(rules: DeadlineRules, extension: Extension, at: datetime) -> Extended:
    return Extended(
        until=rules.calendar.local(extension.until),
        reason=extension.reason,
        by=rules.schedule.contacts.office,
        revoked=not extension.stood_at(at),
    )


def _order(schedule: Schedule) -> Callable[[str], int]:
    places = {department.name: place for place, department in enumerate(schedule.departments)}
    return lambda name: places.get(name, len(places))
