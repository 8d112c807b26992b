"""What differs between two versions, or between a version and last year's rows, read from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session

from models import Version
from models.history import handed_in_before
from models.prior import prior_of
from models.worklist import Line
from web.rows_shown import Marks
from web.site import Site

if TYPE_CHECKING:
    from checks.definition import Definition
    from checks.rows import Rows
    from workbooks.comparison import Change, Comparison

SHOWN = 20
FORMER, PRIOR = "former", "prior"


@dataclass(frozen=True)
class Difference:
    """Between two versions by their numbers; ``cells`` holds the first of all changed ones."""

    older: int
    newer: int
    rows_added: int
    rows_removed: int
    cells_changed: int
    cells: Sequence[Change]


@dataclass(frozen=True)
class Against:
    """A state that a version is compared with: the version handed in before it, or last year's rows."""

    name: str
    rows_blob: str
    number: int = 0


@dataclass(frozen=True)
class Changes:
    """A page of what changed against a state, each with its place and what it is in the ``third``."""

    against: Against
    third: Against | None
    found: Comparison
    shown: Sequence[Change]
    total: int
    addresses: Sequence[str]


def compare(site: Site, older: Version, newer: Version, key: Sequence[str] = ()) -> Difference:
    """The difference between two versions of a table whose rows are found again by ``key``."""
    from workbooks import comparison

    found = comparison.compare(_rows(site, older.rows_blob), _rows(site, newer.rows_blob), key)
    return Difference(
        older=older.number,
        newer=newer.number,
        rows_added=found.rows_added,
        rows_removed=found.rows_removed,
        cells_changed=found.cells_changed,
        cells=found.changes(kind=comparison.CHANGED, limit=SHOWN),
    )


def states(session: Session, seen: Line, shown: Version) -> list[Against]:
    """What the version can be compared with: what was handed in before it, and last year's rows."""
    former = handed_in_before(session, seen.id, shown.number)
    prior = prior_of(session, seen.id)
    found = [Against(FORMER, former.rows_blob or "", former.number)] if former else []
    return [*found, *([Against(PRIOR, prior.rows_blob)] if prior else [])]


def changes(
    site: Site,
    definition: Definition,
    known: Sequence[Against],
    shown: Version,
    against: str,
    kind: str,
    offset: int,
    limit: int,
) -> Changes | None:
    """A page of the differences, three-way; None where there is nothing to compare with."""
    from workbooks.comparison import REMOVED, beside, compare

    chosen = next((each for each in known if each.name == against), known[0] if known else None)
    if chosen is None:
        return None
    third = next((each for each in known if each is not chosen), None)
    old, new = _rows(site, chosen.rows_blob), _rows(site, shown.rows_blob)
    found = compare(old, new, key_for(definition, chosen))
    page = found.changes(kind=kind, offset=offset, limit=limit)
    if third is not None:
        page = beside(page, new, _rows(site, third.rows_blob), key_for(definition, third))
    addresses = [
        (old if each.kind == REMOVED else new).address(each.sheet, each.row, each.column) for each in page
    ]
    return Changes(chosen, third, found, page, found.count(kind), addresses)


def marks(
    site: Site, definition: Definition, known: Sequence[Against], shown: Version, against: str
) -> Marks | None:
    """Which rows of the version differ from a state, with their former values; None without that state."""
    from workbooks.comparison import CHANGED, REMOVED, compare

    chosen = next((each for each in known if each.name == against), None)
    if chosen is None:
        return None
    key = key_for(definition, chosen)
    rows: dict[tuple[str, int], dict[str, str] | None] = {}
    for each in compare(_rows(site, chosen.rows_blob), _rows(site, shown.rows_blob), key).changes():
        if each.kind == CHANGED:
            former = rows.setdefault((each.sheet, each.row), {})
            if former is not None:
                former[each.column] = each.old
        elif each.kind != REMOVED:
            rows[each.sheet, each.row] = None
    return Marks(rows)


def key_for(definition: Definition, against: Against) -> tuple[str, ...]:
    """The columns that find a row again: last year's may be other ones."""
    return definition.match or definition.key if against.name == PRIOR else definition.key


def _rows(site: Site, blob: str | None) -> Rows:
    from checks.rows import from_parquet
    from workbooks.comparison import NOTHING

    return from_parquet(site.blobs.get(blob)) if blob else NOTHING
