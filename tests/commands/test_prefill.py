"""`caiji plan prefill`: last year's export becomes this year's rows to compare with, drafts and offers."""

from __future__ import annotations

import json
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from actions.clock import LIVE, stamp
from actions.load_plan import apply
from actions.people import load_people
from actions.sample_people import sample_people
from actions.submit import latest_version, report_nothing
from checks.rows import from_parquet
from models import DataTable, Explanation, Prior, Version
from models.blobs import Blobs
from models.database import Database
from models.history import findings
from models.migrate import upgrade
from plans.plan import Plan
from tests.actions.people import holder, task
from tests.commands.cli import Cli
from tests.flows.colleges import DROPOUTS, STUDENTS, College

DEPARTMENT = "学务部"
TOLD = {"table": DROPOUTS, "department": DEPARTMENT, "rule": "prior-year-change", "sheet": DROPOUTS}
TOLD |= {"column": "", "key": "", "text": "学籍清理集中办理"}


@pytest.fixture
def export(cli: Cli, campaign: Database, tmp_path: Path, morning: datetime) -> Path:
    """The export of a college with two checked tables, and an explanation that was accepted."""
    college = College(campaign, tmp_path, morning)
    college.approve(STUDENTS, "20180001", "20180002")
    college.approve(DROPOUTS, "20180001")
    assert cli("export", tmp_path / "last", "--data", tmp_path).code == 0
    (tmp_path / "last" / "explanations.json").write_text(json.dumps([TOLD]), "utf-8")
    return tmp_path / "last"


@pytest.fixture
def fresh(tmp_path: Path, plan: Plan, morning: datetime) -> Path:
    """Another data folder with the same plan, in which nobody has done anything; one table is preloaded."""
    folder = tmp_path / "next"
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'caiji.db'}")
    upgrade(database)
    with database.writing() as session:
        stamp(session, LIVE)
        apply(session, plan, None, morning)
        load_people(session, sample_people(plan), morning, sample=True)
        table = session.exec(select(DataTable).where(DataTable.code == DROPOUTS)).one()
        table.preloaded = True
    database.close()
    return folder


def opened(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'caiji.db'}")


def test_rows_and_explanations_are_taken_over(cli: Cli, export: Path, fresh: Path, morning: datetime) -> None:
    said = cli("plan", "prefill", export, "--yes", "--json", "--data", fresh)
    assert said.code == 0, said.err
    document = said.document()
    assert [(each["table"], each["department"], each["rows"], each["preloaded"])
            for each in document["assignments"]] == [
        (STUDENTS, DEPARTMENT, 2, False),
        (DROPOUTS, DEPARTMENT, 1, True),
    ]  # fmt: skip
    assert (document["rows"], document["explanations"], document["skipped"]) == (3, 1, [])
    database = opened(fresh)
    with database.reading() as session:
        dropouts = task(session, DROPOUTS, DEPARTMENT)
        version = latest_version(session, dropouts.id)
        assert version is not None
        assert (version.kind, version.number, version.made_by, version.base) == ("preload", 1, None, None)
        assert dropouts.assignment.stage == "pending"
        kept = session.exec(select(Prior).order_by(col(Prior.id))).all()
        rows = from_parquet(Blobs(fresh / "blobs").get(kept[0].rows_blob)).frame
        assert rows["学号"].to_list() == ["20180001", "20180002"]
        assert "采集部门" not in rows.columns
        assert [each.rule for each in findings(session, version.id or 0)] == ["untouched-prefill"]
        offered = session.exec(select(Explanation)).one()
        assert (offered.offered, offered.text, offered.made_by) == (True, TOLD["text"], None)
        assert latest_version(session, task(session, STUDENTS, DEPARTMENT).id) is None
    database.close()


def test_again_it_replaces_and_makes_nothing_twice(cli: Cli, export: Path, fresh: Path) -> None:
    for _ in range(2):
        assert cli("plan", "prefill", export, "--yes", "--data", fresh).code == 0
    database = opened(fresh)
    with database.reading() as session:
        counts = [len(session.exec(select(each.id)).all()) for each in (Prior, Version, Explanation)]
    database.close()
    assert counts == [2, 1, 1]


def test_what_somebody_has_handed_in_is_not_preloaded(
    cli: Cli, export: Path, fresh: Path, morning: datetime
) -> None:
    database = opened(fresh)
    with database.writing() as session:
        key = task(session, DROPOUTS, DEPARTMENT).id
        report_nothing(session, holder(session, "collector", DEPARTMENT, morning), key, morning)
    database.close()
    said = cli("plan", "prefill", export, "--yes", "--json", "--data", fresh).document()
    assert [each["preloaded"] for each in said["assignments"]] == [False, False]
    database = opened(fresh)
    with database.reading() as session:
        assert [each.kind for each in session.exec(select(Version))] == ["nil"]
    database.close()


