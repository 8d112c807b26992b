"""The check of the mail's way tells each step, and where it ends the cause and what to change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from trustme import CA

from mail.hosts import HOSTS, host_of
from mail.line import Server
from mail.probe import Seen, probe
from mail.remedies import Story, advice, explain
from mail.tryout import Step, Trial
from tests.mail.mail_server import Post

SECRET = "geheim-授权码-8462"
ALL = ["name", "port", "greeting", "login", "sender", "recipient", "message"]


def look(server: Server) -> list[Seen]:
    return asyncio.run(
        probe(server, "office@college.test", "one@college.test", b"Subject: s\r\n\r\nhello\r\n")
    )


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_all_is_well(trusted: Post, security: str) -> None:
    trusted.password = SECRET
    seen = look(trusted.secure(security, SECRET))
    assert [each.step for each in seen] == ALL
    assert all(each.well and not each.cause for each in seen)
    assert seen[-1].says == "服务器已收下：250 kept"
    assert len(trusted.kept) == 1
    assert SECRET not in str(seen)


def put(post: Post, name: str, value: object) -> None:
    setattr(post, name, value)


FAULTS: list[tuple[str, Callable[[Post], None], str, str, str]] = [
    ("wrong password", lambda post: put(post, "password", "other"), "login", "账号或密码不被接受", "授权码"),
    (
        "no starttls",
        lambda post: put(post, "starttls", False),
        "greeting",
        "没有提供 STARTTLS",
        "CAIJI_SMTP_SECURITY=tls",
    ),
    ("busy", lambda post: put(post, "greeting", "554 go away"), "greeting", "不接待我们", "黑名单"),
    (
        "sender",
        lambda post: put(post, "mail", ["553 mail from must equal authorized user"]),
        "sender",
        "不许用 office@college.test",
        "CAIJI_MAIL_FROM 设为 office",
    ),
    (
        "no such user",
        lambda post: put(post, "faults", ["550 no such user"]),
        "recipient",
        "没有 one@college.test",
        "换一个",
    ),
    (
        "relay",
        lambda post: put(post, "faults", ["550 5.7.1 relay denied"]),
        "recipient",
        "不替我们转发",
        "SPF",
    ),
    ("greylisted", lambda post: put(post, "faults", ["450 greylisted"]), "recipient", "暂时不收", "灰名单"),
    ("spam", lambda post: put(post, "data", ["554 DT:SPM"]), "message", "垃圾邮件", "白名单"),
    ("too big", lambda post: put(post, "data", ["552 too big"]), "message", "信太大", "附件"),
    (
        "throttled",
        lambda post: put(post, "faults", ["550 Ip frequency limited"]),
        "recipient",
        "太快或太多",
        "封数",
    ),
]


@pytest.mark.parametrize(
    ("_name", "spoil", "step", "cause", "remedy"), FAULTS, ids=[row[0] for row in FAULTS]
)
def test_what_is_wrong_is_told_with_its_remedy(
    trusted: Post, _name: str, spoil: Callable[[Post], None], step: str, cause: str, remedy: str
) -> None:
    trusted.password = SECRET
    spoil(trusted)
    seen = look(trusted.secure("starttls", SECRET))
    assert [each.step for each in seen] == ALL[: ALL.index(step) + 1]
    assert [each.well for each in seen] == [True] * ALL.index(step) + [False]
    assert cause in seen[-1].cause
    assert remedy in seen[-1].remedy
    assert SECRET not in str(seen)
    assert SECRET.encode() not in trusted.clear


def test_a_certificate_that_is_not_believed(post: Post) -> None:
    CA().issue_cert("127.0.0.1").configure_cert(post.identity)
    last = look(post.secure("tls", SECRET))[-1]
    assert (last.step, last.well) == ("greeting", False)
    assert "证书不可信" in last.cause
    assert "SSL_CERT_FILE" in last.remedy


def test_the_two_ways_to_close_a_line_mixed_up(trusted: Post) -> None:
    plain = look(Server("127.0.0.1", trusted.port, "tls", timeout=2))[-1]
    assert ("不直接说 TLS" in plain.cause, "starttls" in plain.remedy) == (True, True)
    closed = look(Server("127.0.0.1", trusted.tls_port, "starttls", timeout=0.3))[-1]
    assert ("一直不说话" in closed.cause, "CAIJI_SMTP_SECURITY=tls" in closed.remedy) == (True, True)


def test_a_port_where_nobody_listens_and_a_name_that_nobody_has() -> None:
    [name, port] = look(Server("127.0.0.1", 1))
    assert (name.well, port.well, "没有邮件服务" in port.cause) == (True, False, True)
    [name] = look(Server("no-such-host.invalid", 465))
    assert (name.well, "找不到这个服务器名" in name.cause) == (False, True)


@pytest.mark.parametrize(
    ("server", "name"),
    [
        ("smtp.qq.com", "qq"),
        ("SMTP.exmail.QQ.com", "exmail"),
        ("smtp.163.com", "163"),
        ("smtphz.qiye.163.com", "qiye163"),
        ("smtp.126.com.", "126"),
        ("smtp.mxhichina.com", "aliyun"),
        ("mail.notqq.com", ""),
        ("mail.college.edu.cn", ""),
    ],
)
def test_a_host_is_known_by_its_name(server: str, name: str) -> None:
    found = host_of(server)
    assert (found.name if found else "") == name


@pytest.mark.parametrize(
    ("port", "security", "user", "told"),
    [
        (465, "tls", "a@qq.com", []),
        (587, "starttls", "a@qq.com", []),
        (25, "starttls", "a@qq.com", ["CAIJI_SMTP_PORT=465", "CAIJI_SMTP_SECURITY=tls"]),
        (465, "starttls", "a@qq.com", ["CAIJI_SMTP_SECURITY=tls"]),
        (465, "tls", "", ["必须登录", "授权码"]),
        (465, "tls", "b@qq.com", ["CAIJI_MAIL_FROM 设为 b@qq.com"]),
    ],
)
def test_what_contradicts_a_known_host_is_told(port: int, security: str, user: str, told: list[str]) -> None:
    said = advice(Server("smtp.qq.com", port, security, user), "a@qq.com")
    assert [wanted in said for wanted in told] == [True] * len(told)
    assert bool(said) is bool(told)
    assert advice(Server("mail.college.edu.cn", port, security, user), "a@qq.com") == ""


def test_a_refused_login_names_the_host_s_own_word_for_the_password() -> None:
    story = Story(Server("smtp.exmail.qq.com", 465, "tls", "a@college.cn"), "a@college.cn", "b@college.cn")
    _, remedy = explain(story, Trial(Step.LOGIN, "answer", 535, "535 auth failed"))
    assert "客户端专用密码" in remedy
    cause, _ = explain(story, Trial(Step.LOGIN, "answer", 454, "454 temporary"))
    assert "暂时不能验证登录" in cause
    cause, remedy = explain(story, Trial(Step.SENDER, "answer", 530, "530 Authentication required"))
    assert ("要求先登录" in cause, "CAIJI_SMTP_USER" in remedy) == (True, True)
    cause, _ = explain(story, Trial(Step.MESSAGE, "closed", 0, "lost"))
    assert "中途断开" in cause
    cause, _ = explain(story, Trial(Step.MESSAGE, "silent", 0, "timeout"))
    assert "没有应答" in cause
    cause, remedy = explain(story, Trial(Step.GREETING, "blocked", 0, ""))
    assert ("防火墙" in cause, "出站" in remedy) == (True, True)


def test_every_preset_says_all_that_is_needed() -> None:
    wanted = ["HOST", "PORT", "SECURITY", "USER", "PASSWORD"]
    for host in HOSTS:
        names = [name for name, _ in host.settings()]
        assert names == [*(f"CAIJI_SMTP_{name}" for name in wanted), "CAIJI_MAIL_FROM"]
        assert all(security in ("tls", "starttls") for _, security in host.ways)
    assert len({host.name for host in HOSTS}) == len(HOSTS)
