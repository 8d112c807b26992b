"""The sample course: played through the real actions, foreseen by the same stories, never half played."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from actions.late import late_report
from actions.sample_course import MAY_BE_NOTHING, MENDED, Course
from commands.prepare import DATABASE, PART, prepare
from commands.sample_books import STRANGER
from commands.sample_prior import EXPLAINED, GROWN, LAST_YEAR
from deadlines.course import untouched
from flows.foresight import told
from flows.rehearsal import Asked, rehearse
from models import (
    Addition,
    CheckRun,
    Explanation,
    Incident,
    Mail,
    Notice,
    Prior,
    Release,
    StoredFinding,
    Version,
)
from models.database import Database
from models.facts import facts_of
from models.notice import DIGEST, SENT
from models.stages import CHECKED, COLLECTED, FAILED, PENDING, RETURNED
from models.worklist import Line, lines
from plans.plan import Plan
from settings import Settings
from tests.journey.service import CAIJI, serving, until

pytestmark = pytest.mark.xdist_group("sample")
UNTIL = "2020-11-16T09:00"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The sample two days before the deadline, with a weekend behind it."""
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
    assert stages[COLLECTED] > 20
    assert stages[CHECKED] > 50
    assert (stages[RETURNED], stages[FAILED]) == (1, 0)
    assert session.exec(select(Incident.message)).all() == []


def test_one_is_late_with_its_collector_and_one_with_its_reviewer(session: Session, plan: Plan) -> None:
    report = late_report(session, plan.schedule.start.replace(hour=9, day=12))
    assert {line.table: line.held_by for line in report.late} == {"6.1": "collector", "7.2": "reviewer"}


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


def one_of(session: Session, code: str, department: str = "") -> Line:
    return next(each for each in lines(session, table=code) if department in each.department)


def newest_findings(session: Session, id: int) -> list[tuple[str, str, str]]:
    newest = session.exec(
        select(Version.id).where(Version.assignment_id == id).order_by(col(Version.id).desc())
    ).first()
    found = session.exec(select(StoredFinding).where(StoredFinding.version_id == newest))
    return [(each.rule, each.severity, each.column) for each in found]


def test_yuan_for_ten_thousand_yuan_waits_to_be_mended(session: Session) -> None:
    seen = one_of(session, "5.2.3")
    assert seen.assignment.stage == PENDING
    assert newest_findings(session, seen.id) == [("unit-suspect", "warning", "还贷金额")]
    assert one_of(session, "3.5").assignment.stage == CHECKED


def test_what_was_left_as_last_year_waits_for_a_word(session: Session) -> None:
    seen = one_of(session, "4.2", "三系")
    assert seen.assignment.stage == PENDING
    assert newest_findings(session, seen.id) == [("untouched-prefill", "warning", "")]


def test_what_grew_is_explained_and_waits_to_be_judged(session: Session) -> None:
    seen = one_of(session, "3.3")
    assert seen.assignment.stage == COLLECTED
    told = session.exec(select(Explanation).where(Explanation.assignment_id == seen.id)).one()
    assert (told.rule, told.column, told.text, told.verdict) == ("prior-year-change", GROWN[1], EXPLAINED, "")


def test_a_teacher_whom_the_source_lacks_was_asked_for(session: Session) -> None:
    asked = session.exec(select(Addition)).one()
    assert asked.assignment_id == one_of(session, "6.3.7", "六系").id
    assert asked.owner_id == one_of(session, "6.1").id
    assert (asked.state, asked.value) == ("asked", STRANGER)


def test_the_office_let_the_stale_cohorts_pass_and_they_bother_nobody(session: Session) -> None:
    released = session.exec(select(Release)).one()
    assert (released.rule, released.table_code) == ("cohort", "10.1.1")
    seen = one_of(session, "10.1.1")
    run = session.exec(
        select(CheckRun)
        .where(CheckRun.version_id == seen.assignment.version_id)
        .order_by(col(CheckRun.id).desc())
    ).first()
    assert run is not None
    assert (run.verdict, run.errors, run.warnings) == ("passed", 0, 0)


def test_last_year_is_there_to_compare_with(session: Session) -> None:
    kept = set(session.exec(select(Prior.assignment_id)))
    assert kept == {each.id for each in lines(session) if each.table.code in LAST_YEAR}


def test_who_may_have_nothing_says_so(session: Session) -> None:
    nil = [each.table.code for each in lines(session) if each.version and each.version.kind == "nil"]
    assert 3 < len(nil) < 20
    assert set(nil) <= MAY_BE_NOTHING


def test_what_is_foreseen_is_what_was_sent(session: Session, plan: Plan, tmp_path: Path) -> None:
    """Mail for mail, to the words of the subject."""
    asked = Asked(end=plan.schedule.start.replace(day=16, hour=9), sample=True)
    found = rehearse(Settings(data=tmp_path / "none"), tmp_path, asked, ())
    assert found.unfit == []
    foreseen = [(each["at"][:16], each["to"][0], each["kind"], each["subject"]) for each in found.events]
    sent = [
        (_minute(mail.created_at, plan), mail.address, _kind(session, mail), mail.subject)
        for mail in session.exec(select(Mail).where(Mail.state == "sent"))
    ]
    assert sorted(foreseen) == sorted(sent)
    assert len(sent) > 40


def _minute(at: datetime, plan: Plan) -> str:
    return f"{at.astimezone(plan.schedule.zone):%Y-%m-%dT%H:%M}"


def _kind(session: Session, mail: Mail) -> str:
    statement = select(Notice).where(col(Notice.id).in_(mail.notice_ids["ids"]))
    return str(told(session.exec(statement))["kind"])


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
    with serving(tmp_path, "--rehearse", "2020-11-06T09:00", "--sample") as service:
        database = Database(Settings(data=tmp_path).url)
        with database.reading() as session:
            assert {one.assignment.stage for one in lines(session)} == {PENDING}
            texts = session.exec(select(Mail.text).where(Mail.state == SENT, Mail.kind == DIGEST)).all()
            assert {f"{service.url}/" in text for text in texts} == {True}
        database.close()
        assert not (tmp_path / PART).exists()
