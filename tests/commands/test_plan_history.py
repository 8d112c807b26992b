"""`caiji plan history`, an earlier version written out, and the impact of another way of handing in."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.database import Database
from tests.commands.cli import Cli


@pytest.fixture
def loaded(campaign: Database, tmp_path: Path) -> Path:
    campaign.close()
    return tmp_path


def test_back_to_an_earlier_version(cli: Cli, loaded: Path, tmp_path: Path) -> None:
    where = ("--data", str(loaded))
    cli("plan", "export", str(tmp_path / "now"), *where)
    schedule = tmp_path / "now" / "schedule.yaml"
    first = schedule.read_text(encoding="utf-8")
    schedule.write_text(first.replace("evidence: upload", "evidence: attest"), encoding="utf-8")
    told = cli("plan", "diff", str(schedule), *where).err
    assert "填报方式：上传工作簿 → 平台填报后确认" in told
    assert told.count("上传工作簿 →") == 1
    assert "变动的设置：填报方式。" in told
    assert "换填报方式的任务 189 项，其中已交的 0 项" in told
    cli("plan", "apply", str(schedule), "--yes", *where)
    [newest, oldest] = cli("plan", "history", "--json", *where).document()["versions"]
    assert (newest["number"], newest["by"], newest["said"]) == (2, None, "填报方式：72 张表；设置：填报方式")
    assert (oldest["number"], oldest["said"]) == (1, "首次载入")
    cli("plan", "export", str(tmp_path / "then"), "--version", "1", *where)
    assert (tmp_path / "then" / "schedule.yaml").read_text(encoding="utf-8") == first
    assert "首次载入" in cli("plan", "history", *where).out


def test_a_version_that_is_not(cli: Cli, loaded: Path, tmp_path: Path) -> None:
    said = cli("plan", "export", str(tmp_path / "x"), "--version", "7", "--data", str(loaded))
    assert (said.code, "没有第 7 版计划" in said.err) == (1, True)
