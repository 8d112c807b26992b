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

    def commit(group: Sequence[str]) -> None:
        committed.append(list(group))

    asyncio.run(play(Gathering(commit, most)))
    return committed


@pytest.mark.usefixtures("patient")
def test_who_is_alone_waits_for_nobody() -> None:
    async def play(gathering: Gathering[str]) -> None:
        for answer in "ab":
            assert gathering.bring(answer).closed

    assert groups(play, 1) == [["a"], ["b"]]


@pytest.mark.usefixtures("patient")
def test_what_all_bring_is_one_commit() -> None:
    async def play(gathering: Gathering[str]) -> None:
        assert [gathering.bring(answer).closed for answer in "abc"] == [False, False, True]

    assert groups(play, 3) == [["a", "b", "c"]]


@pytest.mark.usefixtures("patient")
def test_who_may_not_go_on_without_it_has_it_committed() -> None:
    async def play(gathering: Gathering[str]) -> None:
        for answers in ("ab", "c"):
            brought = [gathering.bring(answer) for answer in answers]
            for group in brought:
                gathering.committed(group)

    assert groups(play, 3) == [["a", "b"], ["c"]]


def test_a_slow_one_is_waited_for_a_moment_only() -> None:
    async def play(gathering: Gathering[str]) -> None:
        for answer in ("a", "slow"):
            group = gathering.bring(answer)
            while not group.closed:
                await asyncio.sleep(0)

    assert groups(play, 2) == [["a"], ["slow"]]


def test_a_moment_that_is_over_commits_nothing_of_the_next_group() -> None:
    async def play(gathering: Gathering[str]) -> None:
        for answer in "ab":
            gathering.bring(answer)
        later = gathering.bring("c")
        gathering.committed(gathering.bring("d"))
        assert later.closed
        last = gathering.bring("e")
        while not last.closed:
            await asyncio.sleep(0)

    assert groups(play, 2) == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.usefixtures("patient")
def test_a_failed_commit_is_told_to_all_of_its_group_and_to_nobody_else() -> None:
    failures: list[Exception] = [OSError("disk full")]

    def commit(_group: Sequence[str]) -> None:
        if failures:
            raise failures.pop()

    async def play() -> None:
        gathering = Gathering(commit, 2)
        for group in [gathering.bring(answer) for answer in "ab"]:
            with pytest.raises(OSError, match="disk full"):
                gathering.committed(group)
        gathering.committed(gathering.bring("c"))

    asyncio.run(play())
