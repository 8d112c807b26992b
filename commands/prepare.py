"""Makes a data folder ready to serve: migrated, stamped, with the shipped plan where it is empty."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from actions import clock
from commands.console import say
from commands.moments import moment
from commands.store import migrated
from models import Mark
from models.database import Database
from models.errors import Conflict, Unusable
from plans.plan import Plan
from settings import Settings

SAMPLE = "sample"
"""The mark of a sample course that was played to its end."""
PART = ".sample"
DATABASE = "caiji.db"


def prepare(settings: Settings, rehearse: str | None, *, sample: bool) -> None:
    """Bring the database to its newest form; an empty one gets the plan of the files, a rehearsal's also
    the sample people, and with ``sample`` a course of events up to the moment asked for.

    ``rehearse`` is that moment as it was written; a rehearsal that has begun goes on where it stood.
    """
    with migrated(settings) as database:
        begun = _begun(database)
        if begun:
            _resume(database, rehearse, sample=sample)
        elif not sample:
            plan = _plan(settings)
            _fill(settings, database, plan, moment(rehearse, plan.schedule.zone) if rehearse else None)
    if sample and rehearse and not begun:
        _play_aside(settings, rehearse)


def _begun(database: Database) -> bool:
    from models.worklist import loaded_campaign

    with database.reading() as session:
        return loaded_campaign(session) is not None


def _plan(settings: Settings) -> Plan:
    from plans.load import load_files

    return load_files(settings.tasks, settings.schedule)


def _fill(settings: Settings, database: Database, plan: Plan, shown: datetime | None) -> None:
    """Load the plan; ``shown`` is where a rehearsal's clock begins, None in a live installation."""
    from actions.load_plan import apply

    with database.writing() as session:
        if shown is None:
            clock.stamp(session, clock.LIVE)
            apply(session, plan, None, clock.wall())
        else:
            issued = min(plan.schedule.start, shown)
            clock.start_rehearsal(session, shown)
            apply(session, plan, None, issued)
            _load_people(session, settings, plan, issued)


def _load_people(session: Session, settings: Settings, plan: Plan, at: datetime) -> None:
    from actions.people import known_names, load_people
    from actions.people_file import read_people
    from actions.sample_people import sample_people

    session.flush()
    rows = read_people(settings.people, *known_names(session)) if settings.people else sample_people(plan)
    load_people(session, rows, at, sample=settings.people is None)


def _play_aside(settings: Settings, rehearse: str) -> None:
    """Play the sample in a folder of its own that takes its place whole: a kill leaves no half-played one."""
    from commands.sample import play

    if settings.database_url:
        raise Unusable("示例过程只能放在数据目录里。", "请去掉 CAIJI_DATABASE_URL 再运行 --sample。")
    plan, part = _plan(settings), settings.data / PART
    until = moment(rehearse, plan.schedule.zone)
    shutil.rmtree(part, ignore_errors=True)
    aside = settings.model_copy(update={"data": part})
    part.mkdir(parents=True)
    say("正在演示示例过程……")
    with migrated(aside) as database:
        _fill(aside, database, plan, plan.schedule.start)
        play(aside, database, until)
        with database.writing() as session:
            session.add(Mark(job=SAMPLE, until=until))
    _move_in(part, settings.data)


def _move_in(part: Path, data: Path) -> None:
    """The database comes last: as long as it is not there, the folder counts as empty."""
    for path in sorted(part.iterdir(), key=lambda path: path.name == DATABASE):
        if path.is_dir() and (data / path.name).exists():
            shutil.copytree(path, data / path.name, dirs_exist_ok=True)
        else:
            os.replace(path, data / path.name)
    shutil.rmtree(part)


def _resume(database: Database, rehearse: str | None, *, sample: bool) -> None:
    from actions.plan_in_force import plan_in_force

    with database.writing() as session:
        if rehearse is None:
            clock.stamp(session, clock.LIVE)
            return
        clock.start_rehearsal(session, clock.wall())
        if sample and session.get(Mark, SAMPLE) is None:
            raise Conflict(
                "这个数据目录里已有一次没有示例过程的演练。",
                "请去掉 --sample 接着演练，或用 --data 指定一个新目录来演示示例过程。",
            )
        shown = clock.now(session).astimezone(plan_in_force(session).schedule.zone)
    say(f"接着原有的演练：时钟在 {shown:%Y-%m-%d %H:%M}，不从 {rehearse} 开始（要从头演练请换 --data）。")
