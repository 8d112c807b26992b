"""Serves the pages and keeps the other parts running beside them: worker, Prefect server, mail catcher."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from actions.leftovers import sweep_leftovers
from commands.child import Child
from flows.server import PrefectServer, free_port
from models.database import Database
from models.errors import Conflict
from settings import Settings, spare_the_collector

if TYPE_CHECKING:
    from commands.pages import Pages

ADDRESS = "address"
"""The file of the data folder that says where its pages are, for links made on the command line."""
FIRST_PORT = 8000
PORTS_TRIED = 50
STOP_SECONDS = 8.0
TEND_SECONDS = 0.5
ALL_PARTS = ("catcher", "prefect", "worker")


class Supervisor:
    """The pages in this process, the parts as leashed children that end with it, however it ends."""

    def __init__(
        self,
        settings: Settings,
        host: str,
        port: int | None,
        *,
        rehearsal: bool,
        parts: tuple[str, ...] = ALL_PARTS,
    ) -> None:
        self._settings = settings
        self._rehearsal = rehearsal
        self._socket = _listen(host, port)
        self._host = host
        self._stopping = threading.Event()
        self._prefect = PrefectServer(settings.data, free_port()) if self._wants("prefect", parts) else None
        self._parts = tuple(part for part in parts if self._wants(part, parts))

    @property
    def url(self) -> str:
        """Where the pages are."""
        shown = "127.0.0.1" if self._host in ("0.0.0.0", "::") else self._host
        return f"http://{shown}:{self._socket.getsockname()[1]}{self._settings.root_path}"

    @property
    def address(self) -> str:
        """Where people reach them: what links in mails begin with."""
        return self._settings.public_url or self.url

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the data folder against a second supervisor; Conflict where one holds it."""
        try:
            self._settings.data.mkdir(parents=True, exist_ok=True)
            with (self._settings.data / ".lock").open("w") as file:
                self._lock(file)
                sweep_leftovers(self._settings.data)
                yield
        finally:
            self._socket.close()

    def _lock(self, file: TextIO) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(
                f"数据目录 {self._settings.data} 正被另一个 caiji 使用。",
                "请先停止它，或用 --data 指定另一个目录。",
            ) from error

    def run(self) -> None:
        """Serve until SIGTERM or Ctrl+C; then stop the children and leave nothing behind."""
        # uvicorn raises the signal that stopped it once more when it is done: it must not end us yet.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        database = Database(self._settings.url)
        server = self._pages(database)
        spare_the_collector()
        children = self._children()
        tending = threading.Thread(target=self._tend, args=(children,), daemon=True)
        tending.start()
        try:
            server.run(sockets=[self._socket])
        finally:
            self._stopping.set()
            tending.join()
            _stop(children)
            _hold_clock(database)
            database.close()

    def _pages(self, database: Database) -> Pages:
        import uvicorn

        from commands.pages import Pages
        from web.app import create_app

        app = create_app(
            self._settings,
            database,
            public_url=self.address,
            prefect=(self._prefect.url, self._prefect.auth) if self._prefect else None,
        )
        config = uvicorn.Config(
            app,
            ws="none",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=3,
            server_header=False,
        )
        return Pages(config, app.state.site)

    def _tend(self, children: list[Child]) -> None:
        """Say `ready` when the first page answers, start the children then, and start again what dies."""
        while not self._stopping.is_set() and not _answers(self._socket.getsockname()):
            self._stopping.wait(0.02)
        if self._stopping.is_set():
            return
        (self._settings.data / ADDRESS).write_text(self.address)
        print(f"ready {self.url}", flush=True)
        _tell_how(self.url, rehearsal=self._rehearsal)
        for child in children:
            child.start(time.monotonic())
        while not self._stopping.wait(TEND_SECONDS):
            for child in children:
                if child.tend(time.monotonic()):
                    print(f"{child.name} 已重新启动，日志：{child.log}", file=sys.stderr, flush=True)

    def _children(self) -> list[Child]:
        made = []
        if "catcher" in self._parts:
            made.append(self._child("catcher", "-m", "mail.catcher"))
        if self._prefect:
            made.append(
                Child("prefect", self._prefect.argv, self._prefect.environment(), self._log("prefect"))
            )
        if "worker" in self._parts:
            made.append(self._child("worker", "-m", "flows.worker"))
        return made

    def _child(self, name: str, *arguments: str) -> Child:
        return Child(name, [sys.executable, *arguments], self._environment(), self._log(name))

    def _environment(self) -> dict[str, str]:
        base = dict(os.environ)
        if self._prefect:
            base = self._prefect.client_environment(base)
        base["CAIJI_DATA"] = str(self._settings.data.absolute())
        base["CAIJI_PUBLIC_URL"] = self.address
        base["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_root()), base.get("PYTHONPATH")]))
        return base

    def _log(self, name: str) -> Path:
        return self._settings.data / "logs" / f"{name}.log"

    def _wants(self, part: str, parts: tuple[str, ...]) -> bool:
        if part == "prefect":
            return part in parts and self._settings.prefect
        if part == "catcher":
            return part in parts and (self._rehearsal or not self._settings.smtp_host)
        return part in parts


def _listen(host: str, port: int | None) -> socket.socket:
    tried = [port] if port is not None else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for candidate in tried:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, candidate))
        except OSError as error:
            listening.close()
            refused = error
        else:
            listening.listen(512)
            return listening
    raise _unheard(host, tried[0], refused)


def _unheard(host: str, port: int, error: OSError) -> Conflict:
    if error.errno == errno.EACCES:
        return Conflict(f"当前用户不能使用端口 {port}。", "请用 --port 换一个 1024 以上的端口。")
    if error.errno == errno.EADDRINUSE:
        return Conflict(
            f"端口 {port} 被占用（也许 caiji 已在运行）。", "请用 --port 换一个端口，或停止占用它的程序。"
        )
    return Conflict(
        f"{host} 不是本机的地址。", "请检查 --host：只在本机用 127.0.0.1，要让别的机器访问用 0.0.0.0。"
    )


def _answers(address: tuple[str, int]) -> bool:
    connection = HTTPConnection(*address[:2], timeout=5)
    try:
        connection.request("GET", "/healthz")
        with connection.getresponse() as answer:
            return answer.status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _tell_how(url: str, *, rehearsal: bool) -> None:
    if rehearsal:
        lines = [
            f"演练：打开 {url}/rehearsal/sign-in ，点一下即可以任一角色登录",
            f"本机信箱（演练发出的邮件都在这里）：{url}/mailbox",
        ]
    else:
        lines = [
            f"请打开 {url} 登录。",
            "首次使用：caiji people add … --roles office 添加质量部管理员，",
            "再用 caiji people activate 工号 生成激活链接。",
        ]
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def _stop(children: list[Child]) -> None:
    stoppers = [threading.Thread(target=child.stop, args=(STOP_SECONDS,)) for child in children]
    for stopper in stoppers:
        stopper.start()
    for stopper in stoppers:
        stopper.join()


def _hold_clock(database: Database) -> None:
    from actions.clock import hold

    with database.writing() as session:
        hold(session)


def _root() -> Path:
    return Path(__file__).parent.parent
