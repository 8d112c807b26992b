"""Turns at a set rate: a mail goes when its turn has come, across all connections and from run to run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

MADE_GOOD = 1.0
"""How long a missed turn may still be taken, in seconds: without that a rate is never reached."""
SLICE = 0.5
"""How long nobody looks whether to stop, in seconds."""


class Turns:
    """When the next mail may go."""

    def __init__(self) -> None:
        self._next = 0.0

    def begin(self) -> None:
        """A run begins: turns before it are over, as nobody was there to take them."""
        self._next = max(self._next, monotonic())

    def beyond(self, until: float) -> bool:
        """Whether the next turn comes only after this."""
        return self._next > until

    async def take(self, per_minute: int, until: float, stopped: Callable[[], bool]) -> bool:
        """Wait for the next turn; False, without waiting, where it comes only after ``until``, and where
        ``stopped`` says so.  Turns missed in the last second are made good."""
        turn = max(self._next, monotonic() - MADE_GOOD)
        if turn > until:
            return False
        self._next = turn + 60 / per_minute
        while not stopped() and (left := turn - monotonic()) > 0:
            await asyncio.sleep(min(left, SLICE))
        return not stopped()
