"""How a command takes a moment."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from commands.console import WrongUse
from plans.notation import parse_instant, quoted


def moment(text: str, zone: ZoneInfo) -> datetime:
    """The moment that ``text`` says, in ``zone`` where it names no offset; WrongUse with an example else."""
    try:
        return parse_instant(text, zone)
    except ValueError as error:
        raise WrongUse(
            f"看不懂时间{quoted(text)}。",
            "请写成 2020-11-06T08:00 这样的形式；带时区的写成 2020-11-06T08:00+08:00。",
        ) from error
