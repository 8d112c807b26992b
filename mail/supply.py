"""Mails ready for the senders of a run: the next ones are written and claimed while these go."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic

from mail.leasing import Claimed

FIRST = 24
"""How many are claimed at first: the line lies idle until they are written."""
SOON, LATE = 5.0, 20.0
"""Seconds in which a batch goes: where sooner, the next is twice as large, where later, half as large.  So
leases do not run out at a slow server, and a fast one is not kept waiting for statements."""


class Supply:
    """``refill`` claims up to so many mails, None where nothing may go any more; ``most``: at once.  No more
    than twice as many are ready.  ``clock`` tells seconds."""

    def __init__(
        self,
        refill: Callable[[int], Awaitable[list[Claimed] | None]],
        most: int,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._clock = clock
        self._refill = refill
        self._most = most
        self._size = min(FIRST, most)
        self._handed = 0
        self._began = clock()
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
                self._handed += 1
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

    def _keep_pace(self) -> None:
        """Choose how many to claim by how long the last ones took to go."""
        took = self._clock() - self._began
        if took > LATE:
            self._size = max(self._size // 2, 1)
        elif took < SOON and self._handed >= self._size:
            self._size = min(2 * self._size, self._most)
        self._handed, self._began = 0, self._clock()

    async def _fill(self) -> None:
        self._keep_pace()
        try:
            found = await self._refill(self._size)
        except Exception as error:
            self.error, found = error, None
        self._filling = None
        if found is None:
            self._dry = True
        else:
            self._ready.extend(found)
