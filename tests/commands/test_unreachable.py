"""A file, folder, port or address that cannot be used is told in a sentence, never as an unforeseen error."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from commands.supervisor import Supervisor
from models.errors import Conflict
from settings import Settings
from tests.commands.cli import Cli

REHEARSE = ("serve", "--rehearse", "2020-11-06T08:00", "--port", "0", "--data")


@pytest.mark.parametrize(
    "command",
    [REHEARSE, ("plan", "import", "tasks.csv", "-o"), ("template", "1.1")],
    ids=["serve", "import", "template"],
)
def test_a_path_below_a_file_is_named(cli: Cli, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "notes").touch()
    said = cli(*command, tmp_path / "notes" / "below")
    assert (said.code, "意料之外" in said.err) == (1, False)
    assert f"{tmp_path / 'notes' / 'below'}：它的上一级是一个文件" in said.err


def test_a_file_where_a_folder_is_asked_for(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "notes").touch()
    said = cli(*REHEARSE, tmp_path / "notes")
    assert (said.code, said.out) == (1, "")
    assert f"不能使用 {tmp_path / 'notes'}：它是一个文件，不是文件夹。" in said.err


def test_a_folder_where_a_file_is_asked_for(cli: Cli, tmp_path: Path) -> None:
    said = cli("template", "1.1", tmp_path)
    assert said.code == 1
    assert f"不能使用 {tmp_path}：它是一个文件夹，不是文件。" in said.err


def test_the_doctor_says_that_the_data_folder_is_a_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "notes").touch()
    said = cli("doctor", "--json", "--data", tmp_path / "notes")
    (folder,) = [sign for sign in said.document()["signs"] if sign["what"] == "数据目录"]
    assert (said.code, folder["well"], folder["says"]) == (1, False, f"{tmp_path / 'notes'} 是一个文件")


def test_no_such_port_is_wrong_use(cli: Cli, tmp_path: Path) -> None:
    assert cli("serve", "--port", "99999", "--data", tmp_path).code == 2


def test_a_port_in_use_and_an_address_elsewhere_are_told_apart(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, prefect=False)
    with socket.create_server(("127.0.0.1", 0)) as held, pytest.raises(Conflict, match="被占用"):
        Supervisor(settings, "127.0.0.1", held.getsockname()[1], rehearsal=True, parts=())
    with pytest.raises(Conflict, match=r"192\.0\.2\.1 不是本机的地址"):
        Supervisor(settings, "192.0.2.1", 0, rehearsal=True, parts=())
