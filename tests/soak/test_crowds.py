"""Small ones of the crowds: the full size is a soak."""

from __future__ import annotations

from tests.soak.crowds import Raced, crowd, guessed, raced


def test_a_race_has_one_winner_on_what_was_seen() -> None:
    assert raced(30) == Raced(30, 30, 30)


def test_guesses_are_slowed_down_and_the_owner_waits_a_minute_at_most() -> None:
    found = guessed(1_200)
    assert found.looked_at <= 20 + found.seconds / 60 * 6
    assert 0 < found.owner_waits <= 60


def test_writers_and_readers_meet_no_lock() -> None:
    found = crowd(writers=8, readers=32, rounds=2)
    assert set(found.answers) <= {200, 409}
    assert sum(found.answers.values()) == 80
    assert found.answers[200] >= 64 + 8
