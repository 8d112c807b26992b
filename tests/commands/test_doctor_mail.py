"""`caiji doctor --mail` on the command line: people and programs are told the same, and never a password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from trustme import CA

from actions.clock import start_rehearsal
from mail.catcher import PORT_FILE
from models.database import Database
from models.migrate import upgrade
from tests.commands.cli import Cli
from tests.conftest import MORNING
from tests.mail.mail_server import Post, listening

SECRET = "geheim-8462"


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(monkeypatch, capsys)


@pytest.fixture
def post() -> Iterator[Post]:
    with listening() as made:
        yield made


@pytest.fixture
def configured(post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A server with a certificate that is believed, named by the settings."""
    authority = CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    authority.issue_cert("127.0.0.1").configure_cert(post.identity)
    post.password = SECRET
    for name, value in {
        "SSL_CERT_FILE": tmp_path / "authority.pem",
        "CAIJI_SMTP_HOST": "127.0.0.1",
        "CAIJI_SMTP_PORT": post.tls_port,
        "CAIJI_SMTP_USER": "office@college.test",
        "CAIJI_SMTP_PASSWORD": SECRET,
        "CAIJI_MAIL_FROM": "office@college.test",
    }.items():
        monkeypatch.setenv(name, str(value))
    return post


def test_a_test_mail_arrives(cli: Cli, configured: Post, tmp_path: Path) -> None:
    said = cli("doctor", "--mail", "me@college.test", "--data", tmp_path / "none")
    assert (said.code, said.out) == (0, "")
    assert said.err.count("✓") == 7
    assert configured.kept[0]["Subject"] == "【数据采集】测试邮件"
    assert str(configured.kept[0]["To"]) == "me@college.test"
    assert SECRET not in said.err


def test_what_is_wrong_is_told_with_its_remedy(cli: Cli, configured: Post, tmp_path: Path) -> None:
    configured.password = "another"
    said = cli("doctor", "--mail", "me@college.test", "--data", tmp_path / "none")
    assert said.code == 1
    assert "✗ 登录：535" in said.err
    assert "原因：账号或密码不被接受" in said.err
    assert "怎样改：" in said.err
    assert SECRET not in said.err


def test_programs_get_one_document(cli: Cli, configured: Post, tmp_path: Path) -> None:
    configured.faults = ["550 no such user"]
    said = cli("doctor", "--mail", "me@college.test", "--json", "--data", tmp_path / "none")
    document = said.document()
    assert (said.code, document["sent"]) == (1, False)
    assert document["server"] == {
        "host": "127.0.0.1",
        "port": configured.tls_port,
        "security": "tls",
        "user": "office@college.test",
        "from": "office@college.test",
    }
    assert [step["step"] for step in document["steps"]][-1] == "recipient"
    assert set(document["steps"][0]) == {"step", "well", "says", "cause", "remedy"}
    assert SECRET not in said.out + said.err


def test_a_rehearsal_asks_its_catcher_only(
    cli: Cli, configured: Post, database: Database, tmp_path: Path
) -> None:
    with database.writing() as session:
        start_rehearsal(session, MORNING)
    refused = cli("doctor", "--mail", "me@college.test", "--data", tmp_path)
    assert (refused.code, "caiji serve" in refused.err) == (1, True)
    with listening() as catcher:
        (tmp_path / PORT_FILE).write_text(str(catcher.port))
        said = cli("doctor", "--mail", "me@college.test", "--data", tmp_path)
    assert (said.code, len(catcher.kept), len(configured.kept)) == (0, 1, 0)


@pytest.mark.parametrize("address", ["me", "me@", "me@[1", "<me@college.test", "me@college.test,you@x"])
def test_what_is_no_address_is_told(cli: Cli, address: str) -> None:
    said = cli("doctor", "--mail", address)
    assert (said.code, "不是邮箱地址" in said.err) == (1, True)


def test_a_preset_lists_what_to_set(cli: Cli) -> None:
    said = cli("doctor", "--preset", "exmail")
    assert said.code == 0
    assert "CAIJI_SMTP_HOST=smtp.exmail.qq.com\nCAIJI_SMTP_PORT=465\nCAIJI_SMTP_SECURITY=tls\n" in said.out
    document = cli("doctor", "--preset", "coremail", "--json").document()
    assert (document["preset"], document["settings"]["CAIJI_SMTP_PORT"]) == ("coremail", "465")
    assert [587, "starttls"] in document["ways"]


def test_an_unknown_preset_names_those_there_are(cli: Cli) -> None:
    said = cli("doctor", "--preset", "hotmail")
    assert (said.code, "qiye163（网易企业邮箱）" in said.err) == (1, True)


def test_where_only_a_rehearsal_is_the_doctor_looks_at_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "rehearsal"
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'caiji.db'}")
    upgrade(database)
    with database.writing() as session:
        start_rehearsal(session, MORNING)
    database.close()
    monkeypatch.setenv("CAIJI_DATA", str(tmp_path))
    said = cli("doctor").err
    assert f"数据目录：{folder}（演练的数据）" in said
    assert "✓ 后台任务：刚启动" in said
