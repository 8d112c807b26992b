"""Units that people mix up, and what the value would be in the right one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from checks.definition import Field
from checks.numbers import plain

TEN_THOUSAND = Decimal(10_000)
IN_TEN_THOUSANDS = ("元", "册", "人", "平方米")
OTHERS = {
    "平方米": (("亩", Decimal("666.67")),),
    "%": (("小数", Decimal(100)),),
    "GB": (("TB", Decimal(1024)), ("MB", 1 / Decimal(1024))),
    "TB": (("GB", 1 / Decimal(1024)),),
    "Mbps": (("Gbps", Decimal(1000)),),
}


@dataclass(frozen=True)
class Mistake:
    """A value typed in ``unit`` by mistake becomes right when it is multiplied by ``factor``."""

    unit: str
    factor: Decimal


def mistakes(field: Field) -> tuple[Mistake, ...]:
    """What may be typed into a column of numbers instead of its own unit; none where it has no such unit."""
    if field.type not in ("integer", "number"):
        return ()
    if field.unit.startswith("万"):
        return (Mistake(field.unit[1:], 1 / TEN_THOUSAND),)
    others = tuple(Mistake(unit, factor) for unit, factor in OTHERS.get(field.unit, ()))
    if field.unit.split("/")[0] in IN_TEN_THOUSANDS:
        return (Mistake(f"万{field.unit}", TEN_THOUSAND), *others)
    return others


def mended(text: str, mistake: Mistake, field: Field) -> str:
    """The typed number in the column's own unit; whole where the column wants whole numbers.

    Tens of thousands and percents keep every digit, other units are rounded to two decimals.
    """
    value = Decimal(text) * mistake.factor
    if field.type == "integer":
        return plain(value.to_integral_value())
    exact = mistake.factor in (TEN_THOUSAND, 1 / TEN_THOUSAND, Decimal(100))
    return plain(value if exact else value.quantize(Decimal("0.01")))
