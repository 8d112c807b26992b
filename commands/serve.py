"""`caiji serve`, `web` and `worker`: everything on one machine, or its parts on several."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.console import DataFolder, say
from commands.store import settings_for
from models.errors import Unusable

Host = Annotated[str, typer.Option(help="监听地址；演练只在本机")]
Port = Annotated[int | None, typer.Option(help="端口（默认 8000，被占用时向后找）", show_default=False)]


def register(parent: typer.Typer) -> None:
    parent.command()(serve)
    parent.command()(web)
    parent.command()(worker)


def serve(
    host: Host = "127.0.0.1",
    port: Port = None,
    data: DataFolder = None,
    rehearse: Annotated[
        str | None, typer.Option(metavar="TIME", help="演练：从这一时刻起，邮件只进本机信箱")
    ] = None,
    sample: Annotated[bool, typer.Option(help="演练时先演示一段示例过程")] = False,
) -> None:
    """启动全部：网页、后台任务、Prefect、本机信箱。"""
    from commands.prepare import prepare
    from commands.supervisor import Supervisor

    if sample and rehearse is None:
        raise Unusable(
            "--sample 只能用于演练。", "请同时给出 --rehearse 时间，例如 --rehearse 2020-11-12T09:00。"
        )
    if rehearse is not None and host not in ("127.0.0.1", "localhost", "::1"):
        raise Unusable("演练只在本机监听。", "请去掉 --host，或正式启动（不加 --rehearse）。")
    settings = settings_for(data or (Path("data/rehearsal") if rehearse else None))
    supervisor = Supervisor(settings, host, port, rehearsal=rehearse is not None)
    with supervisor.locked():
        prepare(settings, _moment(rehearse), sample=sample)
        supervisor.run()


def web(host: Host = "127.0.0.1", port: Port = None, data: DataFolder = None) -> None:
    """只启动网页（多机部署）。"""
    from commands.supervisor import Supervisor

    Supervisor(settings_for(data), host, port, rehearsal=False, parts=()).run()


def worker(data: DataFolder = None) -> None:
    """只启动后台任务（多机部署）。"""
    from flows.worker import run_worker

    say("后台任务已启动，按 Ctrl+C 停止。")
    run_worker(settings_for(data))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Unusable(f"看不懂时间“{text}”。", "请写成 2020-11-06T08:00 这样的形式。") from error
