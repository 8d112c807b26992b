"""The sample course: played through the real actions, foreseen by the same stories, never half played."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from actions.plan_in_force import rules_in_force
from commands.course import MENDED, Course
from commands.foresight import foresee_sample
from commands.prepare import DATABASE, PART, prepare
from deadlines.course import untouched
from models import Incident, Notice, StoredFinding, Version
from models.database import Database
from models.facts import facts_of
from models.stages import CHECKED, COLLECTED, PENDING
from models.worklist import lines
from plans.plan import Plan
from settings import Settings
from tests.journey.service import CAIJI, until

UNTIL = "2020-11-12T09:00"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The sample on the morning after the source tables were due."""
    data = tmp_path_factory.mktemp("sample")
    prepare(Settings(data=data), UNTIL, sample=True)
    database = Database(Settings(data=data).url)
    yield database
    database.close()


@pytest.fixture
def session(played: Database) -> Iterator[Session]:
    with played.reading() as reading:
        yield reading


def test_the_course_is_well_under_way_and_nothing_went_wrong(session: Session) -> None:
    stages = Counter(one.assignment.stage for one in lines(session))
    assert stages[PENDING] > 50
    assert stages[COLLECTED] > 3
    assert stages[CHECKED] > 20
    assert session.exec(select(Incident.message)).all() == []


def test_one_is_late_with_its_collector_and_one_with_its_reviewer(session: Session, plan: Plan) -> None:
    rules, at = rules_in_force(session), plan.schedule.due_at(plan.table("6.1").due).replace(hour=9, day=12)
    late = {one.table.code: rules.held_by(facts_of(one), at) for one in lines(session)}
    assert (late["6.1"], late["7.2"]) == ("collector", "reviewer")
    assert 2 <= sum(holder is not None for holder in late.values()) < 10


def test_a_first_try_was_read_and_told_by_cell(session: Session) -> None:
    wrong = session.exec(select(Version).where(Version.errors > 0)).all()
    assert len(wrong) > 2
    assert {version.row_count > 0 for version in wrong} == {True}
    cells = session.exec(
        select(StoredFinding.cell).where(col(StoredFinding.version_id).in_([each.id for each in wrong]))
    ).all()
    assert len([cell for cell in cells if cell]) >= len(wrong)


def test_what_was_returned_came_back_mended(session: Session, plan: Plan) -> None:
    course = Course(plan)
    stories = [course.story(facts_of(one)) for one in lines(session)]
    mended = [
        story.of.id
        for story in stories
        if any(deed.what == MENDED and deed.at.isoformat() <= UNTIL for deed in story.deeds)
    ]
    assert mended
    for id in mended:
        statement = select(Version.rows_blob).where(Version.assignment_id == id, Version.errors == 0)
        kept = session.exec(statement).all()
        assert len(set(kept)) == len(kept) == 2


def test_what_is_foreseen_is_what_was_told(session: Session, plan: Plan) -> None:
    end = plan.schedule.start.replace(day=12, hour=9)
    foreseen = {
        (each.rule, each.subject, each.deadline, each.occurrence)
        for each in foresee_sample(plan, plan.schedule.start, end)
    }
    told = {
        (each.rule, each.subject, each.deadline, each.occurrence) for each in session.exec(select(Notice))
    }
    assert foreseen == told
    assert len(told) > 100


def test_the_course_is_the_same_whoever_asks(plan: Plan) -> None:
    assignments = untouched(plan).assignments
    course = Course(plan)
    forwards = {facts.id: course.story(facts).deeds for facts in assignments}
    backwards = {facts.id: Course(plan).story(facts).deeds for facts in reversed(assignments)}
    assert forwards == backwards
    assert all(list(deeds) == sorted(deeds, key=lambda deed: deed.at) for deeds in forwards.values())


def test_a_kill_leaves_an_empty_folder_and_not_half_a_course(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*CAIJI, "serve", "--data", str(tmp_path), "--port", "0", "--rehearse", UNTIL, "--sample"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        until((tmp_path / PART / DATABASE).exists)
        process.send_signal(signal.SIGKILL)
    prepare(Settings(data=tmp_path), "2020-11-06T09:00", sample=True)
    database = Database(Settings(data=tmp_path).url)
    with database.reading() as session:
        assert {one.assignment.stage for one in lines(session)} == {PENDING}
    database.close()
    assert not (tmp_path / PART).exists()
