"""Looks step by step at the way mails take: name, port, encryption, login, sender, addressee, message."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from mail.line import Server
from mail.remedies import Story, explain
from mail.tryout import Step, Trial, try_out

PATIENCE = 10.0


@dataclass(frozen=True)
class Seen:
    """One step: whether it went well, what there was to see, and where it didn't the cause and the remedy."""

    step: str
    well: bool
    says: str
    cause: str = ""
    remedy: str = ""


async def probe(server: Server, sender: str, recipient: str, message: bytes) -> list[Seen]:
    """The steps as far as they come; the last one failed, or the message was taken."""
    name = await _name(server)
    if not name.well:
        return [name]
    port = await _port(server)
    if not port.well:
        return [name, port]
    trial = await try_out(server, sender.rpartition("@")[2] or "localhost", sender, recipient, message)
    return [name, port, *_told(Story(server, sender, recipient), trial)]


async def _name(server: Server) -> Seen:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(server.host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return Seen(
            "name",
            False,
            f"{server.host}（{error}）",
            "找不到这个服务器名",
            "请核对 CAIJI_SMTP_HOST 有没有拼错；没有错时，请信息中心检查这台机器的 DNS。",
        )
    return Seen("name", True, f"{server.host} → {'、'.join(sorted({str(each[4][0]) for each in found}))}")


async def _port(server: Server) -> Seen:
    place = f"{server.host}:{server.port}"
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(server.host, server.port), PATIENCE)
    except OSError as error:
        story = Story(server, "", "")
        silent = isinstance(error, TimeoutError)
        cause, remedy = explain(story, Trial(Step.GREETING, "blocked" if silent else "closed-port", 0, ""))
        return Seen("port", False, f"{place}（{error or type(error).__name__}）", cause, remedy)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return Seen("port", True, f"{place} 可以连上")


def _told(story: Story, trial: Trial) -> list[Seen]:
    """The steps that went well, and the one that didn't."""
    steps = list(Step)
    done = steps[: steps.index(trial.step)]
    seen = [Seen(step, True, _WELL[step](story)) for step in done]
    if trial.step is Step.TAKEN:
        return [*seen[:-1], Seen(Step.MESSAGE, True, f"服务器已收下：{trial.words}")]
    cause, remedy = explain(story, trial)
    return [*seen, Seen(trial.step, False, trial.words, cause, remedy)]


_ENCRYPTED = {"tls": "TLS", "starttls": "STARTTLS", "none": "不加密（只在本机或内网使用）"}
_WELL: dict[Step, Callable[[Story], str]] = {
    Step.GREETING: lambda story: _ENCRYPTED[story.server.security],
    Step.LOGIN: lambda story: f"账号 {story.server.user}" if story.server.user else "没有设账号，不登录",
    Step.SENDER: lambda story: f"可以用 {story.sender} 发信",
    Step.RECIPIENT: lambda story: f"收件地址 {story.recipient} 被接受",
    Step.MESSAGE: lambda _story: "",
}
