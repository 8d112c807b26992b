"""`caiji plan`: the shapes other programs rely on, and errors that say where and how."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from actions.clock import start_rehearsal
from actions.load_plan import apply as load_into
from commands.foreseen import change_lines
from models.database import Database
from plans.load import load_plan
from settings import ROOT
from tests.commands.cli import Cli

NOW = datetime(2020, 11, 6, 2, 0, tzinfo=UTC)


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


def test_diff_says_it_in_the_words_of_the_pages(cli: Cli, loaded: Path, tmp_path: Path) -> None:
    text = (ROOT / "tasks.csv").read_text("utf-8-sig")
    first = next(line for line in text.splitlines() if line.startswith("1,1.6,"))
    cells = first.split(",")
    cells[6], cells[8], cells[9] = "财务处、教务部", "2020-11-12", "collected"
    (tmp_path / "tasks.csv").write_text(text.replace(first, ",".join(cells)), "utf-8")
    told = cli("plan", "diff", tmp_path / "tasks.csv", "--data", loaded).err.splitlines()
    assert told[:3] == [
        "~ 1.6 采集部门：政务部 → 财务处、教务部",
        "~ 1.6 截止日期：2020-11-11 → 2020-11-12",
        "~ 1.6 截止要求：完成采集和审核 → 完成采集",
    ]


def test_diff_tells_the_notices_that_change(cli: Cli, loaded: Path, tmp_path: Path) -> None:
    same = cli("plan", "diff", ROOT / "schedule.yaml", "--data", loaded, "--json").document()
    assert same["notices"] == {"first": None, "changes": [], "corrected": []}
    database = Database(f"sqlite:///{loaded / 'caiji.db'}")
    with database.writing() as session:
        start_rehearsal(session, NOW)
    database.close()
    text = (ROOT / "schedule.yaml").read_text("utf-8")
    new = tmp_path / "schedule.yaml"
    new.write_text(text.replace("holidays: []", "holidays: [2020-11-16]"), "utf-8")
    found = cli("plan", "diff", new, "--data", loaded, "--json").document()["notices"]
    assert found["first"] == "2020-11-10"
    assert {tuple(change)[:5] for change in found["changes"]} == {
        ("date", "kind", "audience", "before", "after")
    }
    assert "  2020-11-11 到期提醒（采集员） 189 → 5 项" in cli("plan", "diff", new, "--data", loaded).err


def test_the_notices_that_change_in_words() -> None:
    day = {"date": "2020-11-10", "kind": "reminder", "audience": "collector"}
    later = {**day, "before": 3, "after": 3, "times_before": ["08:30"], "times_after": ["15:00"]}
    more = {**day, "before": 0, "after": 3, "times_before": [], "times_after": ["15:00"]}
    document = {"first": "2020-11-10", "changes": [later, more], "corrected": ["张三", "李四"]}
    assert list(change_lines(document))[1:] == [
        "  2020-11-10 到期提醒（采集员） 3 → 3 项（08:30 → 15:00）",
        "  2020-11-10 到期提醒（采集员） 0 → 3 项",
        "先前告知的期限因此作废，这 2 人会收到更正：张三、李四。",
    ]
    assert list(change_lines({"first": None, "changes": []})) == ["之后的提醒不变。"]
    assert "caiji rehearse" in "".join(change_lines(None))


def test_apply_then_export_gives_the_new_files(cli: Cli, loaded: Path, tmp_path: Path) -> None:
    new, out = tmp_path / "new.csv", tmp_path / "out"
    text = (ROOT / "tasks.csv").read_text("utf-8-sig").replace("2020-11-11", "2020-11-12")
    new.write_text(text, "utf-8")
    assert cli("plan", "apply", new, "--yes", "--data", loaded).code == 0
    assert cli("plan", "export", out, "--data", loaded).code == 0
    assert (out / "tasks.csv").read_text("utf-8-sig") == text
    assert cli("plan", "diff", out, "--data", loaded, "--json").document()["changed"] == []


def answered(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(text))


def changed(folder: Path) -> Path:
    folder.mkdir()
    text = (ROOT / "tasks.csv").read_text("utf-8-sig").replace("2020-11-11", "2020-11-12")
    (folder / "tasks.csv").write_text(text, "utf-8")
    return folder / "tasks.csv"


def test_apply_asks_on_stderr_and_keeps_stdout_for_the_document(
    cli: Cli, loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = changed(tmp_path / "new")
    for answer, code in (("", 1), ("n\n", 1), ("y\n", 0)):
        answered(monkeypatch, answer)
        said = cli("plan", "apply", new, "--data", loaded, "--json")
        assert (said.code, "截止变动 5" in said.err) == (code, True)
        assert ("--yes" in said.err, said.out == "") == (code == 1, code == 1)
    assert said.document()["impact"]["deadlines_moved"] == 5


def test_apply_without_a_file_takes_those_of_the_settings(
    cli: Cli, loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAIJI_TASKS", str(changed(tmp_path / "new").rename(tmp_path / "my-plan.csv")))
    said = cli("plan", "apply", "--yes", "--data", loaded, "--json")
    assert (said.code, said.document()["impact"]["deadlines_moved"]) == (0, 5)


def test_a_plan_that_changed_since_it_was_shown_is_not_written_over(
    cli: Cli, loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(StringIO):
        """Somebody who answers after a colleague has applied another plan."""

        def readline(self, size: int = -1) -> str:
            database = Database(f"sqlite:///{loaded / 'caiji.db'}")
            with database.writing() as session:
                other = (ROOT / "tasks.csv").read_text("utf-8-sig").replace("2020-11-18", "2020-11-19")
                schedule = (ROOT / "schedule.yaml").read_text("utf-8")
                load_into(session, load_plan(other, schedule), None, NOW)
            database.close()
            return "y\n"

    monkeypatch.setattr("sys.stdin", Slow())
    said = cli("plan", "apply", changed(tmp_path / "new"), "--data", loaded)
    assert (said.code, "又被改动过" in said.err) == (1, True)
    assert cli("plan", "export", tmp_path / "out", "--data", loaded).code == 0
    assert "2020-11-19" in (tmp_path / "out" / "tasks.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("command", ["diff", "apply"])
def test_an_empty_folder_is_no_plan(cli: Cli, loaded: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").mkdir()
    said = cli("plan", command, tmp_path / "empty", "--data", loaded)
    assert (said.code, "tasks.csv" in said.err, "意料之外" in said.err) == (1, True, False)


def test_lint_looks_at_the_people_that_are_loaded(cli: Cli, loaded: Path) -> None:
    def twice() -> list[str]:
        doubts = cli("plan", "lint", "--data", loaded, "--json").document()["doubts"]
        return [doubt["where"] for doubt in doubts if doubt["id"] == "same-person-both-roles"]

    assert twice() == []
    who = ("1002", "乙", "b@sample.example", "--roles", "collector reviewer", "--department", "教务部")
    assert cli("people", "add", *who, "--data", loaded).code == 0
    assert twice() == ["people.xlsx: 教务部"]
    assert cli("plan", "lint", "--data", loaded / "nowhere").code == 1


def test_without_data_the_remedy_is_told(cli: Cli, tmp_path: Path) -> None:
    said = cli("plan", "export", tmp_path / "out", "--data", tmp_path / "nowhere")
    assert said.code == 1
    assert "caiji serve" in said.err


def test_wrong_use_exits_2(cli: Cli) -> None:
    assert cli("plan", "nonsense").code == 2
    assert cli("serve", "--port", "many").code == 2
