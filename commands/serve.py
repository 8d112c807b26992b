"""`caiji serve`, `web` and `worker`: everything on one machine, or its parts on several."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from commands.console import DataFolder, WrongUse, say
from commands.moments import moment
from commands.store import opened, settings_for

Host = Annotated[str, typer.Option(help="监听地址；演练只在本机")]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="端口（默认 8000，被占用时向后找）", show_default=False)
]


def register(parent: typer.Typer) -> None:
    parent.command()(serve)
    parent.command()(web)
    parent.command()(worker)


def serve(
    host: Host = "127.0.0.1",
    port: Port = None,
    data: DataFolder = None,
    rehearse: Annotated[
        str | None, typer.Option(metavar="TIME", help="演练：新的演练从这一时刻起，邮件只进本机信箱")
    ] = None,
    sample: Annotated[bool, typer.Option(help="演练时先演示一段示例过程")] = False,
) -> None:
    """启动全部：网页、后台任务、Prefect、本机信箱。"""
    from commands.prepare import prepare
    from commands.supervisor import Supervisor

    if sample and rehearse is None:
        raise WrongUse(
            "--sample 只能用于演练。", "请同时给出 --rehearse 时间，例如 --rehearse 2020-11-12T09:00。"
        )
    if rehearse is not None:
        moment(rehearse, ZoneInfo("UTC"))
        _demand_loopback(host)
    settings = settings_for(data, rehearsal=rehearse is not None)
    supervisor = Supervisor(settings, host, port, rehearsal=rehearse is not None)
    with supervisor.locked():
        reached = settings.model_copy(update={"public_url": supervisor.address})
        prepare(reached, rehearse, sample=sample)
        supervisor.run()
        say(f"已停止。数据在 {settings.data}，再次运行同一条命令即接着进行。")


def web(host: Host = "127.0.0.1", port: Port = None, data: DataFolder = None) -> None:
    """只启动网页（多机部署）。"""
    from actions.clock import REHEARSAL, mode
    from commands.supervisor import Supervisor

    settings = settings_for(data)
    with opened(settings) as database, database.reading() as session:
        rehearsal = mode(session) == REHEARSAL
    if rehearsal:
        _demand_loopback(host)
    Supervisor(settings, host, port, rehearsal=rehearsal, parts=()).run()


def worker(data: DataFolder = None) -> None:
    """只启动后台任务（多机部署）。"""
    from flows.worker import run_worker

    settings = settings_for(data)
    with opened(settings):
        say("后台任务已启动，按 Ctrl+C 停止。")
    run_worker(settings)


def _demand_loopback(host: str) -> None:
    """A rehearsal lets anybody in with a click, so nobody may reach it from another machine."""
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise WrongUse(
            "演练只在本机监听：演练里点一下就能以任何人的身份登录。",
            "请去掉 --host；要让别的机器访问，请用正式数据启动（不加 --rehearse，--data 不指向演练目录）。",
        )
