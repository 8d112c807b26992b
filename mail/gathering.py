"""Answers are committed in groups: a sender waits for its own, and shares the commit with others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

MOMENT = 0.005
"""How long an answer waits for others, in seconds: less than any mail server takes, more than a commit."""


class Gathering(Generic[T]):
    """Each sender says when it sets out and brings what it got; no more is in flight than there are senders.

    ``commit`` is awaited for each group; its error reaches everyone of the group.
    """

    def __init__(self, commit: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._commit = commit
        self._under_way = 0
        self._brought: list[T] = []
        self._whole = asyncio.Event()
        self._committed: asyncio.Task[None] | None = None

    def set_out(self) -> None:
        """A sender is under way: a group waits a moment for it."""
        self._under_way += 1

    def give_up(self) -> None:
        """A sender comes back with nothing."""
        self._under_way -= 1
        self._look()

    async def bring(self, answer: T) -> None:
        """Wait until the answer is committed."""
        self._brought.append(answer)
        if self._committed is None:
            self._committed = asyncio.create_task(self._group())
        mine = self._committed
        self._look()
        await asyncio.shield(mine)

    def _look(self) -> None:
        if len(self._brought) >= self._under_way:
            self._whole.set()

    async def _group(self) -> None:
        """Commit what has come once nobody else is under way, or after a moment."""
        whole = self._whole
        timer = asyncio.get_running_loop().call_later(MOMENT, whole.set)
        await whole.wait()
        timer.cancel()
        group, self._brought = self._brought, []
        self._under_way -= len(group)
        self._whole, self._committed = asyncio.Event(), None
        await self._commit(group)
