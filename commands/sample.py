"""Plays a believable course of events through the real actions, so that every page has something to show."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from actions import clock
from actions.plan_in_force import plan_in_force
from actions.sample_course import Course, Deed, Story
from commands.child import Child
from commands.sample_books import load_last_year, orders, write_books
from commands.sample_cast import Cast
from flows.station import Station
from flows.sweep import Sweeper
from flows.tick import tick
from flows.track import follow
from mail import catcher
from models.database import Database
from models.facts import facts_of
from models.worklist import lines
from settings import ROOT, Settings

CATCHER_LOOK = 0.05


@dataclass(frozen=True)
class Step:
    """Something that somebody does at a moment of the rehearsal."""

    at: datetime
    do: Callable[[Session, datetime], object]


def play(settings: Settings, database: Database, until: datetime) -> None:
    """Play the course from the plan's issue up to ``until``; the clock then stands there."""
    station = Station(settings, database)
    with database.reading() as session:
        plan, found = plan_in_force(session), lines(session)
    course = Course(plan)
    done = [
        (story, deed)
        for one in found
        for story in [course.story(facts_of(one))]
        for deed in story.deeds_until(until)
    ]
    cast = Cast(station, write_books(settings, plan, orders(plan, found, done)))
    with database.writing() as session:
        load_last_year(session, station.blobs, plan, found)
    steps = [_step(cast, story, deed) for story, deed in done]
    with _caught(settings):
        _play(station, steps, course.looks(until), until)


def _step(cast: Cast, story: Story, deed: Deed) -> Step:
    return Step(deed.at, lambda session, at: cast.do(session, story.of.id, deed, at))


def _play(station: Station, steps: list[Step], moments: Iterator[datetime], until: datetime) -> None:
    """Interleave what people do with what the clock does, in the order of time."""
    sweeper = Sweeper(station)
    ticks = [Step(at, lambda session, at: None) for at in moments]
    with station.database.writing() as session:
        clock.run_at(session, 0)
    for step in sorted([*steps, *ticks], key=lambda step: step.at):
        with station.database.writing() as session:
            clock.jump(session, max(step.at, clock.now(session)))
            step.do(session, clock.now(session))
        while follow(station):
            pass
        if step in ticks:
            sweeper.look()
        tick(station)
        station.deliver()
    sweeper.look()
    with station.database.writing() as session:
        clock.jump(session, max(until, clock.now(session)))
        clock.run_at(session, 1)


@contextmanager
def _caught(settings: Settings) -> Iterator[None]:
    """Keep a mail catcher running, so that each mail is written from the facts of its own moment."""
    (settings.data / catcher.PORT_FILE).unlink(missing_ok=True)
    argv = [sys.executable, "-m", "mail.catcher", "--data", str(settings.data.absolute())]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    child = Child("catcher", argv, environment, settings.data / "logs" / "catcher.log")
    child.start(time.monotonic())
    try:
        while catcher.port_of(settings.data) is None and child.alive:
            time.sleep(CATCHER_LOOK)
        yield
    finally:
        child.stop(timeout=5)
        (settings.data / catcher.PORT_FILE).unlink(missing_ok=True)
