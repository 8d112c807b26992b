"""The data folder is held by one supervisor, which clears away what a killed one left half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.supervisor import Supervisor
from models.errors import Conflict
from settings import Settings


def supervisor(data: Path) -> Supervisor:
    return Supervisor(Settings(data=data, prefect=False), "127.0.0.1", 0, rehearsal=True, parts=())


def test_what_a_killed_one_left_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    kept = tmp_path / "blobs" / "ab" / "abc"
    left = [tmp_path / name / "tmpx" / "workbook.xlsx" for name in ("incoming", "outgoing", "reading")]
    for path in (kept, *left):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
    with supervisor(tmp_path).locked():
        assert [path for path in left if path.exists()] == []
        assert kept.read_bytes() == b"x"


def test_a_second_one_is_refused_and_clears_nothing(tmp_path: Path) -> None:
    second = supervisor(tmp_path)
    with supervisor(tmp_path).locked():
        upload = tmp_path / "incoming" / "workbook.xlsx"
        upload.parent.mkdir()
        upload.write_bytes(b"x")
        with pytest.raises(Conflict, match="正被另一个 caiji 使用"), second.locked():
            pass
        assert upload.exists()
