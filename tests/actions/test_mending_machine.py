"""Whatever collector and reviewer do with rows, cells and remarks, what was not opened stays as it was."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import select

from actions import mend
from actions.cell_remarks import Return, Said, cross_out
from actions.inputs import inputs_of
from actions.mend import Choice
from actions.review import decide
from actions.submit import Content, latest_version, submit, upload, withdraw
from checks.finding import WARNING, Finding
from checks.rows import ROW, SHEET, from_parquet
from models import Event, Version
from models.blobs import Blobs
from models.cell_remark import open_remarks
from models.database import Database
from models.errors import PeopleError
from models.stages import APPROVED
from tests.actions.club_desk import BOOK, DEPARTMENT, SONG, TABLE, Desk
from tests.actions.people import task
from tests.conftest import planned
from tests.workbooks.stored import Row, stored

START = datetime(2020, 11, 6, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MEMBERS, NAME, CODE = "现有成员", "社团名称(全称)", "社团代码"
LETTERS = {"A": CODE, "B": NAME, "G": MEMBERS}
CELLS = st.sampled_from([f"{letter}{row}" for letter in LETTERS for row in (2, 3)])
Place = tuple[str, str]
"""A row's code and a column."""


class Clubs(RuleBasedStateMachine):
    """10.3 of 学务部 with two clubs; beside it is kept what each return has opened."""

    @initialize()
    def load(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "caiji.db"
        path.write_bytes(planned())
        self.database = Database(f"sqlite:///{path}")
        self.blobs, self.now = Blobs(Path(self.folder.name) / "blobs"), START
        self.opened: set[Place] | None = None
        self.base: int | None = None
        self.kept = 0
        with self.database.reading() as session:
            self.key = task(session, TABLE, DEPARTMENT).id

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    def attempt(self, act: Callable[[Desk, Version | None], object]) -> bool:
        """Do it with the newest version in a transaction; whether it was not refused."""
        self.now += timedelta(minutes=1)
        try:
            with self.database.writing() as session:
                act(Desk(session, self.blobs, self.now), latest_version(session, self.key))
        except PeopleError as refused:
            assert refused.message
            assert refused.remedy
            return False
        return True

    @rule(
        members=st.sampled_from(["20", "21"]),
        name=st.sampled_from(["合唱团", "合唱社"]),
        more=st.booleans(),
        hand_in=st.booleans(),
    )
    def type_rows(self, members: str, name: str, more: bool, hand_in: bool) -> None:
        rows: list[Row] = [{**BOOK, MEMBERS: members}, {**SONG, NAME: name}]
        if more:
            rows.append({CODE: "003", NAME: "棋社", MEMBERS: "9"})
        blob = self.blobs.put(stored(TABLE, rows))
        proposal = Finding(
            "unit-suspect-trial",
            WARNING,
            "人数可疑。",
            sheet=TABLE,
            cell="G3",
            row=3,
            column=MEMBERS,
            key="002",
            value="35",
            proposal="36",
        )
        content = Content(kind="upload", blob=blob, rows_blob=blob, row_count=len(rows), findings=(proposal,))
        self.attempt(lambda desk, _: upload(desk.session, desk.collector, desk.key, content, self.now))
        if hand_in:
            self.hand_in()

    @rule(hand_in=st.booleans())
    def mend(self, hand_in: bool) -> None:
        """The one click: G3 becomes 36."""

        def act(desk: Desk, newest: Version | None) -> object:
            key, choice = (newest.id or 0) if newest else 0, Choice("unit-suspect-trial")
            seen, asked = mend.mending(desk.session, desk.collector, desk.key, key, choice, self.now)
            content = mend.mended(self.blobs, seen, "试验", inputs_of(desk.session, seen), asked)
            return mend.keep(desk.session, desk.collector, desk.key, key, content, self.now)

        self.attempt(act)
        if hand_in:
            self.hand_in()

    @rule()
    def hand_in(self) -> None:
        def act(desk: Desk, newest: Version | None) -> object:
            return newest and submit(
                desk.session, desk.collector, desk.key, newest.id or 0, self.now, self.blobs
            )

        self.attempt(act)

    @rule()
    def withdraw(self) -> None:
        self.attempt(lambda desk, _: withdraw(desk.session, desk.collector, desk.key, self.now))

    @rule(cell=CELLS)
    def remark(self, cell: str) -> None:
        def act(desk: Desk, newest: Version | None) -> object:
            return desk.remark(desk.seen.version or newest or Version(id=0, assignment_id=0, number=0), cell)

        self.attempt(act)

    @rule()
    def cross_out(self) -> None:
        def act(desk: Desk, _newest: Version | None) -> object:
            found = open_remarks(desk.session, desk.key)
            return found and cross_out(desk.session, desk.reviewer, desk.key, found[0].id or 0, self.now)

        self.attempt(act)

    @rule()
    def approve(self) -> None:
        if self.attempt(lambda desk, _: self._decide(desk, "approve", None)):
            self.opened = self.base = None
            self.kept = self._newest()

    @rule(cell=st.none() | CELLS, only_cells=st.booleans())
    def send_back(self, cell: str | None, only_cells: bool) -> None:
        said: list[Place] = []

        def act(desk: Desk, _newest: Version | None) -> None:
            sent = Return(self.blobs, [Said(cell, "请核对")] if cell else [], only_cells)
            self._decide(desk, "return", sent)
            said.extend((each.key, each.column) for each in open_remarks(desk.session, desk.key))
            self.base = desk.seen.assignment.version_id

        if self.attempt(act):
            self.opened = set(said) if only_cells else None

    def _decide(self, desk: Desk, decision: str, sent: Return | None) -> None:
        key = desk.seen.assignment.version_id or 0
        decide(desk.session, desk.reviewer, desk.key, key, decision, "请改", self.now, sent=sent)

    @invariant()
    def nothing_outside_the_opened_cells_has_changed(self) -> None:
        """Codes are never typed anew here, so rows are found again by them."""
        if self.opened is None or self.base is None:
            return
        with self.database.reading() as session:
            current = Desk(session, self.blobs, self.now).seen.version
            base = session.get_one(Version, self.base)
            if current is None or current.id == base.id:
                return
            old, new = self._rows(base), self._rows(current)
        for code, row in old.items():
            for column in (NAME, MEMBERS):
                if (code, column) not in self.opened:
                    assert new[code][column] == row[column], (code, column)

    @invariant()
    def approved_data_is_the_version_that_was_approved(self) -> None:
        """What was uploaded beside it before stays what it was; nothing comes after it."""
        with self.database.reading() as session:
            row = Desk(session, self.blobs, self.now).seen.assignment
            approvals = session.exec(
                select(Event.version_id).where(Event.verb == "approve").order_by(Event.id)
            ).all()
        if row.stage in APPROVED:
            assert row.version_id == approvals[-1]
            assert self._newest() == self.kept

    def _newest(self) -> int:
        with self.database.reading() as session:
            newest = latest_version(session, self.key)
            return newest.id or 0 if newest else 0

    def _rows(self, version: Version) -> dict[str, dict[str, str]]:
        frame = from_parquet(self.blobs.get(version.rows_blob or "")).frame
        return {row[CODE]: row for row in frame.drop(SHEET, ROW).select(pl.all()).to_dicts()}


TestClubs = Clubs.TestCase
TestClubs.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
