"""A file, folder, port or address that cannot be used is told in a sentence, never as an unforeseen error."""

from __future__ import annotations

import resource
import socket
from pathlib import Path

import pytest

from commands.console import REACHABLE
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


WRITES = {
    "template": ("template", "1.6", "{}"),
    "plan import": ("plan", "import", "tasks.csv", "-o", "{}"),
    "tables docs": ("tables", "docs", "{}"),
    "course": ("course", "{}", "--data"),
    "plan export": ("plan", "export", "{}", "--data"),
    "report late": ("report", "late", "--at", "2020-11-12T09:00", "--out", "{}", "--data"),
    "export": ("export", "{}", "--data"),
    "backup": ("backup", "{}", "--data"),
}


def written(name: str, out: object, data: Path) -> list[object]:
    """The command that writes there."""
    command = [out if word == "{}" else word for word in WRITES[name]]
    return [*command, data] if command[-1] == "--data" else command


@pytest.mark.parametrize("name", WRITES)
def test_what_cannot_be_written_is_named_with_its_reason(cli: Cli, data: Path, name: str) -> None:
    said = cli(*written(name, "/proc/x", data))
    assert (said.code, said.out) == (1, "")
    assert said.err == f"✗ 不能写入 /proc/x：这里不能新建文件或文件夹。\n  {REACHABLE}\n"


@pytest.mark.parametrize("name", ["template", "plan import", "tables docs"])
def test_a_folder_that_is_not_there_is_named(cli: Cli, tmp_path: Path, name: str) -> None:
    out = tmp_path / "none" / "a"
    said = cli(*written(name, out, tmp_path))
    assert (said.code, f"不能写入 {out}：没有文件夹 {tmp_path / 'none'}。" in said.err) == (1, True)


@pytest.mark.parametrize("name", ["template", "plan import", "tables docs"])
def test_where_there_is_no_room_the_file_stays_as_it_was(cli: Cli, tmp_path: Path, name: str) -> None:
    out, (soft, hard) = tmp_path / "a", resource.getrlimit(resource.RLIMIT_FSIZE)
    out.write_bytes(b"as it was")
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        said = cli(*written(name, out, tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (said.code, f"不能写入 {out}：文件超过了允许的大小。" in said.err) == (1, True)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"as it was"]


def test_a_disk_that_takes_nothing_is_told_and_not_traced(cli: Cli, data: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        said = cli("people", "token", "S031", "--data", data)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (said.code, "数据库所在的磁盘出错或已满" in said.err) == (1, True)


def test_a_damaged_database_leads_to_the_backup(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "caiji.db").write_bytes(b"no database at all" * 100)
    said = cli("people", "token", "S031", "--data", tmp_path)
    assert (said.code, "caiji restore" in said.err) == (1, True)


@pytest.mark.parametrize(
    "command",
    [
        ("rehearse", "--from", "2020-13-01"),
        ("serve", "--rehearse", "foo"),
        ("serve", "--sample"),
        ("serve", "--rehearse", "2020-11-06T08:00", "--host", "0.0.0.0"),
        ("report", "late", "--out", "x", "--at", "foo"),
    ],
    ids=" ".join,
)
def test_wrong_use_exits_2(cli: Cli, data: Path, command: tuple[str, ...]) -> None:
    said = cli(*command, "--data", data)
    assert (said.code, said.out, "请" in said.err) == (2, "", True)


def test_each_command_that_does_something_has_a_document(
    cli: Cli, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("out")
    at = ("--data", data, "--json")
    token = cli("people", "token", "S031", *at).document()
    assert (token["staff_no"], len(token["token"]) > 40) == ("S031", True)
    link = cli("people", "activate", "S031", *at).document()
    assert (set(link), "/activate/" in link["link"]) == ({"staff_no", "link", "until"}, True)
    who = ("1002", "乙", "b@sample.example", "--roles", "reviewer", "--department", "教务部")
    assert cli("people", "add", *who, *at).document()["new"] == 1
    assert cli("plan", "export", out / "plan", *at).document() == {
        "written": [str(out / "plan" / "tasks.csv"), str(out / "plan" / "schedule.yaml")]
    }
    assert cli("course", out / "c.csv", *at).document() == {"written": [str(out / "c.csv")], "deeds": 12}
    assert cli("template", "1.6", out / "t.xlsx", "--json").document() == {"written": [str(out / "t.xlsx")]}
    assert cli("backup", out / "kept", *at).document() == {"backup": str(out / "kept"), "files": 1}
    back = ("--data", out / "back", "--json")
    assert cli("restore", out / "kept", *back).document() == {"data": str(out / "back"), "files": 1}


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
