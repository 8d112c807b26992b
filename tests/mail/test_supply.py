"""The next mails are claimed while these go, never too many, and nothing that was claimed is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from mail.leasing import Claimed
from mail.message import Content
from mail.supply import FIRST, Supply

T = TypeVar("T")


def mails(count: int) -> list[Claimed]:
    until = datetime(2026, 1, 5, tzinfo=UTC)
    return [Claimed(n, 1, Content("a@x.test", "<1@x>", "s", "t", "h"), {}, until, []) for n in range(count)]


class Outbox:
    """Has so many mails; keeps how many were asked for at a time, and answers when it is let."""

    def __init__(self, count: int) -> None:
        self.waiting = mails(count)
        self.asked: list[int] = []
        self.open = asyncio.Event()
        self.open.set()

    async def claim(self, limit: int) -> list[Claimed] | None:
        self.asked.append(limit)
        await self.open.wait()
        found, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return found or None


def run(play: Coroutine[None, None, T]) -> T:
    return asyncio.run(asyncio.wait_for(play, 20))


async def drained(supply: Supply) -> list[int]:
    found = []
    while claimed := await supply.next():
        found.append(claimed.id)
    return found


def test_every_mail_is_handed_out_once_in_its_order() -> None:
    async def play() -> list[int]:
        return await drained(Supply(Outbox(250).claim, 100))

    assert run(play()) == [*range(250)]


def test_several_senders_share_what_there_is() -> None:
    async def play() -> list[int]:
        supply = Supply(Outbox(250).claim, 100)
        shares = await asyncio.gather(*(drained(supply) for _ in range(4)))
        return sorted(key for share in shares for key in share)

    assert run(play()) == [*range(250)]


def test_few_are_claimed_at_first_and_never_more_than_allowed() -> None:
    async def play() -> list[int]:
        outbox = Outbox(600)
        await drained(Supply(outbox.claim, 100))
        return outbox.asked

    asked = run(play())
    assert asked[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert max(asked) == 100


async def paced(seconds: float, mails: int, most: int) -> list[int]:
    """How many are claimed at a time where each mail takes so long to go."""
    now = 0.0
    outbox = Outbox(mails)
    supply = Supply(outbox.claim, most, lambda: now)
    while await supply.next():
        now += seconds
    return outbox.asked


def test_as_many_are_claimed_as_go_in_some_seconds() -> None:
    """So the lease of none runs out before its turn: 80 seconds of it are for waiting."""
    for seconds, most in ((0.5, 24), (1.0, 24), (5.0, 6)):
        asked = run(paced(seconds, 400, 400))
        assert max(asked[2:]) <= most
        assert 2 * max(asked[4:]) * seconds <= 80
    assert max(run(paced(0.001, 2000, 400))) == 400


def test_a_server_that_grows_slow_is_waited_for_with_fewer() -> None:
    async def play() -> list[int]:
        now = 0.0
        outbox = Outbox(1500)
        supply = Supply(outbox.claim, 400, lambda: now)
        for seconds in (0.001, 1.0):
            for _ in range(700):
                await supply.next()
                now += seconds
        return outbox.asked

    asked = run(play())
    assert max(asked) >= 96
    assert asked[-1] <= 24


def test_the_next_are_claimed_while_these_go() -> None:
    async def play() -> list[int]:
        outbox = Outbox(100)
        supply = Supply(outbox.claim, FIRST)
        await supply.next()
        outbox.open.clear()
        await supply.next()
        await asyncio.sleep(0)
        asked = [*outbox.asked]
        outbox.open.set()
        await supply.end()
        return asked

    assert run(play()) == [FIRST, FIRST]


def test_what_was_not_handed_out_or_given_back_is_left_at_the_end() -> None:
    async def play() -> list[int]:
        outbox = Outbox(100)
        supply = Supply(outbox.claim, FIRST)
        first, _second = await supply.next(), await supply.next()
        await asyncio.sleep(0)
        assert first is not None
        supply.give_back(first)
        return [claimed.id for claimed in await supply.end()]

    assert run(play()) == [0, *range(2, 2 * FIRST)]


def test_nothing_is_handed_out_after_the_end() -> None:
    async def play() -> Claimed | None:
        supply = Supply(Outbox(100).claim, FIRST)
        await supply.next()
        await supply.end()
        return await supply.next()

    assert run(play()) is None


def test_an_error_reaches_everyone_who_waits() -> None:
    async def claim(_limit: int) -> list[Claimed] | None:
        await asyncio.sleep(0)
        raise OSError("disk full")

    async def play() -> list[object]:
        supply = Supply(claim, 10)
        return list(await asyncio.gather(supply.next(), supply.next(), return_exceptions=True))

    assert [str(error) for error in run(play())] == ["disk full", "disk full"]


def test_what_is_ready_goes_before_an_error_is_told() -> None:
    async def play() -> tuple[list[int], str]:
        outbox = Outbox(FIRST)

        async def claim(limit: int) -> list[Claimed] | None:
            if not outbox.waiting:
                raise OSError("disk full")
            return await outbox.claim(limit)

        supply, found = Supply(claim, FIRST), []
        with pytest.raises(OSError, match="disk full"):
            while claimed := await supply.next():
                found.append(claimed.id)
        await supply.end()
        return found, str(supply.error)

    assert run(play()) == ([*range(FIRST)], "disk full")


@pytest.mark.parametrize("most", [1, 5])
def test_a_supply_may_be_small(most: int) -> None:
    async def play() -> list[int]:
        return await drained(Supply(Outbox(12).claim, most))

    assert run(play()) == [*range(12)]
