"""Where uploads wait to be read: outside the threads that serve the pages, and never too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from models.errors import Overloaded, TooMany
from web.language import gettext as _

MOST_WAITING = 20
MOST_OF_ONE = 2
SECONDS = 30


class Queue:
    """At most ``readers`` uploads are read at once; behind them a few wait, at most two of one person.

    Belongs to the event loop: never called from a thread.
    """

    def __init__(self, readers: int) -> None:
        self._free = anyio.Semaphore(readers)
        self._most = readers + MOST_WAITING
        self._of: Counter[int] = Counter()
        self._closed = False

    def close(self) -> None:
        """Refuse all that wait or come; who holds a reader goes on."""
        self._closed = True

    @asynccontextmanager
    async def place(self, person_id: int) -> AsyncIterator[None]:
        """Wait for a reader and hold it; TooMany (429) or Overloaded (503) at once where it is too full."""
        self._demand_room(person_id)
        self._of[person_id] += 1
        try:
            async with self._free:
                self._demand_open()
                yield
        finally:
            self._of[person_id] -= 1

    def _demand_open(self) -> None:
        if self._closed:
            raise Overloaded(
                _("服务正在停止或重新启动，这份文件没有收下。"),
                _("请过半分钟再上传一次；文件仍在您的电脑上，已经保存的内容都不受影响。"),
                seconds=SECONDS,
            )

    def _demand_room(self, person_id: int) -> None:
        self._demand_open()
        if self._of[person_id] >= MOST_OF_ONE:
            raise TooMany(
                _("您已有 %(number)s 份文件正在检查。") % {"number": MOST_OF_ONE},
                _("请等它们检查完再上传这一份；这份文件没有保存，仍在您的电脑上。"),
                seconds=SECONDS,
            )
        if self._of.total() >= self._most:
            raise Overloaded(
                _("现在上传的人很多，这份文件没有收下。"),
                _("请过半分钟再上传一次；文件仍在您的电脑上，已经保存的内容都不受影响。"),
                seconds=SECONDS,
            )
