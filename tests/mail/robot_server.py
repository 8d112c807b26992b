"""A group robot's server: keeps what it is told and answers as a test asks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANG, DROP = "hang", "drop"
"""Instead of an answer: none within any time limit, or the line cut."""


class Robot:
    """``answers`` are given one after the other, then the last again: status and body, `HANG` or `DROP`."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: list[tuple[int, dict[str, Any]] | str] = [(200, {"errcode": 0, "errmsg": "ok"})]
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/robot"

    def answer(self) -> tuple[int, dict[str, Any]] | str:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def listening() -> Iterator[Robot]:
    """A robot on a free port of this machine."""
    robot = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            robot.heard.append((self.path, json.loads(body)))
            answer = robot.answer()
            if answer == HANG:
                robot.released.wait(30)
            if isinstance(answer, str):
                self.close_connection = True
                return
            status, said = answer
            content = json.dumps(said, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_given: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    robot.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield robot
    finally:
        robot.released.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
