"""Plays a believable course of events through the real actions, so that every page has something to show."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from actions import clock
from actions.examine import examine
from actions.explained import EXPLAIN
from actions.explanations import Target, explain
from actions.inputs import inputs_of
from actions.plan_in_force import plan_in_force
from actions.review import decide
from actions.submit import Content, report_nothing, submit, upload
from actions.who import Who, who_is
from checks.definition import load_definition
from checks.rows import from_parquet
from commands.child import Child
from commands.course import APPROVE, HAND_IN, MENDED, NOTHING, RETURN, WRONG, Course, Deed, Story
from commands.sample_books import Book, Books, load_last_year, write_books
from commands.sample_prior import EXPLAINED, SAME
from flows.station import Station
from flows.sweep import Sweeper
from flows.tick import tick
from flows.track import follow
from mail import catcher
from models import Department, Grant
from models.blobs import Blobs
from models.database import Database
from models.explanation import unexplained
from models.facts import facts_of
from models.worklist import Line, line, lines
from settings import ROOT, Settings

CATCHER_LOOK = 0.05
ALL = 1000
NEEDS_A_BOOK = (WRONG, HAND_IN, MENDED)


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
    stories = [course.story(facts_of(one)) for one in found]
    done = [(story, deed) for story in stories for deed in story.deeds if deed.at <= until]
    wanted = {(story.of.id, deed.what): story for story, deed in done if deed.what in NEEDS_A_BOOK}
    books = write_books(settings, plan, found, wanted)
    with database.writing() as session:
        load_last_year(session, station.blobs, plan, found)
    steps = [_step(station, books, story, deed) for story, deed in done]
    with _caught(settings):
        _play(station, steps, course.looks(until), until)


def _step(station: Station, books: Books, story: Story, deed: Deed) -> Step:
    return Step(deed.at, lambda session, at: _do(session, station, books, story.of.id, deed, at))


def _do(session: Session, station: Station, books: Books, id: int, deed: Deed, at: datetime) -> None:
    seen = line(session, id)
    if deed.what in (RETURN, APPROVE):
        who = _holder(session, "reviewer", seen.assignment.reviewer_id, at)
        decide(session, who, id, seen.assignment.version_id or 0, deed.what, deed.reason, at)
        return
    who = _holder(session, "collector", seen.assignment.department_id, at)
    if deed.what == NOTHING:
        report_nothing(session, who, id, at)
        return
    version = upload(session, who, id, _content(session, station.blobs, seen, books[id, deed.what]), at)
    if deed.what != WRONG:
        _explain(session, who, seen, version.id or 0, at)
        submit(session, who, id, version.id or 0, at, station.blobs)


def _explain(session: Session, who: Who, seen: Line, version_id: int, at: datetime) -> None:
    """Say why what must be explained stands."""
    _, found = unexplained(session, seen.id, version_id, EXPLAIN, ALL)
    for rule, sheet, column in dict.fromkeys((each.rule, each.sheet, each.column) for each in found):
        text = SAME if rule == "untouched-prefill" else EXPLAINED
        explain(session, who, seen.id, version_id, Target(rule, sheet, column), text, at)


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
        sweeper.look()
        tick(station)
        station.deliver()
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


def _content(session: Session, blobs: Blobs, seen: Line, book: Book) -> Content:
    """What reading found, checked against what is known at the moment of the upload."""
    rows = book.result.rows or b""
    definition, known = load_definition(seen.table.code, seen.table.name), inputs_of(session, seen)
    rows_blob = blobs.put(rows)
    return Content(
        kind="upload",
        blob=blobs.put(book.content),
        rows_blob=rows_blob,
        filename=book.filename,
        row_count=book.result.row_count,
        findings=examine(blobs, definition, from_parquet(rows), known),
        base=book.result.stamp.version if book.result.stamp else None,
        inputs_hash=known.hash_of(definition.code, rows_blob),
    )


def _holder(session: Session, role: str, department_id: int | None, at: datetime) -> Who:
    statement = (
        select(Grant.person_id)
        .join(Department)
        .where(Grant.role == role, Grant.department_id == department_id)
    )
    who = who_is(session, session.exec(statement).first() or 0, at)
    if who is None:
        raise LookupError(f"no sample {role} of department {department_id}")
    return who
