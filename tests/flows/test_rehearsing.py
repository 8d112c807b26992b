"""The process that makes a rehearsal for the pages: its answer, its refusals, and its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.rehearsing import ASKED, CRASHED, FAILED, FORESEEN
from plans.course_file import Deed, write_course
from settings import ROOT
from tests.flows.replayed import Replay, small_campaign


@pytest.fixture
def replay(tmp_path: Path) -> Iterator[Replay]:
    made = Replay(tmp_path / "data", small_campaign())
    yield made
    made.close()


def start(replay: Replay, folder: Path, **asked: Any) -> subprocess.Popen[bytes]:
    folder.mkdir()
    (folder / ASKED).write_text(json.dumps({"course": "", "sample": False, "onward": False} | asked), "utf-8")
    environment = os.environ | {"CAIJI_DATA": str(replay.settings.data), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "flows.rehearsing", str(folder)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def test_a_recorded_course_is_foreseen_with_its_reports(replay: Replay, tmp_path: Path) -> None:
    deeds = [
        Deed(replay.at(10, 9), "1.6", "教务部", "submit"),
        Deed(replay.at(10, 10), "1.6", "教务部", "approve"),
        Deed(replay.at(10, 11), "1.6", "教务部", "pass"),
    ]
    with start(replay, tmp_path / "made", course=write_course(deeds, replay.zone)) as process:
        assert process.wait(120) == 0
    events = json.loads((tmp_path / "made" / FORESEEN).read_text("utf-8"))["events"]
    assert not [each for each in events if each["kind"] == "escalation" and "1.6" in each["tables"]]
    assert [each for each in events if each["kind"] == "report"]
    assert len(list((tmp_path / "made" / "blobs").rglob("*"))) > 3
    assert not (tmp_path / "made" / FAILED).exists()


def test_what_people_can_mend_is_answered_in_a_sentence(replay: Replay, tmp_path: Path) -> None:
    with start(replay, tmp_path / "made", course="at,table\n") as process:
        assert process.wait(60) == 0
    told = json.loads((tmp_path / "made" / FAILED).read_text("utf-8"))
    assert "缺少这些列" in told["message"]
    assert told["remedy"]


def test_an_error_of_ours_is_told_from_a_limit(replay: Replay, tmp_path: Path) -> None:
    with start(replay, tmp_path / "made", course=1) as process:
        assert process.wait(60) == 1
        assert process.stderr is not None
        assert b"Traceback" in process.stderr.read()
    assert json.loads((tmp_path / "made" / FAILED).read_text("utf-8")) == {"why": CRASHED}


def test_it_ends_with_whoever_started_it(replay: Replay, tmp_path: Path) -> None:
    with start(replay, tmp_path / "made") as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == 1
    assert not (tmp_path / "made" / FORESEEN).exists()
