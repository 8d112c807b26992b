"""A source table and those that refer to it, on their whole way: typed, approved, checked, made again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlmodel import col, select

from actions.inputs import inputs_of
from actions.review import decide
from actions.staleness import stale
from actions.submit import latest_version, submit, upload
from actions.typed_rows import Making, content_of_rows
from checks.definition import load_definition
from flows.sweep import Sweeper
from flows.track import follow
from models import CheckRun, Event, StoredFinding, Version
from models.database import Database
from models.history import findings
from models.worklist import line
from tests.actions.people import holder, task
from tests.checks.generated import clean_rows, with_cell
from tests.flows.stations import DEPARTMENT, Stage

STUDENTS, DROPOUTS = "10.1.1", "10.2.1"
"""The source table and one whose students must stand in it."""


class College(Stage):
    """Both tables of 学务部, their rows named by student numbers."""

    def __init__(self, database: Database, data: Path, now: datetime) -> None:
        super().__init__(database, data, now)
        self.sweeper = Sweeper(self.station)

    def keep(self, code: str, *values: str, column: str = "学号", department: str = DEPARTMENT) -> int:
        """Type rows with these values into the table: a version, not handed in; returns the assignment."""
        definition = load_definition(code)
        rows = clean_rows(definition, len(values), sources={})
        for number, value in enumerate(values, 2):
            rows = with_cell(rows, column, number, value)
        with self.database.reading() as session:
            seen = task(session, code, department)
            known = inputs_of(session, seen)
        content = content_of_rows(self.station.blobs, seen, "试验", rows, known, Making("form"))
        with self.database.writing() as session:
            who = holder(session, "collector", department, self.now)
            upload(session, who, seen.id, content, self.now)
        return seen.id

    def submit(self, key: int) -> int:
        with self.database.writing() as session:
            seen = line(session, key)
            newest = latest_version(session, key)
            assert newest is not None
            who = holder(session, "collector", seen.department, self.now)
            submit(session, who, key, newest.id or 0, self.now, self.station.blobs)
        return key

    def approve(self, code: str, *values: str, column: str = "学号", department: str = DEPARTMENT) -> int:
        """The rows typed, handed in, approved, and whatever follows done."""
        key = self.submit(self.keep(code, *values, column=column, department=department))
        self.review(key)
        self.settle()
        return key

    def back(self, key: int) -> None:
        with self.database.writing() as session:
            seen = line(session, key)
            who = holder(session, "reviewer", seen.reviewer or "", self.now)
            decide(session, who, key, seen.assignment.version_id or 0, "return", "请补学生", self.now)
        self.settle()

    def settle(self) -> int:
        """Let the worker do all it has to; how many looks of its sweeper found anything."""
        for found in range(20):
            while follow(self.station):
                pass
            if not self.sweeper.look():
                return found
        raise AssertionError("the worker comes to no end")

    def stale(self) -> dict[int, list[str]]:
        with self.database.reading() as session:
            return stale(session)

    def runs(self, key: int) -> list[str]:
        """The verdicts of all checks of the assignment's versions, in their order."""
        statement = (
            select(CheckRun.verdict)
            .join(Version, col(CheckRun.version_id) == Version.id)
            .where(Version.assignment_id == key)
            .order_by(col(CheckRun.id))
        )
        with self.database.reading() as session:
            return list(session.exec(statement))

    def events(self, key: int) -> list[str]:
        with self.database.reading() as session:
            return list(session.exec(select(Event.verb).where(Event.assignment_id == key).order_by(Event.id)))

    def newest(self, key: int) -> Version:
        with self.database.reading() as session:
            found = latest_version(session, key)
        assert found is not None
        return found

    def errors(self, key: int) -> list[tuple[str, str]]:
        """The errors that the page shows of the newest version: rule and cell."""
        with self.database.reading() as session:
            found: list[StoredFinding] = list(findings(session, self.newest(key).id or 0, severity="error"))
        return [(each.rule, each.cell) for each in found]
