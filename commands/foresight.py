"""What a campaign would tell whom, if nobody did anything, or if the sample course were taken."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, select

from actions.clock import wall
from actions.load_plan import apply
from actions.notices import DIGEST, MAIL_KINDS
from actions.people import load_people
from actions.sample_people import sample_people
from commands.course import Course
from deadlines.course import AN_INSTANT, foresee, untouched
from deadlines.owed import Owed, owed
from mail.wording import digest_subject, escalation_subject, forewarning_subject
from models import Person
from models.addressees import Addressees
from models.database import Database
from plans.plan import Plan
from settings import Settings

RANK = ("overdue", "reminder", "roster-reminder")


@dataclass(frozen=True)
class Told:
    """One thing of a mail: what its subject is made of."""

    department: str
    due: datetime
    code: str | None


@dataclass
class Telling:
    """One mail to one person, with all that it tells."""

    at: datetime
    address: str
    owed: list[Owed] = field(default_factory=list)

    def event(self) -> dict[str, Any]:
        """The document's entry: kind and rule are those of the most pressing thing told."""
        leading = min(self.owed, key=lambda each: RANK.index(each.kind) if each.kind in RANK else 0)
        told = [Told(each.department or "", each.deadline, each.code) for each in self.owed]
        return {
            "at": self.at.isoformat(),
            "kind": leading.kind,
            "rule": leading.rule,
            "audience": leading.audience,
            "department": leading.department,
            "to": [self.address],
            "subject": _subject(leading.kind, told, self.at),
            "tables": list(dict.fromkeys(one.code for one in told if one.code)),
        }


def foresee_campaign(
    plan: Plan, begin: datetime, end: datetime, settings: Settings, *, sample: bool
) -> list[dict[str, Any]]:
    """Every mail from ``begin`` to ``end``, in the order of telling; sends and writes nothing.

    Nobody does anything, or with ``sample`` what `caiji serve --sample` would play.  Addresses are those of
    the loaded people; without any, of the sample people.
    """
    if sample:
        course = foresee_sample(plan, begin, end)
    else:
        course = foresee(plan.schedule, untouched(plan), begin, end)
    # People may be named after the campaign's dates, as when an old plan is rehearsed: all of them count.
    with _people(plan, settings) as session:
        return [telling.event() for telling in _tellings(course, Addressees(session, max(end, wall())))]


def foresee_sample(plan: Plan, begin: datetime, end: datetime) -> list[Owed]:
    """What is owed while the sample course is taken: looked at whenever the played one is."""
    course = Course(plan)
    stories = [course.story(facts) for facts in untouched(plan).assignments]
    deeds = {deed.at for story in stories for deed in story.deeds}
    reached, found = begin - AN_INSTANT, dict[tuple[object, ...], Owed]()
    for look in sorted({*course.looks(end), *(at for at in deeds if at < end), end}):
        if look > reached:
            for each in owed(plan.schedule, course.facts(stories, look), reached, look):
                found.setdefault((each.rule, each.subject, each.deadline, each.occurrence), each)
            reached = look
    return list(found.values())


def _tellings(course: Sequence[Owed], addressees: Addressees) -> Iterable[Telling]:
    found: dict[tuple[object, ...], Telling] = {}
    for each in course:
        kind = MAIL_KINDS[each.kind]
        slot = each.at.date() if kind == DIGEST else (each.at, each.rule)
        for person in addressees.of(each.audience, each.department, each.code):
            telling = found.setdefault((person.id, kind, slot), Telling(each.at, person.email))
            telling.owed.append(each)
    return found.values()


def _subject(kind: str, told: Sequence[Told], at: datetime) -> str:
    if kind == "report":
        return f"【迟报报告】{at:%Y-%m-%d}"
    if kind == "forewarning":
        return forewarning_subject(told)
    if kind == "escalation":
        return escalation_subject(told)
    return digest_subject(told, at)


@contextmanager
def _people(plan: Plan, settings: Settings) -> Iterator[Session]:
    """A session on the loaded people, or on a throw-away database with the sample ones."""
    if settings.database_url or (settings.data / "caiji.db").exists():
        with _reading(settings.url) as session:
            if session.exec(select(Person.id)).first() is not None:
                yield session
                return
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'rehearsal.db'}"
        _fill(url, plan)
        with _reading(url) as session:
            yield session


@contextmanager
def _reading(url: str) -> Iterator[Session]:
    database = Database(url)
    try:
        with database.reading() as session:
            yield session
    finally:
        database.close()


def _fill(url: str, plan: Plan) -> None:
    database = Database(url)
    SQLModel.metadata.create_all(database.writer)
    with database.writing() as session:
        apply(session, plan, None, plan.schedule.start)
        load_people(session, sample_people(plan), plan.schedule.start, sample=True)
    database.close()
