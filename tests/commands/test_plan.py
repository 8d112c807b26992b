"""`caiji plan`: the shapes other programs rely on, and errors that say where and how."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from models.database import Database
from settings import ROOT
from tests.commands.cli import Cli


@pytest.fixture
def loaded(campaign: Database, tmp_path: Path) -> Path:
    """The data folder of a loaded campaign."""
    campaign.close()
    return tmp_path


def test_show_is_the_2020_plan(cli: Cli) -> None:
    said = cli("plan", "show", "--json")
    document = said.document()
    assert (said.code, len(document["tables"]), document["assignments"]) == (0, 72, 189)
    assert Counter(table["due"] for table in document["tables"]) == {
        "2020-11-11T23:59:59+08:00": 5,
        "2020-11-18T23:59:59+08:00": 67,
    }
    assert Counter("、".join(table["collect"]) for table in document["tables"]) == {
        "各系部": 21,
        "学务部": 17,
        "教务部": 11,
        "政务部": 9,
        "财务处": 9,
        "质量部": 2,
        "图书馆": 1,
        "教务部、学务部": 1,
        "参与数据采集的所有部门": 1,
    }
    assert document["tables"][0] == {
        "no": 1,
        "code": "1.6",
        "name": "机构设置",
        "printed": "1.6机构设置",
        "directory": None,
        "step": 1,
        "collect": ["政务部"],
        "review": "政务部",
        "due": "2020-11-11T23:59:59+08:00",
        "due_stage": "reviewed",
        "source": True,
        "preloaded": False,
        "evidence": "upload",
    }
    assert "1.6" in cli("plan", "show").out


def test_the_shipped_word_plan_gives_the_shipped_tasks(cli: Cli, tmp_path: Path) -> None:
    (word,) = (ROOT / "plans" / "sample").glob("*.docx")
    said = cli("plan", "import", word, "-o", tmp_path / "tasks.csv", "--json")
    assert (said.code, said.document()["tables"]) == (0, 72)
    assert (tmp_path / "tasks.csv").read_bytes() == (ROOT / "tasks.csv").read_bytes()


def test_lint_names_the_doubts_of_the_printed_plan(cli: Cli) -> None:
    said = cli("plan", "lint", "--json")
    document = said.document()
    doubts = {doubt["id"] for doubt in document["doubts"]}
    assert (said.code, document["errors"]) == (0, [])
    assert {"stale-cohorts", "no-reviewer", "deadline-on-holiday", "five-year-cohorts"} <= doubts
    assert all(doubt["where"] and doubt["message"] for doubt in document["doubts"])


def test_an_unknown_department_is_told_with_file_line_and_example(cli: Cli, tmp_path: Path) -> None:
    text = (ROOT / "tasks.csv").read_text("utf-8-sig").replace("图书馆", "图书室")
    (tmp_path / "tasks.csv").write_text(text, "utf-8")
    said = cli("plan", "lint", "--tasks", tmp_path / "tasks.csv", "--json")
    (error,) = said.document()["errors"]
    assert (said.code, error["id"], error["file"], error["line"]) == (1, "unknown-unit", "tasks.csv", 15)
    told = cli("plan", "show", "--tasks", tmp_path / "tasks.csv")
    assert told.code == 1
    assert "图书室" in told.err
    assert "Traceback" not in told.err


def test_a_word_plan_that_is_none_is_refused(cli: Cli, tmp_path: Path) -> None:
    wrong = tmp_path / "plan.docx"
    wrong.write_text("no Word file", "utf-8")
    said = cli("plan", "import", wrong, "-o", tmp_path / "out.csv")
    assert (said.code, (tmp_path / "out.csv").exists()) == (1, False)
    assert "plan.docx" in said.err


def test_the_loaded_plan_equals_the_files_and_a_change_is_shown(
    cli: Cli, loaded: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    new.mkdir()
    same = cli("plan", "diff", ROOT / "tasks.csv", "--data", loaded, "--json").document()
    assert (same["changed"], same["impact"]["deadlines_moved"]) == ([], 0)
    text = (ROOT / "tasks.csv").read_text("utf-8-sig")
    (new / "tasks.csv").write_text(text.replace("2020-11-11", "2020-11-12"), "utf-8")
    document = cli("plan", "diff", new, "--data", loaded, "--json").document()
    assert document["impact"]["deadlines_moved"] == 5
    assert {change["code"] for change in document["changed"]} == {"1.6", "6.1", "7.1.1", "7.2", "10.1.1"}


def test_apply_then_export_gives_the_new_files(cli: Cli, loaded: Path, tmp_path: Path) -> None:
    new, out = tmp_path / "new.csv", tmp_path / "out"
    text = (ROOT / "tasks.csv").read_text("utf-8-sig").replace("2020-11-11", "2020-11-12")
    new.write_text(text, "utf-8")
    assert cli("plan", "apply", new, "--yes", "--data", loaded).code == 0
    assert cli("plan", "export", out, "--data", loaded).code == 0
    assert (out / "tasks.csv").read_text("utf-8-sig") == text
    assert cli("plan", "diff", out, "--data", loaded, "--json").document()["changed"] == []


def test_without_data_the_remedy_is_told(cli: Cli, tmp_path: Path) -> None:
    said = cli("plan", "export", tmp_path / "out", "--data", tmp_path / "nowhere")
    assert said.code == 1
    assert "caiji serve" in said.err


def test_wrong_use_exits_2(cli: Cli) -> None:
    assert cli("plan", "nonsense").code == 2
    assert cli("serve", "--port", "many").code == 2


def test_rehearse_keeps_its_promises(cli: Cli, tmp_path: Path) -> None:
    events = cli("rehearse", "--data", tmp_path, "--json").document()["events"]
    kinds = {event["kind"] for event in events}
    assert {"roster-reminder", "reminder", "overdue", "forewarning", "escalation", "report"} <= kinds
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    days_off = {f"2020-11-{day:02d}" for day in (7, 8, 14, 15, 21, 22)}
    assert [event for event in events if event["at"][:10] in days_off] == []
    assert {event["at"][11:13] for event in events} <= {f"{hour:02d}" for hour in range(7, 20)}
    digests = Counter(
        (event["to"][0], event["at"][:10])
        for event in events
        if event["kind"] in ("reminder", "overdue", "roster-reminder")
    )
    assert set(digests.values()) == {1}
    escalated = [event for event in events if event["kind"] == "escalation"]
    assert min(event["at"] for event in escalated) > "2020-11-07T17:30"
    assert min(event["at"] for event in escalated if event["tables"]) > "2020-11-11T23:59:59"
    assert "2020-11-06" in {event["at"][:10] for event in events if event["kind"] == "roster-reminder"}
    assert json.dumps(events)
    assert list(tmp_path.iterdir()) == []
