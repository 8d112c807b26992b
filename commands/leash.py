"""A leash for one child process: it ends when the process that holds the other end of stdin is gone.

Run as a program (`leash.py command …`): starts the command in a process group of its own, kills the group
when stdin reaches its end (which even a `kill -9` of the holder brings about), hands SIGTERM on, and leaves
with the command's exit code (128 + signal where one ended it). Light modules only: each child pays for it.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from contextlib import suppress

_WATCHED = {signal.SIGTERM, signal.SIGCHLD}


def main(command: list[str]) -> int:
    """Keep `command` on the leash until it ends; 127 where it cannot be started."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    try:
        pid = _spawn(command)
    except OSError as error:
        print(f"leash: {command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    status = _watch(pid)
    _kill_group(pid)
    return status


def _spawn(command: list[str]) -> int:
    return os.posix_spawnp(
        command[0],
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
        setpgroup=0,
        setsigmask=[],
        setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
    )


def _watch(pid: int) -> int:
    """Wait for the child's end or for the holder's, whichever comes first."""
    wake = _wake_on_signals(pid)
    while True:
        readable, _, _ = select.select([0, wake], [], [])
        if 0 in readable and not os.read(0, 4096):
            return 128 + signal.SIGKILL
        if wake in readable:
            os.read(wake, 4096)
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code


def _wake_on_signals(pid: int) -> int:
    """The end of a pipe that becomes readable at each watched signal."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
    return readable


def _kill_group(pid: int) -> None:
    """End the child and what it left behind."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
