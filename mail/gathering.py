"""Answers are committed in groups: while that is done, their senders prepare the next mails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

MOMENT = 0.005
"""How long an answer waits for others, in seconds: less than any mail server takes, more than a commit."""


class Gathering(Generic[T]):
    """``commit`` is awaited for each group, as soon as ``most`` have come, somebody may not go on without it,
    or after a moment; its error reaches everyone of the group."""

    def __init__(self, commit: Callable[[Sequence[T]], Awaitable[None]], most: int) -> None:
        self._commit = commit
        self._most = most
        self._brought: list[T] = []
        self._wanted = asyncio.Event()
        self._gathered: asyncio.Task[None] | None = None

    def bring(self, answer: T) -> asyncio.Task[None]:
        """Let it be committed with others; the task of the group that it is in, for `committed`."""
        self._brought.append(answer)
        if self._gathered is None:
            self._gathered = asyncio.create_task(self._group())
        if len(self._brought) >= self._most:
            self._wanted.set()
        return self._gathered

    async def committed(self, group: asyncio.Task[None]) -> None:
        """Wait until this group is committed, which now is at once."""
        if group is self._gathered:
            self._wanted.set()
        await asyncio.shield(group)

    async def _group(self) -> None:
        wanted = self._wanted
        timer = asyncio.get_running_loop().call_later(MOMENT, wanted.set)
        await wanted.wait()
        timer.cancel()
        group, self._brought = self._brought, []
        self._wanted, self._gathered = asyncio.Event(), None
        await self._commit(group)
