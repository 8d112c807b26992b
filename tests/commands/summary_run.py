"""One run of the sample campaign in a process of its own: played quickly, its summary written three times."""

from __future__ import annotations

import gc
import sys
from datetime import datetime
from pathlib import Path

from actions import clock
from actions.exempt import exempt
from actions.load_plan import apply
from actions.people import load_people
from actions.plan_in_force import plan_in_force
from actions.sample_course import Course, Deed, Story
from actions.sample_people import sample_people
from actions.summary import export
from checks.rows import from_parquet
from commands.sample_books import Book, Order, load_last_year, orders
from commands.sample_cast import Cast
from flows.station import Station
from flows.sweep import Sweeper
from flows.track import follow
from models.database import Database
from models.facts import facts_of
from models.migrate import upgrade
from models.worklist import Line, lines
from plans.load import load_files
from plans.plan import Plan
from settings import ROOT, Settings
from tests.actions.people import office, task
from workbooks.reading import ReadResult

AFTER_THE_DEADLINE = "2020-11-19T09:00:00+08:00"
EXEMPT = ("8.6", "示例六系（学前教育）", "该系没有专职教研人员编制")


def main(folder: Path) -> None:
    """Leave `first` and `again` from the morning after the deadline, and `end` when all is done."""
    settings = Settings(data=folder / "data")
    settings.data.mkdir(parents=True)
    database = Database(settings.url)
    upgrade(database)
    station = Station(settings, database)
    found = _begin(station)
    after = datetime.fromisoformat(AFTER_THE_DEADLINE)
    done = [
        (story, deed)
        for one in found
        for story in [Course(_plan(station)).story(facts_of(one))]
        for deed in story.deeds
        if (one.table.code, one.department) != EXEMPT[:2]
    ]
    done.sort(key=lambda each: each[1].at)
    made = orders(_plan(station), found, done)
    cast = Cast(station, {(order.line.id, order.kind): _book(order) for order in made})
    _play(station, cast, [each for each in done if each[1].at <= after])
    for name in ("first", "again"):
        _write(station, folder / name)
    _play(station, cast, [each for each in done if each[1].at > after])
    _write(station, folder / "end")
    database.close()


def _begin(station: Station) -> list[Line]:
    plan = load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")
    with station.database.writing() as session:
        clock.start_rehearsal(session, plan.schedule.start)
        clock.run_at(session, 0)
        apply(session, plan, None, plan.schedule.start)
        load_people(session, sample_people(plan), plan.schedule.start, sample=True)
        found = list(lines(session))
        load_last_year(session, station.blobs, plan, found)
        *spared, reason = EXEMPT
        at = plan.schedule.start
        exempt(session, office(session, at), task(session, *spared).id, reason, at)
    return found


def _plan(station: Station) -> Plan:
    with station.database.reading() as session:
        return plan_in_force(session)


def _book(order: Order) -> Book:
    """The rows as they would have been read; what no summary looks at is left out."""
    rows = from_parquet(order.rows).frame.height
    result = ReadResult(rows, order.rows, [], stamp=None, unreadable=False)
    return Book(order.rows, f"{order.line.table.code}.xlsx", result)


def _play(station: Station, cast: Cast, done: list[tuple[Story, Deed]]) -> None:
    for story, deed in done:
        with station.database.writing() as session:
            clock.jump(session, deed.at)
            cast.do(session, story.of.id, deed, deed.at)
        while follow(station):
            pass
    while Sweeper(station).look():
        pass


def _write(station: Station, folder: Path) -> None:
    with station.database.reading() as session:
        export(session, station.blobs, folder)


if __name__ == "__main__":
    # What is imported by now stays: looking through it for garbage was an eighth of the run.
    gc.collect()
    gc.freeze()
    main(Path(sys.argv[1]))
