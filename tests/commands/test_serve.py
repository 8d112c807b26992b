"""What `caiji serve`, `web` and `worker` refuse before anything listens, and what they prepare."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from actions import clock
from actions.plan_in_force import plan_in_force
from commands.prepare import DATABASE, PART, SAMPLE, _move_in, prepare
from commands.store import settings_for
from models import Mark
from models.database import Database
from models.errors import Conflict, Unusable
from settings import Settings, load
from tests.commands.cli import Cli

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A rehearsal's data folder, begun on the plan's first morning."""
    folder = tmp_path / "rehearsal"
    folder.mkdir()
    prepare(Settings(data=folder), "2020-11-06T08:00", sample=False)
    return folder


def shown(data: Path) -> str:
    database = Database(Settings(data=data).url)
    with database.reading() as session:
        at = clock.now(session).astimezone(SHANGHAI)
    database.close()
    return f"{at:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "caiji.example.edu.cn", ""])
def test_a_rehearsal_is_never_opened_to_the_network(cli: Cli, data: Path, host: str) -> None:
    for arguments in (("web", "--data", data), ("serve", "--data", data, "--rehearse", "2020-11-06T08:00")):
        said = cli(*arguments, "--host", host, "--port", "0")
        assert (said.code, "只在本机" in said.err, said.out) == (2, True, "")


@pytest.mark.parametrize("part", ["web", "worker"])
def test_an_empty_folder_is_a_sentence(cli: Cli, tmp_path: Path, part: str) -> None:
    said = cli(part, "--data", tmp_path / "nothing")
    assert (said.code, "还没有数据库" in said.err, "caiji serve" in said.err) == (1, True, True)
    assert not (tmp_path / "nothing").exists()


def test_a_rehearsals_folder_lies_below_the_installations(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CAIJI_DATA", str(tmp_path))
    load.cache_clear()
    assert settings_for(None).data == tmp_path
    assert settings_for(None, rehearsal=True).data == tmp_path / "rehearsal"
    assert settings_for(tmp_path / "own", rehearsal=True).data == tmp_path / "own"
    load.cache_clear()


def test_the_moment_may_carry_an_offset(tmp_path: Path) -> None:
    prepare(Settings(data=tmp_path), "2020-11-06T01:00+00:00", sample=False)
    assert shown(tmp_path) == "2020-11-06 09:00"


def test_a_wrong_moment_is_told_and_loads_nothing(cli: Cli, tmp_path: Path) -> None:
    said = cli("serve", "--data", tmp_path, "--port", "0", "--rehearse", "gestern")
    assert (said.code, "gestern" in said.err, "2020-11-06T08:00" in said.err) == (2, True, True)
    prepare(Settings(data=tmp_path), "2020-11-07T08:00", sample=False)
    assert shown(tmp_path) == "2020-11-07 08:00"


def test_a_rehearsal_that_has_begun_says_where_it_goes_on(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(Settings(data=data), "2020-11-12T09:00", sample=False)
    told = capsys.readouterr().err
    assert ("2020-11-06 08:00" in told, "2020-11-12T09:00" in told) == (True, True)
    assert shown(data) == "2020-11-06 08:00"


def test_a_sample_is_not_played_into_a_rehearsal_that_has_begun(data: Path) -> None:
    with pytest.raises(Conflict, match="没有示例过程"):
        prepare(Settings(data=data), "2020-11-12T09:00", sample=True)
    database = Database(Settings(data=data).url)
    with database.writing() as session:
        at = plan_in_force(session).schedule.start
        session.add(Mark(job=SAMPLE, until=at))
    database.close()
    prepare(Settings(data=data), "2020-11-12T09:00", sample=True)


def test_a_sample_needs_its_database_in_the_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path / 'other.db'}")
    with pytest.raises(Unusable, match="数据目录"):
        prepare(settings, "2020-11-12T09:00", sample=True)


def test_the_played_database_moves_in_last(tmp_path: Path) -> None:
    part = tmp_path / PART
    for name in ("blobs/aa/one", "mailbox/1.eml"):
        (part / name).parent.mkdir(parents=True)
        (part / name).write_text("played")
    (part / DATABASE).write_text("played")
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "kept").write_text("from a start that was killed")
    _move_in(part, tmp_path)
    assert (tmp_path / DATABASE).read_text() == (tmp_path / "blobs/aa/one").read_text() == "played"
    assert (tmp_path / "blobs" / "kept").exists()
    assert not part.exists()
