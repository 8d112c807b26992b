"""Makes a data folder ready to serve: migrated, stamped, with the shipped plan where it is empty."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from actions import clock
from commands.console import say
from models.database import Database
from models.migrate import upgrade
from settings import Settings


def prepare(settings: Settings, rehearse: datetime | None, *, sample: bool) -> None:
    """Bring the database to its newest form; an empty one gets the plan of the files, a rehearsal's also
    the sample people, and with ``sample`` a course of events up to the moment asked for."""
    database = Database(settings.url)
    try:
        upgrade(database)
        if _is_new(database):
            _fill(settings, database, rehearse, sample=sample)
        else:
            _resume(database, rehearse)
    finally:
        database.close()


def _is_new(database: Database) -> bool:
    from actions.load_plan import loaded_campaign

    with database.reading() as session:
        return loaded_campaign(session) is None


def _fill(settings: Settings, database: Database, rehearse: datetime | None, *, sample: bool) -> None:
    from actions.load_plan import apply
    from plans.load import load_files

    plan = load_files(settings.tasks, settings.schedule)
    opening = plan.schedule.start
    with database.writing() as session:
        if rehearse is None:
            clock.stamp(session, clock.LIVE)
            apply(session, plan, None, clock.wall())
        else:
            shown = opening if sample else _local(rehearse, plan.schedule.zone)
            clock.start_rehearsal(session, shown)
            apply(session, plan, None, min(opening, shown))
    if rehearse is not None:
        _people(settings, database, min(opening, shown))
    if sample and rehearse is not None:
        from commands.sample import play

        say("正在演示示例过程……")
        play(settings, database, until=_local(rehearse, plan.schedule.zone))


def _people(settings: Settings, database: Database, at: datetime) -> None:
    from actions.people import known_names, load_people
    from actions.people_file import read_people
    from actions.plan_in_force import plan_in_force
    from actions.sample_people import sample_people

    with database.writing() as session:
        if settings.people:
            rows = read_people(settings.people, *known_names(session))
        else:
            rows = sample_people(plan_in_force(session))
        load_people(session, rows, at, sample=settings.people is None)


def _resume(database: Database, rehearse: datetime | None) -> None:
    with database.writing() as session:
        if rehearse is None:
            clock.stamp(session, clock.LIVE)
        else:
            clock.start_rehearsal(session, clock.wall())


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
