"""A rate is kept across connections and runs, its missed turns are made good, and a stop ends the waiting."""

from __future__ import annotations

import asyncio

import pytest

from mail.turns import SLICE, Turns


class Hour:
    """A clock that only sleeping moves; it stops everything at ``end``."""

    def __init__(self) -> None:
        self.now, self.end = 1000.0, 1e9

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def stopped(self) -> bool:
        return self.now >= self.end


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> Hour:
    made = Hour()
    monkeypatch.setattr("mail.turns.monotonic", lambda: made.now)
    monkeypatch.setattr("mail.turns.asyncio.sleep", made.sleep)
    return made


def take(turns: Turns, hour: Hour, until: float = 1e9, rate: int = 30) -> bool:
    return asyncio.run(turns.take(rate, until, hour.stopped))


def began(hour: Hour) -> Turns:
    turns = Turns()
    turns.begin()
    return turns


def test_each_goes_at_its_turn(hour: Hour) -> None:
    turns, times = began(hour), []
    for _ in range(4):
        assert take(turns, hour)
        times.append(hour.now - 1000)
    assert times == [0, 2, 4, 6]


def test_a_turn_survives_the_run(hour: Hour) -> None:
    turns = began(hour)
    assert take(turns, hour)
    assert turns.beyond(hour.now + 1)
    turns.begin()
    assert take(turns, hour)
    assert hour.now == 1002


def test_what_was_missed_between_runs_is_over(hour: Hour) -> None:
    turns = began(hour)
    assert take(turns, hour)
    hour.now += 2.5
    turns.begin()
    assert take(turns, hour)
    assert take(turns, hour)
    assert hour.now == 1004.5


def test_a_turn_after_the_end_is_not_waited_for_and_not_lost(hour: Hour) -> None:
    turns = began(hour)
    assert take(turns, hour)
    assert not take(turns, hour, until=hour.now + 1)
    assert (hour.now, turns.beyond(1001.9), turns.beyond(1002)) == (1000, True, False)


def test_a_missed_turn_is_made_good_for_a_second_only(hour: Hour) -> None:
    turns = began(hour)
    assert take(turns, hour)
    hour.now += 60
    assert take(turns, hour)
    assert take(turns, hour)
    assert hour.now == 1061


def test_a_stop_ends_the_waiting(hour: Hour) -> None:
    turns = began(hour)
    assert take(turns, hour)
    hour.end = hour.now + 0.1
    assert not take(turns, hour)
    assert hour.now <= 1000.1 + SLICE
