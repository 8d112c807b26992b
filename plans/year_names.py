"""The years that names carry: those of the campaign's own arithmetic roll, all others are told."""

from __future__ import annotations

import re
from collections.abc import Iterator

YEAR = r"(?<!\d)(?:[1１][9９]|[2２][0０])\d\d(?!\d)"
DASH = r"\s*(?:[-–—－~～〜至/]|--|——)\s*"
SPAN = re.compile(rf"({YEAR})({DASH})({YEAR}|\d\d(?=\s*(?:学年|年度)))")
"""A school year: 2019–2020, 2019-20学年."""
NOT_ROLLED = r"(?!\s*年?\s*(?:版|修订|以来|以后|起|至今))"
SINGLE = re.compile(rf"({YEAR})(?=\s*(学年|年|级|届)){NOT_ROLLED}")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


class NamedYears:
    """Rolls years by one, where they are among those ``known``; of 级 and 届 also ``entries``."""

    def __init__(self, known: frozenset[int], entries: frozenset[int] = frozenset()) -> None:
        self._known, self._entries = known, entries

    def rolled(self, text: str) -> str:
        """The text a year on."""
        made, end = "", 0
        for start, stop in self._places(text):
            made += text[end:start] + _next(text[start:stop])
            end = stop
        return made + text[end:]

    def left_in(self, text: str, *, all_years: bool = False) -> list[str]:
        """The years that stay: nothing says that they follow the campaign (or ``all_years`` there are)."""
        rolled = () if all_years else {start for start, _ in self._places(text)}
        return [found[0] for found in re.finditer(YEAR, text) if found.start() not in rolled]

    def _places(self, text: str) -> list[tuple[int, int]]:
        """Where years stand that roll, in order."""
        spans = list(SPAN.finditer(text))
        found = {single.span(1) for single in SINGLE.finditer(text) if self._follows(single)}
        for span in spans:
            found -= {span.span(1), span.span(3)}
            found |= set(self._ends(span))
        return sorted(found)

    def _follows(self, single: re.Match[str]) -> bool:
        year = int(single[1])
        return year in self._known or (single[2] in "级届" and year in self._entries)

    def _ends(self, span: re.Match[str]) -> Iterator[tuple[int, int]]:
        """Both ends of a school year of which the campaign knows the first."""
        first, last = int(span[1]), int(span[3])
        if first in self._known and last in (first + 1, (first + 1) % 100):
            yield span.span(1)
            yield span.span(3)


def _next(year: str) -> str:
    rolled = f"{(int(year) + 1) % 10 ** len(year):0{len(year)}}"
    return rolled if year.isascii() else rolled.translate(WIDE)
