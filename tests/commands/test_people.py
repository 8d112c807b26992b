"""`caiji people`, `backup`, `restore` and `doctor` on a real data folder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from sqlite3 import connect
from threading import Event

import pytest
from openpyxl import Workbook
from sqlmodel import select

from models import AccessToken, Department, Person
from models.blobs import Blobs
from models.database import Database
from models.whole import UNFINISHED
from models.worklist import open_departments
from settings import ROOT
from tests.commands.cli import Cli
from tests.conftest import SHANGHAI


def test_people_come_from_a_workbook(cli: Cli, data: Path) -> None:
    workbook = Workbook()
    workbook.active.append(("staff_no", "name", "email", "department", "roles"))
    workbook.active.append(("1001", "甲", "a@sample.example", "教务部", "collector"))
    workbook.save(data / "people.xlsx")
    said = cli("people", "import", data / "people.xlsx", "--data", data, "--json")
    loaded = said.document()
    assert (said.code, loaded.pop("others") > 0) == (0, True)
    nothing: dict[str, object] = {"back": [], "ended": [], "vacant": []}
    assert loaded == {"people": 1, "new": 1, "changed": 0, "same": 0, **nothing}


def test_roles_that_are_taken_away_are_told(cli: Cli, data: Path) -> None:
    who = ("S011", "甲", "a@sample.example", "--department", "政务部", "--roles")
    said = cli("people", "add", *who, "", "--data", data)
    told = said.out + said.err
    assert (said.code, "取消角色：甲（S011）的政务部采集员" in told) == (0, True)
    assert "注意：政务部现在没有采集员" in told
    said = cli("people", "add", *who, "采集员", "--data", data)
    assert (said.code, "取消角色" in said.out + said.err) == (0, False)


def test_a_person_is_added_activated_and_given_a_token(cli: Cli, data: Path, campaign: Database) -> None:
    who = ("1002", "乙", "b@sample.example", "--roles", "reviewer head", "--department", "教务部")
    assert cli("people", "add", *who, "--data", data).code == 0
    link = cli("people", "activate", "1002", "--data", data).out.strip()
    assert link.startswith("http://127.0.0.1:8000/activate/")
    (data / "address").write_text("http://127.0.0.1:8001")
    elsewhere = cli("people", "activate", "1002", "--data", data).out
    assert elsewhere.startswith("http://127.0.0.1:8001/activate/")
    assert len(cli("people", "token", "1002", "--data", data).out.strip()) >= 40
    with campaign.reading() as session:
        assert session.exec(select(Person.name).where(Person.staff_no == "1002")).all() == ["乙"]
        assert len(session.exec(select(AccessToken)).all()) == 1


def test_people_of_a_department_that_left_the_plan_go_in_again(
    cli: Cli, data: Path, campaign: Database
) -> None:
    with campaign.writing() as session:
        session.exec(select(Department).where(Department.name == "图书馆")).one().closed = True
    who = ("1003", "丁", "d@sample.example", "--roles", "采集员", "--department", "图书馆")
    assert cli("people", "add", *who, "--data", data).code == 0
    workbook = Workbook()
    workbook.active.append(("staff_no", "name", "email", "department", "roles"))
    workbook.active.append(("1003", "丁", "d@sample.example", "图书馆", "collector"))
    workbook.save(data / "people.xlsx")
    said = cli("people", "import", data / "people.xlsx", "--data", data, "--json")
    assert (said.code, said.document()["same"]) == (0, 1)
    unknown = cli("people", "add", *who[:-1], "图书室", "--data", data)
    assert (unknown.code, "图书室" in unknown.err) == (1, True)
    with campaign.reading() as session:
        assert "图书馆" not in open_departments(session)


def test_a_wrong_role_and_an_unknown_person_are_told(cli: Cli, data: Path) -> None:
    said = cli("people", "add", "1", "丙", "c@x", "--roles", "boss", "--data", data)
    assert (said.code, "boss" in said.err) == (1, True)
    assert ("单元格" in said.err, "采集员（collector）" in said.err) == (False, True)
    assert (
        cli(
            "people", "add", "1", "丙", "c@x", "--roles", "采集员", "--department", "教务部", "--data", data
        ).code
        == 0
    )
    said = cli("people", "token", "4711", "--data", data)
    assert (said.code, "4711" in said.err, said.out) == (1, True, "")


def test_a_backup_restores_to_the_same_campaign(
    cli: Cli, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept, back = tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("back")
    assert cli("backup", kept, "--data", data).code == 0
    assert cli("backup", kept, "--data", data).code == 1
    assert cli("restore", kept, "--data", back).code == 0
    assert cli("restore", kept, "--data", back).code == 1
    restored = Database(f"sqlite:///{back / 'caiji.db'}")
    with restored.reading() as session:
        assert "S000" in session.exec(select(Person.staff_no)).all()
    restored.close()
    assert [path.read_bytes() for path in (back / "blobs").rglob("*") if path.is_file()] == [b"a workbook"]


def test_a_backup_beside_a_writer_holds_whole_files_only(
    cli: Cli, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept, stop, blobs = tmp_path_factory.mktemp("kept"), Event(), Blobs(data / "blobs")
    (data / "blobs" / UNFINISHED / "left-by-a-kill").write_bytes(b"half")

    def write() -> int:
        written = 0
        while not stop.is_set():
            blobs.put(b"%d" % written * 10_000)
            written += 1
        return written

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            for turn in range(5):
                assert cli("backup", kept / str(turn), "--data", data).code == 0
        finally:
            stop.set()
        assert writing.result() > 5
    files = [path for path in kept.glob("*/blobs/**/*") if path.is_file()]
    assert len(files) > 5
    assert [path for path in files if sha256(path.read_bytes()).hexdigest() != path.name] == []


def test_a_log_that_its_database_left_behind_is_not_played_into_another(
    cli: Cli, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept, back = tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("back")
    assert cli("backup", kept, "--data", data).code == 0
    (back / "caiji.db-wal").write_bytes(b"of the database that was moved away")
    said = cli("restore", kept, "--data", back)
    assert (said.code, "caiji.db-wal" in said.err, (back / "caiji.db").exists()) == (1, True, False)


def test_a_broken_backup_is_refused(cli: Cli, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "caiji.db").write_bytes(b"no database at all" * 100)
    said = cli("restore", kept, "--data", tmp_path / "back")
    assert (said.code, (tmp_path / "back").exists()) == (1, False)


def test_the_doctor_says_what_to_mend(cli: Cli, data: Path) -> None:
    said = cli("doctor", "--data", data, "--json")
    signs = {sign["what"]: sign for sign in said.document()["signs"]}
    assert signs["数据库"]["well"]
    assert signs["数据表"]["well"]
    assert (said.code, signs["后台任务"]["well"]) == (1, False)
    assert "caiji serve" in signs["后台任务"]["remedy"]


ROBOT = "wecombot://k3y-0001"


@pytest.mark.parametrize(
    ("robot", "ruled", "well"),
    [("", False, None), (ROBOT, False, False), ("", True, False), (ROBOT, True, True)],
)
def test_the_doctor_sees_robots_without_rules_and_rules_without_robots(
    cli: Cli, data: Path, monkeypatch: pytest.MonkeyPatch, robot: str, ruled: bool, well: bool | None
) -> None:
    monkeypatch.setenv("CAIJI_CHAT_URLS", robot)
    if ruled:
        text = (ROOT / "schedule.yaml").read_text("utf-8")
        (data / "schedule.yaml").write_text(text.replace("  # - {id: group", "  - {id: group"), "utf-8")
        assert cli("plan", "apply", data / "schedule.yaml", "--yes", "--data", data).code == 0
    signs = {sign["what"]: sign for sign in cli("doctor", "--data", data, "--json").document()["signs"]}
    assert (signs["群公告"]["well"] if "群公告" in signs else None) == well


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE addition DROP COLUMN closed_at", "表 addition 缺少列 closed_at"),
        ("ALTER TABLE person ADD COLUMN nickname TEXT", "表 person 多出列 nickname"),
        ("DROP TABLE stamp", "缺少表 stamp"),
        ("CREATE TABLE spare (id INTEGER)", "多出表 spare"),
    ],
)
def test_the_doctor_tells_tables_and_columns_that_are_not_the_models(
    cli: Cli, data: Path, change: str, told: str
) -> None:
    with connect(data / "caiji.db") as database:
        database.execute(change)
    database.close()
    said = cli("doctor", "--data", data, "--json")
    signs = {sign["what"]: sign for sign in said.document()["signs"]}
    assert (said.code, signs["数据表"]["well"], told in signs["数据表"]["says"]) == (1, False, True)
    assert "caiji backup" in signs["数据表"]["remedy"]


def test_a_database_of_a_newer_version_is_told(cli: Cli, data: Path) -> None:
    with connect(data / "caiji.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    said = cli("doctor", "--data", data)
    assert (said.code, "更新的版本建立的（9999" in said.out + said.err) == (1, True)


def test_the_late_report_speaks_the_words_of_the_pages(cli: Cli, data: Path) -> None:
    said = cli("report", "late", "--at", "2020-11-20T09:00", "--out", data / "late", "--data", data)
    assert said.code == 0
    assert "11月11日 23:59" in said.out + said.err
    assert "collector" not in said.out + said.err


def test_who_leaves_is_out_and_the_place_left_empty_is_told(cli: Cli, data: Path) -> None:
    said = cli("people", "leave", "S011", "--data", data)
    assert (said.code, "注意：政务部现在没有采集员" in said.out + said.err) == (0, True)
    assert cli("people", "leave", "S011", "--data", data).code == 1
    back = cli(
        *("people", "add", "S011", "甲", "a@x", "--roles", "采集员"), "--department", "政务部", "--data", data
    )
    assert "恢复在岗：甲" in back.out + back.err


def test_roles_are_handed_over_and_a_deputy_is_named(cli: Cli, data: Path) -> None:
    new = ("7001", "丁", "d@x", "--roles", "", "--department", "图书馆")
    assert cli("people", "add", *new, "--data", data).code == 0
    hand_over = ("people", "hand-over", "S061", "7001", "--data", data)
    for days in (("--from", "2020-11-16"), ("--from", "soon", "--to", "later")):
        said = cli(*hand_over, *days)
        assert (said.code, "代理需要开始和结束日期" in said.err) == (2, True)
    over = cli(*hand_over, "--from", "2020-11-16", "--to", "2020-11-18")
    assert (over.code, "已经过去" in over.err) == (1, True)
    none = cli(*hand_over, "--roles", "审核员")
    assert (none.code, "没有选择要移交的角色" in none.err) == (1, True)
    said = cli(*hand_over, "--roles", "采集员")
    assert (said.code, "1 个角色移交给丁" in said.out + said.err) == (0, True)


def test_a_deputy_is_named_for_days_to_come(cli: Cli, data: Path) -> None:
    new = ("7001", "丁", "d@x", "--roles", "", "--department", "图书馆")
    assert cli("people", "add", *new, "--data", data).code == 0
    day = datetime.now(SHANGHAI).date() + timedelta(days=3)
    said = cli("people", "hand-over", "S061", "7001", "--from", day, "--to", day, "--data", data)
    assert (said.code, f"在 {day} 到 {day} 由其代理：丁" in said.out + said.err) == (0, True)


def test_a_dry_run_tells_and_writes_nothing(cli: Cli, data: Path, campaign: Database) -> None:
    workbook = Workbook()
    workbook.active.append(("staff_no", "name", "email", "department", "roles"))
    workbook.active.append(("S011", "甲", "a@sample.example", "政务部", ""))
    workbook.active.append(("1003", "乙", "b@sample.example", "财务处", "collector reviewer"))
    workbook.save(data / "people.xlsx")
    asked = ("people", "import", data / "people.xlsx", "--dry-run", "--data", data)
    document = cli(*asked, "--json").document()
    assert (document["dry_run"], document["new"], len(document["doubts"])) == (True, 1, 1)
    assert [each["idle"] for each in document["changes"]] == [True, False]
    said = cli(*asked)
    told = said.out + said.err
    assert "只是预览" in told
    assert "新增：乙（1003）：授予财务处采集员，授予财务处审核员" in told
    with campaign.reading() as session:
        assert session.exec(select(Person).where(Person.staff_no == "1003")).first() is None
