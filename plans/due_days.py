"""The deadlines of the data tables, moved together: each table's in its place, all else as it is written."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from plans.notation import half_width, parse_day, tidy
from plans.plan import PlanTable

BOM = "\ufeff"
COLUMN = "due"


def due_days(tables: Iterable[PlanTable]) -> dict[date, int]:
    """The deadlines of the data tables, the nearest first, each with how many have it."""
    return dict(sorted(Counter(table.due for table in tables).items()))


def with_due_days(text: str, moved: Mapping[date, date]) -> str:
    """A decomposition that can be read, with deadlines moved.

    Every other cell stays as it was, columns of the college's own among them.
    """
    if all(old == new for old, new in moved.items()):
        return text
    [header, *rows] = csv.reader(io.StringIO(text.removeprefix(BOM), newline=""))
    place = [tidy(half_width(column)).lower() for column in header].index(COLUMN)
    for row in rows:
        if len(row) > place and row[place].strip():
            day = parse_day(row[place])
            row[place] = moved[day].isoformat() if moved.get(day, day) != day else row[place]
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows([header, *rows])
    return BOM * text.startswith(BOM) + written.getvalue()
