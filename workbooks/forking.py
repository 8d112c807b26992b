"""The process that forks the reading children: `python -m workbooks.forking`, started by `workbooks.nursery`.

It has imported what they need and forks one for each request: importing costs more than reading a workbook.
It opens no workbook and lets none of the libraries work, so that none has started threads, which a fork would
not copy.

Its stdin is a socket.  One byte on it asks for a child, and brings the pipe of its request and its line: the
exit code is told on the line, and a line that the other side closes ends its child.  The end of stdin, which
even a `kill -9` of the holder brings about, ends them all.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
from contextlib import suppress

from workbooks import child, tasks
from workbooks.request import CHILD_PLEASE, CODE

MOST_FILES = 65_536


def main() -> None:
    """Fork children until the holder is gone."""
    tasks.preload()
    # What stands now is never looked at again, which would copy it into every child.
    gc.freeze()
    Forking(socket.socket(fileno=0)).run()


class Forking:
    """The children under way, each by the file number of its line."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._children: dict[int, int] = {}
        self._wake, writable = os.pipe()
        os.set_blocking(writable, False)
        signal.set_wakeup_fd(writable)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self) -> None:
        """Fork and bury until nobody can ask any more; then end every child."""
        asked = True
        while asked:
            ready, _, _ = select.select([self._orders.fileno(), self._wake, *self._children], [], [])
            if self._wake in ready:
                os.read(self._wake, 4096)
                self._bury()
            for line in self._children.keys() & set(ready):
                self._end(line)
            if self._orders.fileno() in ready:
                asked = self._fork()
        for line in list(self._children):
            self._end(line)

    def _fork(self) -> bool:
        """Fork a child; False where there is nobody to ask for one."""
        asked, files, _, _ = socket.recv_fds(self._orders, len(CHILD_PLEASE), 2)
        if not asked:
            return False
        request, line = files
        try:
            pid = os.fork()
        except OSError:
            # Both ends closed: the asker sees that there is no child.
            os.close(line)
        else:
            if pid == 0:
                _become_child(request)
            self._children[line] = pid
        os.close(request)
        return True

    def _bury(self) -> None:
        """Tell the codes of the children that have ended."""
        for line, pid in list(self._children.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._tell(line, status)

    def _end(self, line: int) -> None:
        """End the child whose line was closed."""
        pid = self._children[line]
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        self._tell(line, status)

    def _tell(self, line: int, status: int) -> None:
        del self._children[line]
        with suppress(OSError):
            os.write(line, CODE.pack(os.waitstatus_to_exitcode(status)))
        os.close(line)


def _become_child(request: int) -> None:
    """Serve the one request, with nothing of this process's but what it has imported."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setpgid(0, 0)
        os.dup2(request, 0)
        os.closerange(3, MOST_FILES)
        child.live()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
