"""A whole campaign walked through before it happens: the real tick over a throw-away database.

What will be decided, addressed and written is decided, addressed and written by the code that does it
when the time has come; only the clock is moved, and the mail goes nowhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlmodel import Session, col, select

from actions.clock import wall
from actions.more_time_told import more_time_told
from actions.notices import move_marks
from actions.plan_in_force import plan_in_force, rules_in_force
from actions.replay import REACHES, play
from deadlines.calendar import WorkingCalendar
from deadlines.course import AN_INSTANT, foresee
from deadlines.facts import Facts
from deadlines.withdrawal import told_from
from flows.station import Station
from flows.tick import LOOKED_AFTER, tick
from mail.leasing import Claimed
from mail.verdicts import Answer, Verdict
from models import ClockSetting, Mail, Notice, Person, Post
from models.database import among
from models.definition import CHANGED as DEFINITION_CHANGED
from models.facts import facts_of, gather
from models.question import ANSWERED as QUESTION_ANSWERED
from models.question import ASKED as QUESTION_ASKED
from models.worklist import lines
from plans.course_file import Deed
from plans.ladder import ANNOUNCEMENT, CHAT

RANK = ("overdue", "reminder", "roster-reminder", QUESTION_ASKED, QUESTION_ANSWERED, DEFINITION_CHANGED)
GRID = timedelta(minutes=30)
"""How long what waits is left before the clock is looked at again; deeds within it are done at once."""
BATCH = 50
UNTOLD: dict[str, Any] = {"rule": "", "audience": "", "department": None, "tables": []}
"""What a mail says of no notice, as one that tries the way does."""
MOVES = (*REACHES, "withdraw")
"""Deeds that move a stage; any other is a decision that may itself be told."""
TAKEN = Answer(Verdict.ACCEPTED, "")


@dataclass
class Walk:
    """A walk from ``begin`` to ``end`` while the deeds are done; ``unfit``: those that could not be."""

    station: Station
    deeds: deque[Deed]
    begin: datetime
    end: datetime
    unfit: list[str] = field(default_factory=list)
    _facts: Facts | None = None

    def events(self) -> Iterator[dict[str, Any]]:
        """Every mail, in the order of telling."""
        reached = self.begin - AN_INSTANT
        self._mark(reached)
        while self.deeds and self.deeds[0].at <= self.end:
            first = self.deeds[0].at
            horizon = min(_half_hour(first), self.end)
            due = self._owed(reached, horizon)
            yield from self._look_at(reached, [at for at in due if at < first], first - AN_INSTANT)
            reached = max(reached, first - AN_INSTANT)
            if self._do(min([at - AN_INSTANT for at in due if at > first] or [horizon])):
                yield from self._look(first)
        yield from self._look_at(reached, self._owed(reached, self.end), self.end)

    def _owed(self, reached: datetime, until: datetime) -> list[datetime]:
        """When something is owed after ``reached`` up to and with ``until``, as things stand."""
        with self.station.database.reading() as session:
            schedule = plan_in_force(session).schedule
            self._facts = self._facts or gather(session, until)
            decided = more_time_told(session, rules_in_force(session).calendar, reached, until)
        foreseen = foresee(schedule, self._facts, reached + AN_INSTANT, until)
        return sorted({each.at for each in (*foreseen, *decided) if each.at > reached})

    def _look_at(
        self, reached: datetime, moments: list[datetime], until: datetime
    ) -> Iterator[dict[str, Any]]:
        """Look at the clock at these moments and, while mails wait, each half hour between."""
        for at in (*moments, None):
            while self._waits():
                later = _half_hour(reached)
                if later > until or (at is not None and later >= at):
                    break
                yield from self._look(later)
                reached = later
            if at is not None:
                yield from self._look(at)
                reached = at

    def _do(self, until: datetime) -> bool:
        """Do the next deed and those up to ``until``, or until a decision among them is told; whether there
        was any such decision."""
        first = self.deeds[0].at
        done = []
        while self.deeds and (self.deeds[0].at == first or self.deeds[0].at <= until):
            done.append(self.deeds.popleft())
            if done[-1].what not in MOVES:
                until = min(until, told_from(self._calendar, done[-1].at) - AN_INSTANT)
        keys = [self._keys.get((deed.table, deed.department)) for deed in done]
        with self.station.database.writing() as session:
            move_marks(session, LOOKED_AFTER, first - AN_INSTANT)
            for deed, key in zip(done, keys, strict=True):
                problem = play(session, deed, key)
                if problem:
                    self.unfit.append(f"{deed.told()}：{problem}")
        decided = not all(deed.what in MOVES for deed in done)
        self._facts = None if decided else self._moved({key for key in keys if key is not None})
        return decided

    def _moved(self, keys: set[int]) -> Facts | None:
        """The facts after these assignments have moved."""
        if self._facts is None:
            return None
        with self.station.database.reading() as session:
            anew = {line.id: line for line in lines(session, ids=keys)}
        known = self._facts.assignments
        moved = (
            facts_of(anew[each.id], each.holds, each.waits) if each.id in anew else each for each in known
        )
        return replace(self._facts, assignments=tuple(moved))

    @cached_property
    def _calendar(self) -> WorkingCalendar:
        with self.station.database.reading() as session:
            return rules_in_force(session).calendar

    @cached_property
    def _keys(self) -> dict[tuple[str, str], int]:
        """The assignments by table and department."""
        with self.station.database.reading() as session:
            return {(line.table.code, line.department): line.id for line in lines(session)}

    def _look(self, at: datetime) -> Iterator[dict[str, Any]]:
        """What the worker does at this moment, and what goes out then."""
        with self.station.database.writing() as session:
            session.merge(ClockSetting(id=1, wall=wall(), shown=at, rate=0))
            # A worker looks every few seconds: what is told together depends on when it last did.
            move_marks(session, LOOKED_AFTER, at - AN_INSTANT)
        tick(self.station)
        if said := self.station.post():
            with self.station.database.reading() as session:
                yield from _announced(session, said, at)
        while batch := self.station.outbox.claim(wall(), BATCH):
            self.station.outbox.settle([(claimed, TAKEN) for claimed in batch], wall())
            with self.station.database.reading() as session:
                yield from _events(session, batch, at)

    def _waits(self) -> bool:
        return self.station.outbox.waiting(wall())

    def _mark(self, reached: datetime) -> None:
        with self.station.database.writing() as session:
            move_marks(session, LOOKED_AFTER, reached)


def _half_hour(after: datetime) -> datetime:
    """The next half hour."""
    return (
        after
        + GRID
        - timedelta(minutes=after.minute % 30, seconds=after.second, microseconds=after.microsecond)
    )


def _events(session: Session, batch: Sequence[Claimed], at: datetime) -> Iterator[dict[str, Any]]:
    mails = session.exec(select(Mail).where(col(Mail.id).in_([each.id for each in batch]))).all()
    names = dict(session.exec(select(Person.id, Person.name)).all())
    zone = plan_in_force(session).schedule.zone
    for mail in sorted(mails, key=lambda mail: mail.id or 0):
        notices = session.exec(select(Notice).where(among(col(Notice.id), mail.tells))).all()
        yield {
            "at": at.astimezone(zone).isoformat(),
            **(told(notices) if notices else UNTOLD | {"kind": mail.kind}),
            "to": [mail.address],
            "person": names.get(mail.person_id, ""),
            "subject": mail.subject,
            "mail": mail.id,
        }


def _announced(session: Session, said: int, at: datetime) -> list[dict[str, Any]]:
    """What was just said to the chat groups, which is no mail and has no addressee."""
    zone = plan_in_force(session).schedule.zone
    newest = session.exec(select(Post).order_by(col(Post.id).desc()).limit(said)).all()
    return [
        {
            "at": at.astimezone(zone).isoformat(),
            "kind": ANNOUNCEMENT,
            "rule": post.rule,
            "audience": CHAT,
            "department": None,
            "tables": [],
            "to": [],
            "person": "",
            "subject": post.text.partition("\n")[0],
            "mail": None,
        }
        for post in newest
    ]


def told(notices: Iterable[Notice]) -> dict[str, Any]:
    """What a mail tells: kind and rule are those of the most pressing notice, tables those of all."""
    ordered = sorted(notices, key=lambda each: each.id or 0)
    leading = min(ordered, key=lambda each: RANK.index(each.kind) if each.kind in RANK else 0)
    codes = (each.subject.partition("@")[0] for each in ordered if each.assignment_id is not None)
    return {
        "kind": leading.kind,
        "rule": leading.rule,
        "audience": leading.audience,
        "department": leading.department,
        "tables": list(dict.fromkeys(codes)),
    }
