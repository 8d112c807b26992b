"""The sample campaign's summary: the same bytes from two runs, a reason for all that is not in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from plans.plan import Plan
from settings import ROOT
from tests.commands.summary_run import EXEMPT

pytestmark = pytest.mark.xdist_group("summary")
WORLDS = ({"PYTHONHASHSEED": "1", "TZ": "UTC"}, {"PYTHONHASHSEED": "2", "TZ": "America/New_York"})
"""Two processes that differ in all that must not matter."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs of the sample campaign, each by a process of its own."""
    folders = [tmp_path_factory.mktemp(f"run{number}") for number in range(len(WORLDS))]
    argv = [sys.executable, "-m", "tests.commands.summary_run"]
    started = [
        subprocess.Popen([*argv, str(folder)], cwd=ROOT, env=_world(world), stderr=subprocess.PIPE)
        for folder, world in zip(folders, WORLDS, strict=True)
    ]
    told = [process.communicate()[1].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0], told
    return folders


def _world(differences: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"} | differences


def files(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in paths}


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def owed(plan: Plan) -> set[tuple[str, str]]:
    return {(each.code, each.department) for each in plan.obligations()}


@pytest.mark.parametrize("moment", ["first", "end"])
def test_two_runs_write_the_same_bytes(runs: list[Path], moment: str) -> None:
    one, other = (files(run / moment) for run in runs)
    assert len(one) > 60
    assert one == other


def test_writing_again_changes_nothing(runs: list[Path]) -> None:
    assert files(runs[0] / "first") == files(runs[0] / "again")
    assert files(runs[0] / "first") != files(runs[0] / "end")


def test_every_assignment_is_in_or_left_out_for_a_reason(runs: list[Path], plan: Plan) -> None:
    found = manifest(runs[0] / "first")
    parts = [(table["table"], part["department"]) for table in found["tables"] for part in table["parts"]]
    left = [(each["code"], each["department"]) for each in found["excluded"]]
    assert Counter([*parts, *left]) == Counter(owed(plan))
    assert 100 < len(parts) < 189
    assert [each for each in found["excluded"] if not each["reason"].strip()] == []


def test_the_morning_after_the_deadline_has_these_reasons(runs: list[Path]) -> None:
    """All there are, one by one: tests/flows/test_summary.py."""
    reasons = {each["reason"].split("：")[0] for each in manifest(runs[0] / "first")["excluded"]}
    assert reasons == {"未采集", "未审核", "已退回", "免报"}


def test_at_the_end_only_what_was_exempt_is_out(runs: list[Path]) -> None:
    found = manifest(runs[0] / "end")
    assert found["complete"] == len(found["tables"]) == 72
    (left,) = found["excluded"]
    assert (left["code"], left["department"]) == EXEMPT[:2]
    assert left["reason"] == f"免报：{EXEMPT[2]}"


def test_each_file_is_the_one_that_the_manifest_names(runs: list[Path]) -> None:
    found = manifest(runs[0] / "end")
    named = {table["file"]: table["sha256"] for table in found["tables"] if table["file"]}
    assert {name: digest for name, digest in files(runs[0] / "end").items() if name in named} == named
    nil = [part for table in found["tables"] for part in table["parts"] if part["kind"] == "nil"]
    assert len(nil) > 5
    assert {part["rows"] for part in nil} == {0}


def test_what_was_let_pass_and_explained_is_told(runs: list[Path]) -> None:
    found = manifest(runs[0] / "end")
    assert [(each["rule"], each["table"]) for each in found["releases"]] == [("cohort", "10.1.1")]
    assert {each["rule"] for each in found["explanations"]} == {"prior-year-change", "untouched-prefill"}
