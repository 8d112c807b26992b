"""What a check needs of all departments' parts of a table, made once as long as the parts are the same.

The check of one of 1,500 departments would read the parts of all, and the checks of all so 1,500 times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from actions.approved import Part
from actions.inputs import Inputs
from checks.cross_rules import rules_on
from checks.definition import definition_file, load_definition
from checks.system import Across, campaign_lists, refers_to, source_frame, violations_in
from models.blobs import Blobs

if TYPE_CHECKING:
    import polars as pl

    from checks.across import Holders

KEPT = 32
"""How many are kept: what rules found, which keys stand twice, columns of sources that are referred to."""


@dataclass(frozen=True)
class Joined:
    """The parts that a check of ``code`` may be computed from."""

    blobs: Blobs
    code: str
    known: Inputs

    def sources(self) -> dict[str, pl.DataFrame]:
        """The rows of each source table that has any, in the columns that are referred to."""
        found: dict[str, pl.DataFrame] = {}
        for table, columns in refers_to(load_definition(self.code)).items():
            parts = self.known.sources.get(table)
            if parts and any(part.rows for part in parts):
                asked = "source", parts.print, *sorted(columns)
                found[table] = _kept(_Made(asked, partial(self._source, parts, columns)))
        return found

    def across(self, rows: str) -> Across:
        """What cross-table rules find, and which departments these rows are of."""
        rules = rules_on(self.code)
        if not rules:
            return Across()
        tables = self.known.tables
        prints = (f"{table}={parts.print}" for table, parts in sorted(tables.items()))
        files = (repr(definition_file(table)) for table in sorted(tables))
        asked = "rules", *map(repr, rules), *prints, *files, *campaign_lists(self.known.schedule)
        own = [part.department for part in tables.get(self.code, ()) if part.rows == rows]
        try:
            return Across(_kept(_Made(asked, self._violations)), own)
        except _Failed as failed:
            return Across(failed.found, own)

    def holders(self, rows: str) -> Holders | None:
        """Who has which keys, where they are compared; which stand twice is known once for all parts."""
        own, beside = Part(self.known.department, rows), self.known.beside
        if not self.known.others:
            return None
        if own not in beside.parts:
            return lambda names: _holders(names, self._named(self.known.others))
        return partial(self._held, beside.print)

    def _held(self, print_: str, names: tuple[str, ...]) -> pl.DataFrame:
        import polars as pl

        twice: pl.DataFrame = _kept(_Made(("keys", print_, *names), partial(self._twice, names)))
        return twice.filter(pl.col("department") != self.known.department)

    def _twice(self, names: tuple[str, ...]) -> pl.DataFrame:
        from checks.across import held_twice

        return held_twice(_holders(names, self._named(self.known.beside.parts)))

    def _source(self, parts: Iterable[Part], columns: Iterable[str]) -> pl.DataFrame:
        return source_frame((content for _, content in self._named(parts)), set(columns))

    def _violations(self) -> dict[str, Any]:
        tables = {table: list(self._named(parts)) for table, parts in self.known.tables.items()}
        found = violations_in(self.code, tables, self.known.schedule)
        if any(isinstance(each, BaseException) for each in found.values()):
            raise _Failed(found)
        return found

    def _named(self, parts: Iterable[Part]) -> Iterable[tuple[str, bytes]]:
        return ((part.department, self.blobs.get(part.rows)) for part in parts if part.rows)


class _Failed(Exception):
    """What rules found, and that some of them failed: nothing to be kept, as they may not fail again."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True)
class _Made:
    """Something made of what the names say; how, is no part of its identity."""

    names: tuple[str, ...]
    make: Callable[[], Any] = field(compare=False)


@lru_cache(maxsize=KEPT)
def _kept(made: _Made) -> Any:
    return made.make()


def _holders(names: tuple[str, ...], parts: Iterable[tuple[str, bytes]]) -> pl.DataFrame:
    from checks.across import holders_of

    return holders_of(names, parts)
