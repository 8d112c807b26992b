"""Answers are committed in groups: what has come until somebody may not go on without its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

MOMENT = 0.005
"""How long an answer waits for others, in seconds: less than any mail server takes, more than a commit."""


class Group(Generic[T]):
    """Answers of one commit; ``error``: why it failed."""

    def __init__(self) -> None:
        self.answers: list[T] = []
        self.closed = False
        self.error: Exception | None = None


class Gathering(Generic[T]):
    """``commit`` is called for each group, as soon as ``most`` have come, somebody may not go on without it,
    or after a moment; its error reaches everyone of the group."""

    def __init__(self, commit: Callable[[Sequence[T]], None], most: int) -> None:
        self._commit = commit
        self._most = most
        self._group = Group[T]()
        self._timer: asyncio.TimerHandle | None = None

    def bring(self, answer: T) -> Group[T]:
        """Let it be committed with others; the group that it is in, for `committed`."""
        group = self._group
        if not group.answers:
            self._timer = asyncio.get_running_loop().call_later(MOMENT, self._close, group)
        group.answers.append(answer)
        if len(group.answers) >= self._most:
            self._close(group)
        return group

    def committed(self, group: Group[T]) -> None:
        """See that this group is committed; raises what went wrong."""
        self._close(group)
        if group.error is not None:
            raise group.error

    def _close(self, group: Group[T]) -> None:
        if group.closed:
            return
        group.closed, self._group = True, Group()
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._commit(group.answers)
        except Exception as error:
            group.error = error
