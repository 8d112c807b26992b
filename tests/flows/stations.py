"""A station over a test's campaign, with real stored rows and verbs to move tables."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlmodel import col, select

from actions.clock import start_rehearsal
from actions.review import decide
from actions.submit import Content, report_nothing, submit, upload
from checks.definition import load_definition
from checks.rows import to_parquet
from flows.station import Station
from models import FollowUp
from models.database import Database
from models.worklist import lines
from settings import Settings
from tests.actions.people import holder, task
from tests.checks.generated import clean_rows, with_cell

DEPARTMENT = "学务部"


class Stage:
    """A station whose campaign stands at `now`, with a table's whole way at hand."""

    def __init__(self, database: Database, data: Path, now: datetime) -> None:
        self.station = Station(Settings(data=data), database)
        self.database = database
        self.now = now
        with database.writing() as session:
            start_rehearsal(session, now)

    def hand_in(self, code: str, *, whole: bool = True) -> int:
        """Submit a right row of the table; one that isn't whole will fail its check."""
        definition = load_definition(code)
        rows = clean_rows(definition, 1)
        if not whole:
            needed = next(field.name for field in definition.fields if field.required)
            rows = with_cell(rows, needed, 2, None)
        blob = self.station.blobs.put(to_parquet(definition, rows))
        with self.database.writing() as session:
            key = task(session, code, DEPARTMENT).id
            who = holder(session, "collector", DEPARTMENT, self.now)
            kept = upload(session, who, key, Content("upload", f"book-{code}", blob, row_count=1), self.now)
            submit(session, who, key, kept.id or 0, self.now, self.station.blobs)
        return key

    def report_nothing(self, code: str, department: str = DEPARTMENT) -> int:
        with self.database.writing() as session:
            key = task(session, code, department).id
            report_nothing(session, holder(session, "collector", department, self.now), key, self.now)
        return key

    def review(self, key: int, decision: str = "approve") -> None:
        with self.database.writing() as session:
            [line] = lines(session, ids=[key])
            who = holder(session, "reviewer", line.reviewer or "", self.now)
            version = line.assignment.version_id or 0
            decide(session, who, key, version, decision, "请补充说明", self.now)

    def stage(self, key: int) -> str:
        with self.database.reading() as session:
            return lines(session, ids=[key])[0].assignment.stage

    def follow_ups(self) -> list[FollowUp]:
        with self.database.reading() as session:
            return list(session.exec(select(FollowUp).order_by(col(FollowUp.id))))

    def outcomes(self) -> list[str]:
        return [follow.outcome for follow in self.follow_ups()]