def test_nothing_is_loaded_without_a_yes(
    cli: Cli, export: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    said = cli("plan", "prefill", export, "--data", fresh)
    assert said.code == 1
    assert f"+ {DROPOUTS} 辍学学生明细表 · {DEPARTMENT}：1 行（预置，等采集部门更新）" in said.err
    assert "没有载入" in said.err
    database = opened(fresh)
    with database.reading() as session:
        assert session.exec(select(Prior)).all() == []
    database.close()


def test_what_does_not_fit_is_told(cli: Cli, export: Path, fresh: Path) -> None:
    book = load_workbook(export / f"{DROPOUTS}.xlsx")
    page = book[DROPOUTS]
    last = page.max_column
    page.cell(1, last + 1).value = "旧列"
    for row, department in ((2, "已撤销的部门"), (3, None)):
        for column in range(1, last):
            page.cell(row, column).value = page.cell(2, column).value
        page.cell(row, last).value, page.cell(row, last + 1).value = department, "x"
    book.save(export / f"{DROPOUTS}.xlsx")
    manifest = json.loads((export / "manifest.json").read_text("utf-8"))
    manifest["tables"] += [{"table": "99.9", "file": "99.9.xlsx"}, {"table": "10.4", "file": "10.4.xlsx"}]
    (export / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (export / f"{STUDENTS}.xlsx").write_bytes(b"no workbook")
    (export / "explanations.json").write_text(json.dumps([TOLD | {"department": "已撤销的部门"}]), "utf-8")
    said = cli("plan", "prefill", export, "--yes", "--json", "--data", fresh).document()
    assert said["assignments"] == []
    assert {(each["where"], each["why"][:9]) for each in said["skipped"]} == {
        (STUDENTS, "这不是 Excel"[:9]),
        (DROPOUTS, "今年没有这些列，内"),
        (DROPOUTS, "1 行没有写“采集"),
        ("10.4", "清单里有，目录里没"),
        ("99.9", "今年的计划里没有这"),
        (f"{DROPOUTS} · 已撤销的部门", "今年没有这个部门的"),
        (f"{DROPOUTS} · 已撤销的部门", "说明没有对应的任务"),
    }


@pytest.mark.parametrize(
    "content",
    [
        None,
        "{",
        '{"tables": 3}',
        '{"tables": [1]}',
        "[]",
        "[" * 200_000,
        '{"campaign": "\\ud800", "tables": []}',
    ],
)
def test_a_folder_that_is_no_export_is_refused_in_a_sentence(
    cli: Cli, fresh: Path, tmp_path: Path, content: str | None
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    if content is not None:
        (folder / "manifest.json").write_text(content)
    said = cli("plan", "prefill", folder, "--yes", "--data", fresh)
    assert said.code == 1
    assert ("不是 caiji export" in said.err) == (content is None)
    assert ("读不出来" in said.err) == (content is not None)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ([TOLD | {"text": "长" * 2001}], "超过 2000 个字"),
        ([TOLD | {"text": " "}], "是空的"),
        ([TOLD | {"rule": "no-such-rule"}], "没有检测规则“no-such-rule”"),
        ([{"table": DROPOUTS}], "内容不全"),
        (["x"], "内容不全"),
        ({"a": 1}, "读不出来"),
        ([TOLD | {"text": "\ud800"}], "读不出来"),
    ],
)
def test_explanations_that_cannot_be_offered_are_told(
    cli: Cli, export: Path, fresh: Path, content: object, why: str
) -> None:
    (export / "explanations.json").write_text(json.dumps(content), "utf-8")
    document = cli("plan", "prefill", export, "--yes", "--json", "--data", fresh).document()
    (skipped,) = document["skipped"]
    assert (document["explanations"], why in skipped["why"]) == (0, True)
    with opened(fresh).reading() as session:
        assert session.exec(select(Explanation)).all() == []


def test_one_bad_explanation_does_not_cost_the_others(cli: Cli, export: Path, fresh: Path) -> None:
    (export / "explanations.json").write_text(json.dumps([TOLD, TOLD | {"text": ""}, 7]), "utf-8")
    document = cli("plan", "prefill", export, "--yes", "--json", "--data", fresh).document()
    assert (document["explanations"], len(document["skipped"])) == (1, 2)


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (2, f"里同一张表列了几次：{STUDENTS}（2 次）、{DROPOUTS}（2 次）。"),
        (500_000, "里列了 1000000 张表，最多 1000 张。"),
    ],
)
def test_a_manifest_that_names_a_table_many_times_is_refused_unread(
    cli: Cli, export: Path, fresh: Path, times: int, told: str
) -> None:
    manifest = json.loads((export / "manifest.json").read_text("utf-8"))
    named = [entry for entry in manifest["tables"] if entry["table"] in (STUDENTS, DROPOUTS)]
    named = [{"table": entry["table"], "file": entry["file"]} for entry in named]
    (export / "manifest.json").write_text(json.dumps({**manifest, "tables": named * times}), "utf-8")
    said = cli("plan", "prefill", export, "--yes", "--data", fresh)
    assert (said.code, said.out) == (1, "")
    assert told in said.err
    assert "请重新导出" in said.err
    assert not (fresh / "reading").exists() or not any((fresh / "reading").iterdir())
