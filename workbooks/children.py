"""The child processes that open workbooks: each used once, replaced where somebody killed it."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

from plans.sentence import Sentence
from workbooks.limits import Limits
from workbooks.nursery import Nursery
from workbooks.refusal import Refused, too_large, too_slow
from workbooks.request import RESULT, UNWRITABLE, AnyRequest

TRIES = 2
DYING = 1.0
"""Seconds in which a process that has let go of its children ends."""
INTERRUPTED = "unreadable-interrupted"
OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS)


class Children:
    """Hands requests to children; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._nursery: Nursery | None = None
        self._closed = False

    def start(self) -> None:
        """Have a nursery, so that the first request needn't wait for what children import."""
        self._living()

    @property
    def nursery_pid(self) -> int | None:
        """The process that forks the children; None where there is none yet, or no longer."""
        with self._lock:
            return self._nursery.pid if self._nursery else None

    def close(self) -> None:
        """End every child; what is under way comes back as interrupted."""
        with self._lock:
            self._closed = True
            nursery, self._nursery = self._nursery, None
        if nursery:
            nursery.close()

    def serve(self, request: AnyRequest) -> tuple[list[dict[str, Any]], Refused | None]:
        """The documents that a child left, and why it ended too early.

        One that somebody killed gets a second try; OSError where it cannot write, RuntimeError after `close`.
        """
        for _ in range(TRIES):
            documents, ended = self._try(self._living(), request)
            if self._closed or ended is None or ended.finding.rule != INTERRUPTED:
                break
        return documents, ended

    def _try(self, nursery: Nursery, request: AnyRequest) -> tuple[list[dict[str, Any]], Refused | None]:
        with nursery.child() as child:
            child.ask(request)
            try:
                code = child.code(request.limits.seconds)
            except TimeoutError:
                if not child.end():
                    nursery.close()
                return _left(request.out), too_slow(request.limits)
        if code is None:
            nursery.lives(DYING)
        if code == UNWRITABLE:
            raise OSError(f"nothing can be written to {request.out}")
        return _left(request.out), _ended(code, request.limits) if code != 0 else None

    def _living(self) -> Nursery:
        """The nursery, a new one where it has died."""
        with self._lock:
            if self._closed:
                raise RuntimeError("the readers are closed")
            if self._nursery is None or not self._nursery.lives():
                self._nursery = Nursery()
            return self._nursery


def _left(out: Path) -> list[dict[str, Any]]:
    """The documents that are complete."""
    result = out / RESULT
    lines = result.read_text(encoding="utf-8").splitlines(keepends=True) if result.is_file() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _ended(code: int | None, limits: Limits) -> Refused:
    """Why a child ended without an answer."""
    if code == -signal.SIGXCPU:
        return too_slow(limits)
    if code in OUT_OF_MEMORY:
        return too_large()
    return Refused(
        INTERRUPTED,
        Sentence("读取中断，没有读完这个文件。"),
        Sentence("请重新上传一次；仍然如此的，请与质量部联系。"),
    )
