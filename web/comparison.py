"""What differs between two versions of a table: how many rows and cells, and the first of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from models import Version
from web.site import Site

SHOWN = 20
MOST = 200_000
Rows = dict[tuple[str, int], dict[str, str]]


@dataclass(frozen=True)
class ChangedCell:
    """A cell with its value in the older and in the newer version."""

    sheet: str
    row: int
    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Difference:
    """Between two versions by their numbers; ``cells`` holds the first of all changed ones."""

    older: int
    newer: int
    rows_added: int
    rows_removed: int
    cells_changed: int
    cells: Sequence[ChangedCell]


def compare(site: Site, older: Version, newer: Version) -> Difference:
    """The difference by place: a row is the same row where sheet and number are."""
    old, new = _rows(site, older), _rows(site, newer)
    changed = list(_changed(old, new))
    return Difference(
        older=older.number,
        newer=newer.number,
        rows_added=len(new.keys() - old.keys()),
        rows_removed=len(old.keys() - new.keys()),
        cells_changed=len(changed),
        cells=list(islice(changed, SHOWN)),
    )


def _changed(old: Rows, new: Rows) -> Iterator[ChangedCell]:
    for place in sorted(old.keys() & new.keys()):
        for column in dict.fromkeys([*old[place], *new[place]]):
            before, after = old[place].get(column, ""), new[place].get(column, "")
            if before != after:
                yield ChangedCell(*place, column, before, after)


def _rows(site: Site, version: Version) -> Rows:
    if version.rows_blob is None:
        return {}
    from workbooks.view import read_rows

    found = read_rows(site.blobs.get(version.rows_blob), limit=MOST)
    return {(row.sheet, row.row): dict(zip(found.columns, row.cells, strict=True)) for row in found.rows}
