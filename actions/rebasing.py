"""A draft's rows get their places in a newer version, so that typing goes on from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models import DraftRow
from models.draft import GAP, off_base


def put(rows: Sequence[DraftRow], found: Mapping[int, int], *, added_last: bool) -> None:
    """Give the rows (by sheet and place) their places; ``found``: the version's row number by a row's id.

    An added row stands behind the row that it stood behind, or all stand behind the version's last one.
    """
    behind: dict[str, int] = {}
    for row in (row for row in rows if row.id in found):
        row.place = (found[row.id or 0] - 1) * GAP
        behind[row.sheet] = max(behind.get(row.sheet, 0), row.place)
    at = behind if added_last else {}
    for row in rows:
        if row.id not in found:
            row.place = at[row.sheet] = _next(at.get(row.sheet, 0), within=not added_last)
        elif not added_last:
            at[row.sheet] = row.place


def _next(place: int, *, within: bool) -> int:
    """The place behind another; ``within`` the gap before the version's next row, where its end is shared."""
    return place if within and (place + 1) % GAP == 0 else off_base(place + 1)
