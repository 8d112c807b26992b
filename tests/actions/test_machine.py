"""The campaign's invariants hold whatever people and the check do, in any order."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import Session, select

from actions.check import claim, settle
from actions.review import decide
from actions.submit import latest_version, report_nothing, submit, upload, withdraw
from checks.finding import ERROR, Finding
from models import Event, FollowUp, Version
from models.database import Database
from models.errors import PeopleError
from models.stages import APPROVED, allowed
from models.worklist import Line, lines
from tests.actions.people import holder, task, workbook
from tests.conftest import planned

START = datetime(2020, 11, 6, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FAULT = Finding("required", ERROR, "缺少姓名。")


class Campaign(RuleBasedStateMachine):
    """One assignment of 学务部, acted on by its collector, its reviewer and the system check."""

    @initialize()
    def load(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "caiji.db"
        path.write_bytes(planned())
        self.database = Database(f"sqlite:///{path}")
        self.now, self.names = START, 0
        with self.database.reading() as session:
            self.key = task(session, "10.5", "学务部").id

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    def attempt(self, act: Callable[[Session, Line], object]) -> None:
        """Do it in a transaction; a refusal must leave everything as it was."""
        before = self.state()
        self.now += timedelta(minutes=1)
        try:
            with self.database.writing() as session:
                act(session, task(session, "10.5", "学务部"))
        except PeopleError as refused:
            assert refused.message
            assert refused.remedy
            assert self.state() == before

    def state(self) -> tuple[object, ...]:
        with self.database.reading() as session:
            row = task(session, "10.5", "学务部").assignment
            events = session.exec(select(Event.id)).all()
            return row.stage, row.version_id, len(events), len(session.exec(select(Version.id)).all())

    @rule(broken=st.booleans(), again=st.booleans())
    def upload(self, broken: bool, again: bool) -> None:
        self.names += not again
        content = workbook(f"w{self.names}{broken}", findings=(FAULT,) if broken else ())
        self.attempt(
            lambda s, row: upload(s, holder(s, "collector", "学务部", self.now), row.id, content, self.now)
        )

    @rule()
    def submit_latest(self) -> None:
        def act(session: Session, row: Line) -> object:
            newest = latest_version(session, row.id)
            collector = holder(session, "collector", "学务部", self.now)
            return newest and submit(session, collector, row.id, newest.id or 0, self.now, None)

        self.attempt(act)

    @rule()
    def withdraw(self) -> None:
        self.attempt(lambda s, row: withdraw(s, holder(s, "collector", "学务部", self.now), row.id, self.now))

    @rule()
    def report_nothing(self) -> None:
        self.attempt(
            lambda s, row: report_nothing(s, holder(s, "collector", "学务部", self.now), row.id, self.now)
        )

    @rule(
        decision=st.sampled_from(["approve", "return"]),
        stale=st.booleans(),
        reason=st.sampled_from(["", "请改"]),
    )
    def review(self, decision: str, stale: bool, reason: str) -> None:
        def act(session: Session, row: Line) -> object:
            seen = (row.assignment.version_id or 1) - stale
            reviewer = holder(session, "reviewer", "学务部", self.now)
            return decide(session, reviewer, row.id, seen, decision, reason, self.now)

        self.attempt(act)

    @rule(faulty=st.booleans())
    def check(self, faulty: bool) -> None:
        def act(session: Session, row: Line) -> object:
            found = claim(session, row.id, self.now, self.now)
            return found and settle(session, found, [FAULT] if faulty else [], self.now)

        self.attempt(act)

    @invariant()
    def the_history_tells_the_whole_story(self) -> None:
        with self.database.reading() as session:
            (row,) = lines(session, ids=[self.key])
            events = session.exec(select(Event).order_by(Event.id)).all()
            followed = session.exec(select(FollowUp.event_id)).all()
        stage = "pending"
        for event in events:
            assert event.from_stage == stage
            assert allowed(event.verb, event.from_stage, event.to_stage)
            assert event.verb != "return" or event.reason
            stage = event.to_stage
        assert row.assignment.stage == stage
        assert sorted(followed) == [event.id for event in events]

    @invariant()
    def nothing_is_valid_that_was_not_approved_and_checked(self) -> None:
        with self.database.reading() as session:
            (row,) = lines(session, ids=[self.key])
            events = session.exec(select(Event).order_by(Event.id)).all()
        if row.assignment.stage in APPROVED:
            assert row.version is not None
            assert row.version.errors == 0
            approval = [event for event in events if event.verb == "approve"][-1]
            assert approval.version_id == row.assignment.version_id
            assert approval.actor_id != row.version.made_by


TestCampaign = Campaign.TestCase
TestCampaign.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
