"""Whatever happens to a source and its dependents, in any order: nothing void counts, and the worker ends."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import col, select

from actions.releases import release_rule, revoke
from actions.staleness import stale, to_recheck
from actions.submit import latest_version
from actions.summary import summary
from models import CheckRun
from models.database import Database
from models.errors import PeopleError
from models.kept import ANSWERS
from models.release import releases_in_force
from models.worklist import line
from tests.actions.people import office, task
from tests.conftest import planned
from tests.flows.colleges import DROPOUTS, STUDENTS, College

START = datetime(2020, 11, 6, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WHO = ("20180001", "20180002")
SOME = st.sets(st.sampled_from(WHO), min_size=1).map(sorted)


class Sources(RuleBasedStateMachine):
    """The students and the dropouts of 学务部; each step ends with the worker at rest."""

    @initialize()
    def load(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        data = Path(self.folder.name)
        (data / "caiji.db").write_bytes(planned())
        self.database = Database(f"sqlite:///{data / 'caiji.db'}")
        self.college = College(self.database, data, START)
        self.rows: dict[int, list[str]] = {}
        with self.database.reading() as session:
            self.keys = {code: task(session, code, "学务部").id for code in (STUDENTS, DROPOUTS)}
        for code in (STUDENTS, DROPOUTS):
            self.college.approve(code, *WHO)
            self.rows[self.college.newest(self.keys[code]).id or 0] = list(WHO)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    @rule(code=st.sampled_from([STUDENTS, DROPOUTS]), students=SOME)
    def type_rows(self, code: str, students: list[str]) -> None:
        if self.college.stage(self.keys[code]) in ("reviewed", "checked"):
            return
        key = self.college.keep(code, *students)
        self.rows[self.college.newest(key).id or 0] = students
        self.college.settle()

    @rule(code=st.sampled_from([STUDENTS, DROPOUTS]))
    def hand_in_and_approve(self, code: str) -> None:
        with self.database.reading() as session:
            if latest_version(session, self.keys[code]) is None:
                return
        try:
            self.college.submit(self.keys[code])
            self.college.review(self.keys[code])
        except PeopleError as refused:
            assert refused.remedy
        self.college.settle()

    @rule(code=st.sampled_from([STUDENTS, DROPOUTS]))
    def send_back(self, code: str) -> None:
        if self.college.stage(self.keys[code]) in ("collected", "reviewed", "checked"):
            self.college.back(self.keys[code])

    @rule()
    def switch_the_rule(self) -> None:
        with self.database.writing() as session:
            who, passing = office(session, START), releases_in_force(session)
            if passing:
                revoke(session, who, passing[0].id or 0, START)
            else:
                release_rule(session, who, "reference", "", "源表口径有误", START)
        self.college.settle()

    @invariant()
    def what_counts_is_right_by_what_is_approved_now(self) -> None:
        students, dropouts = (self.approved(code) for code in (STUDENTS, DROPOUTS))
        with self.database.reading() as session:
            held = {table.code for table in summary(session).tables if table.parts}
            passing = bool(releases_in_force(session))
        if self.college.stage(self.keys[DROPOUTS]) != "checked":
            assert DROPOUTS not in held
        elif students is None:
            assert (DROPOUTS in held) == (not self.checked_against_students())
        else:
            assert DROPOUTS in held
            assert passing or set(dropouts or ()) <= set(students)
        assert (STUDENTS in held) == (self.college.stage(self.keys[STUDENTS]) == "checked")

    @invariant()
    def only_what_waits_for_a_source_is_void(self) -> None:
        void = self.college.stale()
        assert set(void) <= {self.keys[DROPOUTS]}
        if void:
            assert self.college.stage(self.keys[STUDENTS]) in ("returned", "failed", "collected")
            assert "源表 10.1.1" in void[self.keys[DROPOUTS]][0]

    @invariant()
    def what_is_kept_is_what_is_found_anew(self) -> None:
        with self.database.reading() as session:
            kept = stale(session), to_recheck(session)
            session.info.pop(ANSWERS)
            assert (stale(session), to_recheck(session)) == kept

    @invariant()
    def the_worker_is_at_rest(self) -> None:
        runs = {code: self.college.runs(key) for code, key in self.keys.items()}
        assert self.college.settle() == 0
        assert {code: self.college.runs(key) for code, key in self.keys.items()} == runs

    def checked_against_students(self) -> bool:
        """Whether the newest check of the dropouts knew the source: it didn't, where that was open then."""
        with self.database.reading() as session:
            seen = line(session, self.keys[DROPOUTS])
            runs = select(CheckRun).where(CheckRun.version_id == seen.assignment.version_id)
            newest = session.exec(runs.order_by(col(CheckRun.id).desc())).first()
        assert newest is not None
        return STUDENTS in newest.inputs

    def approved(self, code: str) -> list[str] | None:
        """The students of the approved version; None where none is."""
        with self.database.reading() as session:
            seen = line(session, self.keys[code])
        if seen.assignment.stage not in ("reviewed", "checked"):
            return None
        return self.rows[seen.assignment.version_id or 0]


TestSources = Sources.TestCase
TestSources.settings = settings(
    max_examples=8, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
)
