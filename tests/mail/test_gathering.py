"""Answers that come together are committed together, and nobody waits for what does not come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence

import pytest

from mail.gathering import Gathering

Play = Callable[[Gathering[str]], Coroutine[None, None, None]]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is committed because a moment has passed."""
    monkeypatch.setattr("mail.gathering.MOMENT", 3600.0)


def groups(play: Play, most: int) -> list[list[str]]:
    """What was committed, group by group."""
    committed: list[list[str]] = []

    async def commit(group: Sequence[str]) -> None:
        committed.append(list(group))

    async def run() -> None:
        await asyncio.wait_for(play(Gathering(commit, most)), 20)

    asyncio.run(run())
    return committed


@pytest.mark.usefixtures("patient")
def test_who_is_alone_waits_for_nobody() -> None:
    async def play(gathering: Gathering[str]) -> None:
        for answer in "ab":
            await gathering.bring(answer)

    assert groups(play, 1) == [["a"], ["b"]]


@pytest.mark.usefixtures("patient")
def test_what_all_bring_is_one_commit() -> None:
    async def play(gathering: Gathering[str]) -> None:
        await asyncio.gather(*(gathering.bring(answer) for answer in "abc"))

    assert groups(play, 3) == [["a", "b", "c"]]


@pytest.mark.usefixtures("patient")
def test_who_may_not_go_on_without_it_has_it_committed() -> None:
    async def play(gathering: Gathering[str]) -> None:
        for answers in ("ab", "c"):
            brought = [gathering.bring(answer) for answer in answers]
            await gathering.committed(brought[0])

    assert groups(play, 3) == [["a", "b"], ["c"]]


def test_a_slow_one_is_waited_for_a_moment_only() -> None:
    async def play(gathering: Gathering[str]) -> None:
        await gathering.bring("a")
        await gathering.bring("slow")

    assert groups(play, 2) == [["a"], ["slow"]]


@pytest.mark.usefixtures("patient")
def test_an_answer_during_a_commit_goes_into_the_next() -> None:
    committed: list[list[str]] = []
    busy = asyncio.Event()

    async def commit(group: Sequence[str]) -> None:
        committed.append(list(group))
        await busy.wait()

    async def play() -> None:
        gathering = Gathering(commit, 2)
        first = [gathering.bring(answer) for answer in "ab"]
        while not committed:
            await asyncio.sleep(0)
        second = gathering.bring("c")
        assert second is not first[0]
        busy.set()
        await asyncio.gather(*first, gathering.committed(second))

    asyncio.run(play())
    assert committed == [["a", "b"], ["c"]]


def test_a_failed_commit_is_told_to_all_of_its_group() -> None:
    async def commit(_group: Sequence[str]) -> None:
        raise OSError("disk full")

    async def play() -> list[BaseException | None]:
        gathering = Gathering(commit, 2)
        return await asyncio.gather(*map(gathering.bring, "ab"), return_exceptions=True)

    assert [str(error) for error in asyncio.run(play())] == ["disk full", "disk full"]
