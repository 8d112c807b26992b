"""`caiji next-year`: a new folder with the plan rolled on, people, last year's data, answers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from actions import clock
from actions.definitions import definitions_told, keep_definitions
from actions.people import make_activation, make_token
from actions.plan_in_force import plan_in_force
from actions.questions import answer, ask
from actions.questions_told import questions_told
from checks.rows import from_parquet
from deadlines.calendar import WorkingCalendar
from models import AccessToken, ActivationLink, Assignment, Explanation, Grant, Notice, Person, Prior, Version
from models.blobs import Blobs
from models.database import Database
from models.definition import changed_editions, newest_editions
from models.question import questions
from tests.actions.people import holder, office, task
from tests.commands.cli import Cli
from tests.flows.colleges import DROPOUTS, STUDENTS, College

DEPARTMENT = "学务部"
KILLED = """
import os, signal, sys
import actions.prefill
actions.prefill.load = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
sys.argv = ["caiji", "next-year", *sys.argv[1:]]
import caiji
caiji.main()
"""


@pytest.fixture
def this(data: Path) -> Path:
    return data


@pytest.fixture
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("years") / "2021"


def opened(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'caiji.db'}")


def rights(session: Session) -> list[tuple[str, str, int | None, str | None]]:
    """The standing rights of everybody active; the departments have the same numbers in either year."""
    standing = select(Person.staff_no, Grant).where(Grant.person_id == Person.id, Person.active)
    found = session.exec(standing.where(col(Grant.until).is_(None)).order_by(Person.id, Grant.id))
    return [(staff_no, each.role, each.department_id, each.table_code) for staff_no, each in found]


def begun(database: Database, folder: Path, morning: datetime) -> None:
    """A college with two checked tables, an answer, a person with a password, and a deputy."""
    college = College(database, folder, morning)
    college.approve(STUDENTS, "20180001", "20180002")
    college.approve(DROPOUTS, "20180001")
    with database.writing() as session:
        collector = holder(session, "collector", DEPARTMENT, morning)
        asked = ask(session, collector, task(session, DROPOUTS, DEPARTMENT).id, "休学算吗？", morning)
        answer(session, office(session, morning), asked.id or 0, "不算。", morning, for_all=True)
        ask(session, collector, task(session, STUDENTS, DEPARTMENT).id, "没有答复的", morning)
        said = newest_editions(session)[STUDENTS].said
        keep_definitions(session, {STUDENTS: said | {"note": "新的说明"}}, morning)
        first, second, gone = session.exec(select(Person).order_by(Person.id)).all()[:3]
        first.password_hash, first.digest_at, gone.active = "$argon2id$kept", "07:30", False
        make_activation(session, second.staff_no, morning, 72)
        make_token(session, first.staff_no, morning)
        until = datetime.now(morning.tzinfo) + timedelta(days=5)
        session.add(Grant(person_id=second.id or 0, role="auditor", since=morning, until=until))


def test_the_next_campaign_begins_with_what_this_one_has(
    cli: Cli, this: Path, campaign: Database, new: Path, morning: datetime
) -> None:
    begun(campaign, this, morning)
    said = cli("next-year", new, "--json", "--data", this)
    assert said.code == 0, said.err
    document = said.document()
    assert {path.name for path in new.iterdir()} == {"caiji.db", "blobs"}
    assert (document["year"], document["answers"], document["last_year"]["rows"]) == (2021, 1, 3)
    assert {"where": "tasks.csv: due（67 张表）", "from": "2020-11-18", "to": "2021-11-17"} in document[
        "changes"
    ]
    assert any("今年有 187 项没有通过三个阶段" in each for each in document["look"])
    before, after = campaign, opened(new)
    with before.reading() as was, after.reading() as session:
        assert plan_in_force(session).table("1.3").name == "2021年招生计划"
        assert len(session.exec(select(Assignment)).all()) == len(was.exec(select(Assignment)).all())
        people = list(was.exec(select(Person).where(Person.active)))
        assert document["people"] == len(people)
        same = {(each.staff_no, each.name, each.email, each.password_hash, each.digest_at, each.sample)
                for each in people}  # fmt: skip
        assert same == {
            (each.staff_no, each.name, each.email, each.password_hash, each.digest_at, each.sample)
            for each in session.exec(select(Person))
        }
        assert rights(session) == rights(was)
        assert document["rights"] == len(session.exec(select(Grant)).all())
        for table in (AccessToken, ActivationLink, Version, Notice, Explanation):
            assert session.exec(select(table)).all() == []
        kept = session.exec(select(Prior).order_by(Prior.id)).all()
        rows = from_parquet(Blobs(new / "blobs").get(kept[0].rows_blob)).frame
        assert rows["学号"].to_list() == ["20180001", "20180002"]
        [carried] = questions(session)
        assert (carried.code, carried.question.answer, carried.asker) == (DROPOUTS, "不算。", "")
        assert carried.answerer
        [changed] = changed_editions(session)[STUDENTS]
        assert (changed.edition.carried, [each.what for each in changed.differences]) == (True, ["note"])
        schedule = plan_in_force(session).schedule
        calendar = WorkingCalendar(schedule.calendar, schedule.zone)
        assert questions_told(session, calendar, schedule.roster_due) == []
        assert definitions_told(session, calendar, schedule.roster_due) == []
    after.close()


def test_a_rehearsal_stays_one_and_roles_of_a_department_that_left_are_told(
    cli: Cli, this: Path, campaign: Database, new: Path, morning: datetime, tmp_path: Path
) -> None:
    with campaign.reading() as session:
        text = plan_in_force(session).text
    files = tmp_path / "files"
    files.mkdir()
    (files / "schedule.yaml").write_text(
        text["schedule"].replace("  - name: 图书馆\n", "  - name: 文献中心\n")
    )
    (files / "tasks.csv").write_text(text["tasks"].replace("图书馆,", "文献中心,"))
    assert cli("plan", "apply", files, "--yes", "--data", this).code == 0
    with campaign.writing() as session:
        clock.start_rehearsal(session, morning)
        clock.run_at(session, 0)
        shown = clock.now(session)
    document = cli("next-year", new, "--json", "--data", this).document()
    assert any(each.endswith("计划里没有图书馆，这个角色没有带过去。") for each in document["look"])
    assert document["serve"] == f"caiji serve --rehearse 2021-11-05T08:00 --data {new}"
    after = opened(new)
    with after.reading() as session:
        grants = session.exec(select(Grant)).all()
        assert {each.since for each in grants} == {shown}
        assert all(each.department_id for each in grants if each.role == "collector")
        assert clock.mode(session) == clock.REHEARSAL
    after.close()


def test_what_is_there_is_not_touched(cli: Cli, this: Path, new: Path, tmp_path: Path) -> None:
    said = cli("next-year", this, "--data", this)
    assert (said.code, "不是空目录" in said.err) == (1, True)
    assert cli("next-year", new, "--data", tmp_path / "nowhere").code == 1
    assert not new.exists()


def test_a_database_server_is_refused(
    cli: Cli, this: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAIJI_DATABASE_URL", "postgresql+psycopg://127.0.0.1/caiji")
    said = cli("next-year", new, "--data", this)
    assert (said.code, "另建数据库" in said.err, new.exists()) == (1, True, False)


def test_one_that_is_killed_leaves_no_campaign_and_is_made_again_with_a_warning(
    cli: Cli, this: Path, new: Path
) -> None:
    command = [sys.executable, "-c", KILLED, str(new), "--data", str(this)]
    ended = subprocess.run(command, capture_output=True, env=dict(os.environ), check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert {path.name for path in new.iterdir()} == {".part"}
    said = cli("next-year", new, "--data", this)
    assert (said.code, said.out) == (0, "")
    assert {path.name for path in new.iterdir()} == {"caiji.db"}
    assert "~ schedule.yaml: campaign.year：2020 → 2021" in said.err
    assert "？ 今年还没有通过三个阶段的数据" in said.err
    assert "是示例部门" in said.err
    assert f"caiji serve --data {new}" in said.err
