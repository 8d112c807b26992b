"""`caiji tables`: what an editor of the definitions is told, and the page made from them."""

from __future__ import annotations

import re
from pathlib import Path

from checks.definition import TABLES
from checks.definition_page import page
from checks.definition_set import load_all
from tests.commands.cli import Cli


def test_the_shipped_definitions_lint_cleanly(cli: Cli) -> None:
    done = cli("tables", "lint", "--json")
    assert (done.code, done.document()) == (0, {"tables": 72, "errors": []})
    assert "72 张表的定义，0 处错误" in cli("tables", "lint").err


def test_lint_tells_file_line_and_remedy(cli: Cli, tmp_path: Path) -> None:
    text = (TABLES / "11.2.yaml").read_text("utf-8")
    (tmp_path / "11.2.yaml").write_text(text.replace("type: integer", "type: whole", 1), encoding="utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "type: integer" in row)
    done = cli("tables", "lint", "--tables", tmp_path, "--json")
    told = {(error["id"], error["file"], error["line"]) for error in done.document()["errors"]}
    assert done.code == 1
    assert ("bad-value", str(tmp_path / "11.2.yaml"), line) in told
    spoken = cli("tables", "lint", "--tables", tmp_path)
    assert spoken.code == 1
    assert f"{tmp_path / '11.2.yaml'} 第 {line} 行" in spoken.err
    assert "string、integer、number、year、date" in spoken.err


def test_lint_runs_the_rules_over_tables(cli: Cli, tmp_path: Path) -> None:
    for path in TABLES.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (TABLES / "rules.yaml").read_text("utf-8").replace('SUM("在校生数/总人数")', 'SUM("总人数")', 1)
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    done = cli("tables", "lint", "--tables", tmp_path, "--json")
    (error,) = done.document()["errors"]
    line = next(number for number, row in enumerate(text.splitlines(), 1) if 'SUM("总人数")' in row) - 1
    assert (done.code, error["id"], error["file"], error["line"]) == (
        1,
        "broken-sql",
        str(tmp_path / "rules.yaml"),
        line,
    )


def test_a_folder_named_as_a_definition_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "9.9.yaml").mkdir()
    (tmp_path / "11.2.yaml").write_bytes((TABLES / "11.2.yaml").read_bytes())
    done = cli("tables", "lint", "--tables", tmp_path, "--json")
    (error,) = done.document()["errors"]
    assert (done.code, done.document()["tables"]) == (1, 1)
    assert (error["id"], error["file"]) == ("unreadable-file", str(tmp_path / "9.9.yaml"))
    assert "是文件夹" in error["message"]


def test_a_folder_that_is_not_there_is_wrong_use(cli: Cli, tmp_path: Path) -> None:
    done = cli("tables", "lint", "--tables", tmp_path / "none")
    assert done.code == 2
    framed = re.sub(r"[\s│]", "", done.err)
    assert str(tmp_path / "none") in framed


def test_docs_writes_the_page(cli: Cli, tmp_path: Path) -> None:
    done = cli("tables", "docs", tmp_path / "t.md")
    assert done.code == 0
    assert (tmp_path / "t.md").read_text("utf-8") == page(load_all())
