"""Numbers and shares as a person would write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.numbers import percent, plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1200000, "1200000"),
        (1.2e22, "12000000000000000000000"),
        (0.5, "0.5"),
        (10.10, "10.1"),
        (0.1 + 0.2, "0.3"),
        (-3.0, "-3"),
        (0.0, "0"),
        (1e-7, "0"),
        (-1e-7, "0"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.00005"), "0.00005"),
        (Decimal("100"), "100"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
    ],
)
def test_a_number_is_plain(value: float | Decimal, text: str) -> None:
    assert plain(value) == text


@given(st.decimals(-(10**15), 10**15, allow_nan=False, places=4))
def test_nothing_is_lost_in_plain_writing(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert "E" not in text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.456, "46%"),
        (1, "100%"),
        (0.996, "99.6%"),
        (0.99, "99%"),
        (0.004, "0.4%"),
        (12.5, "1250%"),
        (0.9, "90%"),
    ],
)
def test_a_share_nearly_nothing_or_nearly_all_shows_that_it_is_not(share: float, text: str) -> None:
    assert percent(share) == text
