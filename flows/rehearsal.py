"""A rehearsal: the installation's campaign, or the plan files', walked through in a throw-away folder."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from actions import rehearsed_campaign
from actions.clock import now
from actions.plan_in_force import plan_in_force
from actions.sample_course import sample_deeds
from deadlines.course import DAYS_AFTER_LAST
from flows.foresight import Walk
from flows.station import Station
from flows.tracked import untracked
from models.database import Database
from models.facts import gather
from models.migrate import demand_newest
from models.throw_away import copy, create
from models.worklist import loaded_campaign
from plans.course_file import Deed
from plans.load import load_files
from settings import Settings

NOBODY, SAMPLE = "nobody", "sample"


@dataclass(frozen=True)
class Asked:
    """What to rehearse: from when to when (None: the whole campaign), and what people do meanwhile.

    ``course``: a recorded one; without it nobody does anything, or with ``sample`` what `--sample` plays.
    ``onward``: from the campaign's present state and time, instead of its issue.
    """

    begin: datetime | None = None
    end: datetime | None = None
    sample: bool = False
    course: tuple[Deed, ...] = ()
    onward: bool = False


@dataclass(frozen=True)
class Foreseen:
    """The mails in the order of telling, and the deeds that did not fit the campaign, each with why."""

    events: list[dict[str, Any]]
    unfit: list[str]


def rehearse(
    settings: Settings, folder: Path, asked: Asked, forms: Collection[str] | None = None
) -> Foreseen:
    """Walk through the campaign in ``folder``, where its mails and reports then lie; nothing else is written
    and nothing is sent."""
    database = Database(f"sqlite:///{(folder / 'caiji.db').absolute()}", durable=False)
    station = Station(settings.model_copy(update={"data": folder}), database, forms=forms)
    try:
        since = _prepare(settings, database, asked)
        walk = _walk(station, since, asked)
        with untracked():
            events = [each for each in walk.events() if asked.begin is None or _at(each) >= asked.begin]
        return Foreseen(events, walk.unfit)
    finally:
        database.close()


def zone_of(settings: Settings) -> ZoneInfo:
    """The zone of the campaign that would be rehearsed."""
    with _installed(settings) as source:
        plan = plan_in_force(source) if source else load_files(settings.tasks, settings.schedule)
    return plan.schedule.zone


def _at(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["at"])


def _prepare(settings: Settings, database: Database, asked: Asked) -> datetime | None:
    """Fill the throw-away database; the campaign's present time where it goes on from there."""
    with _installed(settings) as source:
        since = now(source) if source is not None else None
        if source is not None:
            copy(source, database)
    with database.writing() as session:
        if since is None:
            create(database)
            rehearsed_campaign.issue(session, load_files(settings.tasks, settings.schedule))
        rehearsed_campaign.stamp(session)
        rehearsed_campaign.add_people(session)
        if not asked.onward:
            rehearsed_campaign.start_over(session, since or now(session))
    return since if asked.onward else None


@contextmanager
def _installed(settings: Settings) -> Iterator[Session | None]:
    """A session that only reads this installation's campaign; None where none is loaded."""
    if not settings.database_url and not (settings.data / "caiji.db").exists():
        yield None
        return
    database = Database(settings.url)
    try:
        with database.reading() as session:
            demand_newest(session)
            yield session if loaded_campaign(session) is not None else None
    finally:
        database.close()


def _walk(station: Station, since: datetime | None, asked: Asked) -> Walk:
    with station.database.reading() as session:
        plan, facts = plan_in_force(session), gather(session, since or now(session))
    deeds = asked.course or (tuple(sample_deeds(plan, facts.assignments)) if asked.sample else ())
    begin = since or min([plan.schedule.start, facts.effective_from])
    last = max(plan.schedule.due_at(table.due) for table in plan.tables)
    return Walk(
        station=station,
        deeds=deque(deed for deed in deeds if deed.at >= begin),
        begin=begin,
        end=asked.end or last + DAYS_AFTER_LAST,
    )
