"""Mails ready for the senders of a run: the next ones are written and claimed while these go."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from mail.leasing import Claimed

FIRST = 12
"""How many are claimed at first: the line lies idle until they are written."""


class Supply:
    """``refill`` claims up to so many mails, None where nothing may go any more; ``most``: at once.  No more
    than twice as many are ready."""

    def __init__(self, refill: Callable[[int], Awaitable[list[Claimed] | None]], most: int) -> None:
        self._refill = refill
        self._most = most
        self._size = min(FIRST, most)
        self._ready = deque[Claimed]()
        self._untried = list[Claimed]()
        self._filling: asyncio.Task[None] | None = None
        self._dry = False
        self.error: Exception | None = None

    async def next(self) -> Claimed | None:
        """The next mail to send; None where nothing may go any more.  An error of ``refill`` is raised once
        nothing is ready, and stays in ``error``."""
        while True:
            if not self._dry and self._filling is None and len(self._ready) < self._size:
                self._filling = asyncio.create_task(self._fill())
            if self._ready:
                return self._ready.popleft()
            if self.error is not None:
                raise self.error
            if self._filling is None:
                return None
            await asyncio.shield(self._filling)

    def give_back(self, claimed: Claimed) -> None:
        """One that was not tried, and is not to be in this run."""
        self._untried.append(claimed)

    async def end(self) -> list[Claimed]:
        """Claim no more; what was claimed and not tried."""
        self._dry = True
        if self._filling is not None:
            await asyncio.wait([self._filling])
        left = [*self._untried, *self._ready]
        self._ready.clear()
        return left

    async def _fill(self) -> None:
        try:
            found = await self._refill(self._size)
        except Exception as error:
            self.error, found = error, None
        self._filling = None
        if found is None:
            self._dry = True
        else:
            self._ready.extend(found)
            self._size = min(2 * self._size, self._most)
