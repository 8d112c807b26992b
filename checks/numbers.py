"""Numbers as a person would write them."""

from __future__ import annotations

from decimal import Decimal


def plain(value: float | Decimal) -> str:
    """Without exponent, thousands separators or trailing zeros: 1200000, 0.5."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(round(value, 4) + 0.0))
    if not exact.is_finite():
        return str(exact)
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """A share in whole percent: 0.456 is 46%; with a decimal where it is nearly nothing or nearly all."""
    return f"{share:.1%}" if share < 0.01 or 0.99 < share < 1 else f"{share:.0%}"
