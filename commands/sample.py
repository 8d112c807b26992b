"""Plays a believable course of events through the real actions, so that every page has something to show."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from actions import clock
from actions.plan_in_force import plan_in_force
from actions.review import decide
from actions.submit import Content, latest_version, report_nothing, submit, upload
from actions.who import Who, who_is
from checks.definition import Definition, load_definition
from commands.child import Child
from commands.sample_rows import SampleRows, as_parquet
from deadlines.calendar import WorkingCalendar
from flows.station import Station
from flows.tick import tick
from flows.track import follow
from mail import catcher
from models import Department, Grant
from models.database import Database
from models.worklist import Line, line, lines
from plans.plan import Plan
from settings import ROOT, Settings
from workbooks.limits import Limits
from workbooks.reading import Readers, ReadResult
from workbooks.template import TemplateStamp, write_template

if TYPE_CHECKING:
    from rich.console import Console

SEED = 2020
CATCHER_LOOK = 0.05
NIL, RETURNED_FIRST, WRONG_FIRST, NEVER = 0.08, 0.10, 0.12, 0.06
REASONS = (
    "合计与分项不一致，请核对后重新提交。",
    "缺少本学年新增的两项，请补齐。",
    "有三行的数据还是去年的，请更新。",
)


@dataclass(frozen=True)
class Slow:
    """A late source table: when it is collected, from its deadline on, and how long its review takes."""

    collected: timedelta
    review_hours: int


HELD_UP = {"6.1": Slow(timedelta(hours=15), 5), "7.2": Slow(timedelta(hours=-8), 46)}
"""6.1 is late with its collector, 7.2 with its reviewer."""


@dataclass(frozen=True)
class Step:
    """Something that somebody does at a moment of the rehearsal."""

    at: datetime
    do: Callable[[Session, datetime], object]


@dataclass(frozen=True)
class Book:
    """A sample workbook of an assignment, written and read as a collector's would be."""

    content: bytes
    filename: str
    result: ReadResult


def play(settings: Settings, database: Database, until: datetime) -> None:
    """Play the course from the plan's issue up to ``until``; the clock then stands there."""
    station = Station(settings, database)
    with database.reading() as session:
        plan, found = plan_in_force(session), lines(session)
    course = Course(plan, random.Random(SEED))
    stories = [story for story in map(course.story, found) if story.first <= until]
    books = _read_all(settings, plan, [story.line for story in stories if not story.nil])
    steps = [step for story in stories for step in story.steps(station, books) if step.at <= until]
    with _caught(settings):
        _play(station, steps, course.moments(until), until)


@dataclass(frozen=True)
class Story:
    """What becomes of one assignment, and when its first submission comes."""

    line: Line
    first: datetime
    nil: bool
    wrong_first: bool
    returned: str
    hours: tuple[int, int, int]
    calendar: WorkingCalendar

    def steps(self, station: Station, books: dict[int, Book]) -> Iterator[Step]:
        """The steps of this story: hand in, perhaps be sent back and mend, be approved."""
        book = books.get(self.line.id)
        if self.wrong_first and book is not None:
            yield Step(
                self.first - timedelta(minutes=25), lambda s, at: _hand_in_wrong(s, station, self.line, at)
            )
        yield Step(self.first, lambda s, at: _hand_in(s, station, self.line, book, at))
        decided = self._after(self.first, self.hours[0])
        if self.returned:
            yield Step(decided, lambda s, at: _decide(s, self.line, "return", self.returned, at))
            mended = self._after(decided, self.hours[1])
            yield Step(mended, lambda s, at: _hand_in(s, station, self.line, book, at))
            decided = self._after(mended, self.hours[2])
        yield Step(decided, lambda s, at: _decide(s, self.line, "approve", "", at))

    def _after(self, at: datetime, hours: int) -> datetime:
        return self.calendar.next_working_moment(at + timedelta(hours=hours))


class Course:
    """Chances of a campaign, drawn from one seed: the same course each time."""

    def __init__(self, plan: Plan, chance: random.Random) -> None:
        self._plan = plan
        self._chance = chance
        self._calendar = WorkingCalendar(plan.schedule.calendar, plan.schedule.zone)

    def story(self, of: Line) -> Story:
        """Draw one assignment's story; most come in the last days, some late, source tables early."""
        draw = self._chance.random
        span = of.table.due - self._plan.schedule.start
        share = draw() ** 0.5 if draw() > NEVER else 1.1 + draw() / 5
        first = self._calendar.next_working_moment(self._plan.schedule.start + span * share)
        first += timedelta(minutes=self._chance.randint(0, 50))
        source, slow = of.table.source, HELD_UP.get(of.table.code)
        if slow:
            first = of.table.due + slow.collected
        return Story(
            line=of,
            first=first,
            nil=not source and draw() < NIL,
            wrong_first=draw() < WRONG_FIRST or of.table.code == "10.1.1",
            returned=self._chance.choice(REASONS) if draw() < RETURNED_FIRST and not slow else "",
            hours=(
                slow.review_hours if slow else self._chance.randint(2, 30),
                self._chance.randint(3, 24),
                self._chance.randint(2, 12),
            ),
            calendar=self._calendar,
        )

    def moments(self, until: datetime) -> Iterator[datetime]:
        """When the clock is looked at: each half hour of the working days, as the rules' times need it."""
        at = self._plan.schedule.start
        while at < until:
            if at == self._calendar.next_working_moment(at):
                yield at
            at += timedelta(minutes=30)


