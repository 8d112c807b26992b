"""Answers that come together are committed together, and nobody waits for what does not come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence

import pytest

from mail.gathering import Gathering

Play = Callable[[Gathering[str]], Coroutine[None, None, None]]


def groups(play: Play) -> list[list[str]]:
    """What was committed, group by group."""
    committed: list[list[str]] = []

    async def commit(group: Sequence[str]) -> None:
        committed.append(list(group))

    async def run() -> None:
        await asyncio.wait_for(play(Gathering(commit)), 20)

    asyncio.run(run())
    return committed


def test_who_is_alone_waits_for_nobody() -> None:
    async def play(gathering: Gathering[str]) -> None:
        for answer in "ab":
            gathering.set_out()
            await gathering.bring(answer)

    assert groups(play) == [["a"], ["b"]]


def test_what_comes_together_is_one_commit() -> None:
    async def play(gathering: Gathering[str]) -> None:
        for _ in "abc":
            gathering.set_out()
        await asyncio.gather(*(gathering.bring(answer) for answer in "abc"))

    assert groups(play) == [["a", "b", "c"]]


def test_who_gives_up_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mail.gathering.MOMENT", 3600.0)

    async def play(gathering: Gathering[str]) -> None:
        gathering.set_out()
        gathering.set_out()
        brought = asyncio.create_task(gathering.bring("a"))
        await asyncio.sleep(0)
        gathering.give_up()
        await brought

    assert groups(play) == [["a"]]


def test_a_slow_one_is_waited_for_a_moment_only() -> None:
    async def play(gathering: Gathering[str]) -> None:
        gathering.set_out()
        gathering.set_out()
        await gathering.bring("a")
        await gathering.bring("slow")

    assert groups(play) == [["a"], ["slow"]]


def test_an_answer_during_a_commit_goes_into_the_next() -> None:
    committed: list[list[str]] = []
    busy = asyncio.Event()

    async def commit(group: Sequence[str]) -> None:
        committed.append(list(group))
        await busy.wait()

    async def play() -> None:
        gathering = Gathering(commit)
        gathering.set_out()
        first = asyncio.create_task(gathering.bring("a"))
        while not committed:
            await asyncio.sleep(0)
        gathering.set_out()
        second = asyncio.create_task(gathering.bring("b"))
        busy.set()
        await asyncio.gather(first, second)

    asyncio.run(play())
    assert committed == [["a"], ["b"]]


def test_a_failed_commit_is_told_to_all_of_its_group() -> None:
    async def commit(_group: Sequence[str]) -> None:
        raise OSError("disk full")

    async def play() -> list[BaseException | None]:
        gathering = Gathering(commit)
        gathering.set_out()
        gathering.set_out()
        return await asyncio.gather(*map(gathering.bring, "ab"), return_exceptions=True)

    assert [str(error) for error in asyncio.run(play())] == ["disk full", "disk full"]
