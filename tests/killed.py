"""A child that dies in the middle of what it does, by a signal: nothing of it gets to tidy up."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.engine import Engine

Arm = Callable[[], object]
TOUCHES = frozenset({"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect"})


def killed_in(do: Callable[[], object], arm: Arm) -> bool:
    """Whether the child died where it was armed to; it came to its end where not."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
        return os.WIFSIGNALED(status)
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        arm()
        do()
        code = 0
    finally:
        os._exit(code)


def at_file(step: int) -> Arm:
    """At the n-th touch of the file system, by SIGKILL."""
    one = _countdown(step)
    return lambda: sys.addaudithook(lambda name, _arguments: one() if name in TOUCHES else None)


def at_statement(step: int) -> Arm:
    """After the n-th statement to a database, by SIGKILL."""
    one = _countdown(step)
    return lambda: event.listen(Engine, "after_cursor_execute", lambda *_: one())


def at_byte(size: int) -> Arm:
    """In the middle of writing the first file that grows beyond, by SIGXFSZ."""

    def arm() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return arm


def _countdown(step: int) -> Callable[[], None]:
    left = [step]

    def one() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return one
