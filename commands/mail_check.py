"""`caiji doctor --mail` and `--preset`: does mail arrive, and what to set for the usual hosts."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime
from email.utils import make_msgid
from typing import Any

from commands.console import emit, say
from commands.store import has_database, opened
from mail.hosts import HOSTS, Host
from mail.line import Server
from mail.message import Content, Sender, as_bytes
from mail.probe import Seen, probe
from mail.remedies import advice
from mail.routing import server_of
from models.errors import Unusable
from plans.notation import is_address
from settings import Settings

STEPS = {
    "name": "服务器名",
    "port": "端口",
    "greeting": "加密与应答",
    "login": "登录",
    "sender": "发件地址",
    "recipient": "收件地址",
    "message": "发出测试邮件",
}


def check_mail(settings: Settings, to: str, *, as_json: bool) -> bool:
    """Send a test message step by step and tell of each; whether the server took it."""
    if not is_address(to):
        raise Unusable(f"“{to}”不是邮箱地址。", "请写成 caiji doctor --mail 姓名@学校域名。")
    server = server_of(settings, rehearsal=_rehearsal(settings))
    if server is None:
        raise Unusable(
            "没有设邮件服务器，本机信箱也还没有启动过。",
            "请先设 CAIJI_SMTP_*（caiji doctor --preset qq 列出该设什么），或运行 caiji serve 后再试。",
        )
    hint = advice(server, settings.mail_from)
    seen = asyncio.run(probe(server, settings.mail_from, to, _message(settings, to)))
    if as_json:
        emit(_document(settings, server, hint, seen))
    else:
        _tell(server, hint, seen)
    return seen[-1].well


def show_preset(name: str, *, as_json: bool) -> None:
    """What to set for a usual host; Unusable with the names there are for any other."""
    host = next((each for each in HOSTS if each.name == name), None)
    if host is None:
        known = "、".join(f"{each.name}（{each.title}）" for each in HOSTS)
        raise Unusable(f"没有“{name}”这个预设。", f"可用的有：{known}。")
    if as_json:
        emit({"preset": host.name, "title": host.title, "settings": dict(host.settings()), "ways": host.ways})
        return
    print(f"# {host.title}{_other_ways(host)}")
    for variable, value in host.settings():
        print(f"{variable}={value}")


def _other_ways(host: Host) -> str:
    others = "、".join(f"{port}（{security}）" for port, security in host.ways[1:])
    return f"；端口也可用 {others}" if others else ""


def _tell(server: Server, hint: str, seen: list[Seen]) -> None:
    say(f"邮件服务器 {server.host}:{server.port}（{server.security}）")
    for each in seen:
        say(f"{'✓' if each.well else '✗'} {STEPS[each.step]}：{each.says}")
        if not each.well:
            say(f"  原因：{each.cause}。")
            say(f"  怎样改：{each.remedy}")
    if seen[-1].well and hint:
        say(f"! {hint}")


def _document(settings: Settings, server: Server, hint: str, seen: list[Seen]) -> dict[str, Any]:
    return {
        "server": {
            "host": server.host,
            "port": server.port,
            "security": server.security,
            "user": server.user,
            "from": settings.mail_from,
        },
        "advice": hint,
        "steps": [asdict(each) for each in seen],
        "sent": seen[-1].well,
    }


def _message(settings: Settings, to: str) -> bytes:
    sender = Sender(settings.mail_from, "数据采集系统")
    text = "这是 caiji doctor --mail 发出的测试邮件。收到它，说明系统的邮件可以送达这个邮箱。\n"
    message_id = make_msgid("caiji-doctor", sender.domain or "localhost")
    content = Content(to, message_id, "【数据采集】测试邮件", text, f"<p>{text}</p>")
    return as_bytes(content, sender, datetime.now().astimezone())


def _rehearsal(settings: Settings) -> bool:
    from actions.clock import REHEARSAL, mode

    if not has_database(settings):
        return False
    with opened(settings) as database, database.reading() as session:
        return mode(session) == REHEARSAL
