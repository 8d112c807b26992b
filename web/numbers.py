"""Numbers and days as they are sent: within what the database holds, refused in a sentence elsewhere."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

LARGEST = 2**63 - 1
MOST_ROWS = 100_000_000

Key = Annotated[int, Field(ge=1, le=LARGEST)]
"""What names a row of the database, or a version by its number."""
Amount = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
"""How many to leave out or to show."""
MOST_LISTED = 1_000
Limit = Annotated[int, Field(ge=1, le=MOST_LISTED)]
"""How many of a list to answer at once."""
Offset = Annotated[int, Field(ge=0, le=LARGEST)]
"""How many of a list to leave out."""
RowCount = Annotated[int, Field(ge=-1, le=MOST_ROWS)]
"""How many rows somebody says there are; what is below zero is refused by the action, with its remedy."""


def key_of(typed: str) -> int | None:
    """The key that is typed in decimal digits; None where there is none."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 20):
        return None
    return int(typed) if 1 <= int(typed) <= LARGEST else None


def _day(typed: object) -> date:
    try:
        return date.fromisoformat(str(typed))
    except ValueError as error:
        raise PydanticCustomError("date_form", "not a day") from error


Day = Annotated[date, BeforeValidator(_day)]
"""A day as a page's date field sends it: 2020-11-18."""