def _play(station: Station, steps: list[Step], moments: Iterator[datetime], until: datetime) -> None:
    """Interleave what people do with what the clock does, in the order of time."""
    ticks = [Step(at, lambda session, at: None) for at in moments]
    with station.database.writing() as session:
        clock.run_at(session, 0)
    for step in sorted([*steps, *ticks], key=lambda step: step.at):
        with station.database.writing() as session:
            clock.jump(session, max(step.at, clock.now(session)))
            step.do(session, clock.now(session))
        while follow(station):
            pass
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


def _read_all(settings: Settings, plan: Plan, found: list[Line]) -> dict[int, Book]:
    """Write and read each assignment's workbook, a few at once, with a bar that says how far it is."""
    from rich.progress import track

    rows = SampleRows(plan.schedule, SEED)
    made = {line.id: _rows(rows, load_definition(line.table.code, line.table.name)) for line in found}
    limits = Limits(settings.read_seconds, settings.read_megabytes)
    with (
        Readers(settings.readers, limits) as readers,
        ThreadPoolExecutor(settings.readers) as pool,
        TemporaryDirectory(prefix="caiji-sample-") as folder,
    ):
        books = pool.map(lambda line: _book(readers, plan, line, made[line.id], Path(folder)), found)
        shown = track(zip(found, books, strict=True), "示例工作簿", total=len(found), console=_console())
        return {line.id: book for line, book in shown}


def _rows(sample: SampleRows, definition: Definition) -> bytes:
    return as_parquet(definition, sample.make(definition))


def _book(readers: Readers, plan: Plan, of: Line, rows: bytes, folder: Path) -> Book:
    path = folder / f"{of.id}-{of.table.code}.xlsx"
    stamp = TemplateStamp(plan.schedule.name, of.id, of.table.code, of.department, 0)
    definition = load_definition(of.table.code, of.table.name)
    write_template(definition, path, stamp=stamp, schedule=plan.schedule, prior=rows)
    result = readers.read(path, of.table.code, plan.schedule)
    return Book(path.read_bytes(), f"{of.table.code} {of.department}.xlsx", result)


def _hand_in(session: Session, station: Station, of: Line, book: Book | None, at: datetime) -> None:
    who = _holder(session, "collector", of.assignment.department_id, at)
    if book is None:
        report_nothing(session, who, of.id, at)
        return
    latest = latest_version(session, of.id)
    same = latest is not None and latest.errors == 0
    version = latest if same and latest else upload(session, who, of.id, _content(station, book), at)
    submit(session, who, of.id, version.id or 0, at)


def _hand_in_wrong(session: Session, station: Station, of: Line, at: datetime) -> None:
    """A collector's first try: a file that is no workbook of this table."""
    with Readers(1) as readers, TemporaryDirectory(prefix="caiji-sample-") as folder:
        path = Path(folder) / f"{of.table.code}.xlsx"
        path.write_bytes("部门,姓名,人数\n".encode("gb18030"))
        result = readers.read(path, of.table.code, plan_in_force(session).schedule)
        book = Book(path.read_bytes(), path.name, result)
    who = _holder(session, "collector", of.assignment.department_id, at)
    upload(session, who, of.id, _content(station, book), at)


def _decide(session: Session, of: Line, decision: str, reason: str, at: datetime) -> None:
    current = line(session, of.id)
    reviewer = _holder(session, "reviewer", current.assignment.reviewer_id, at)
    decide(session, reviewer, of.id, current.assignment.version_id or 0, decision, reason, at)


def _content(station: Station, book: Book) -> Content:
    return Content(
        kind="upload",
        blob=station.blobs.put(book.content),
        rows_blob=station.blobs.put(book.result.rows) if book.result.rows else None,
        filename=book.filename,
        row_count=book.result.row_count,
        findings=book.result.findings,
        base=book.result.stamp.version if book.result.stamp else None,
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


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True)
