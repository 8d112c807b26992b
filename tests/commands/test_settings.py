"""Settings: what is unknown or wrong is refused at the start, in a sentence that names the remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT, Misset, Settings, load
from tests.commands.cli import Cli


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    load.cache_clear()
    yield
    load.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("CAIJI_SMTP_PORT", "abc", "CAIJI_SMTP_PORT 应为 1 到 65535 的整数"),
        ("CAIJI_SMTP_PORT", "70000", "CAIJI_SMTP_PORT 应为 1 到 65535 的整数"),
        ("CAIJI_PREFECT", "vielleicht", "CAIJI_PREFECT 应为 true 或 false"),
        ("CAIJI_SMTP_SECURITY", "ssl", "CAIJI_SMTP_SECURITY 应为 tls、starttls、none 之一"),
        ("CAIJI_SMTP_PROT", "25", "是不是想写 CAIJI_SMTP_PORT？"),
        ("CAIJI_WHATEVER_ELSE_IT_IS", "1", "docs/settings.md"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misset) as told:
        load()
    assert name in told.value.message
    assert remedy in told.value.remedy


def test_a_password_never_goes_over_an_open_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIJI_SMTP_USER", "office")
    monkeypatch.setenv("CAIJI_SMTP_PASSWORD", "geheim")
    monkeypatch.setenv("CAIJI_SMTP_SECURITY", "none")
    with pytest.raises(Misset) as told:
        load()
    assert "CAIJI_SMTP_USER" in told.value.message
    assert "starttls" in told.value.remedy
    assert "geheim" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CAIJI_MAIL_FROM", "质量部 <office@college.test>"),
        ("CAIJI_MAIL_FROM", "office"),
        ("CAIJI_MAIL_FROM", "a@college.test\r\nBcc: b@college.test"),
        ("CAIJI_SMTP_HOST", "smtp..college.test"),
        ("CAIJI_SMTP_HOST", f"{'x' * 70}.test"),
    ],
)
def test_a_setting_with_which_no_mail_could_go_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misset, match=name):
        load()


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIJI_READERS", "0")
    monkeypatch.setenv("CAIJI_LANGUAGE", "fr")
    with pytest.raises(Misset) as told:
        load()
    assert all(name in told.value.message for name in ("CAIJI_READERS", "CAIJI_LANGUAGE", "fr"))


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIJI_SMTP_PORT", "")
    assert load().smtp_port == 465


@pytest.mark.parametrize("name", ["CAIJI_SMTP_PORT", "CAIJI_SMPT_HOST"])
def test_the_command_line_tells_it_and_exits_1(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv(name, "mail")
    said = cli("doctor", "--data", tmp_path)
    assert (said.code, name in said.err, "意料之外" in said.err, said.out) == (1, True, False, "")


def test_a_worker_tells_it_in_its_log(tmp_path: Path) -> None:
    environment = os.environ | {
        "CAIJI_DATA": str(tmp_path),
        "CAIJI_SMTP_PORT": "abc",
        "PYTHONPATH": str(ROOT),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "flows.worker"], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("✗ CAIJI_SMTP_PORT")


def test_a_chat_address_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIJI_CHAT_URLS", "wecombot://k3y https://example.test/s3cret")
    load.cache_clear()
    with pytest.raises(Misset) as refused:
        load()
    assert "CAIJI_CHAT_URLS 里的第 2 个地址" in refused.value.message
    assert not any(secret in str(refused.value) for secret in ("k3y", "s3cret", "example.test"))
    assert "dingtalk://" in refused.value.remedy


def test_chat_addresses_are_never_shown() -> None:
    assert "k3y" not in repr(Settings(chat_urls="wecombot://k3y"))


OIDC = {
    "CAIJI_OIDC_ISSUER": "https://sso.college.test/realms/college",
    "CAIJI_OIDC_CLIENT_ID": "caiji",
    "CAIJI_OIDC_CLIENT_SECRET": "geheim",
    "CAIJI_PUBLIC_URL": "https://caiji.college.test",
}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        *((name, "", f"但没有设 {name}") for name in list(OIDC)[1:]),
        ("CAIJI_OIDC_ISSUER", "http://sso.college.test", "不是 https 地址"),
        ("CAIJI_OIDC_ISSUER", "sso.college.test", "不是 https 地址"),
        ("CAIJI_OIDC_ISSUER", "http://127.0.0.1.evil.test", "不是 https 地址"),
        ("CAIJI_OIDC_ISSUER", "https://[", "不是 https 地址"),
    ],
)
def test_a_provider_is_set_up_whole_and_over_a_closed_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    for each, given in {**OIDC, name: value}.items():
        monkeypatch.setenv(each, given)
    with pytest.raises(Misset) as told:
        load()
    assert said in told.value.message
    assert "geheim" not in str(told.value)


def test_a_provider_that_is_set_up_keeps_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for each, given in OIDC.items():
        monkeypatch.setenv(each, given)
    assert "geheim" not in repr(load())
    assert load().oidc_claim == "preferred_username"
