"""The sample college of the shipped plan, all its tables made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from checks.definition import Definition, load_definition
from checks.finding import Finding
from commands.sample_college import College
from commands.sample_rows import as_parquet
from commands.sample_tables import table_rows
from commands.sample_words import RowsBySheet
from plans.plan import Plan
from tests.checks.parts import checked

Key = tuple[str, str]
"""Table and department."""


@dataclass
class Campus:
    """Every department's rows of every table; what a test changes in ``rows`` is what is checked."""

    plan: Plan
    college: College
    rows: dict[Key, RowsBySheet] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in self.plan.obligations():
            key = (each.code, each.department)
            self.rows[key] = table_rows(self.college, self.definition(each.code), each.department)

    def definition(self, code: str) -> Definition:
        return load_definition(code, self.plan.table(code).name)

    def of(self, code: str) -> RowsBySheet:
        """The rows of the first department that owes the table."""
        return next(rows for key, rows in self.rows.items() if key[0] == code)

    @cached_property
    def stored(self) -> dict[Key, bytes]:
        return {key: as_parquet(self.definition(key[0]), rows) for key, rows in self.rows.items()}

    @cached_property
    def tables(self) -> dict[str, list[tuple[str, bytes]]]:
        """Every table as complete and approved: each department's stored rows."""
        found: dict[str, list[tuple[str, bytes]]] = {}
        for (code, unit), content in self.stored.items():
            found.setdefault(code, []).append((unit, content))
        return found

    @property
    def sources(self) -> dict[str, list[bytes]]:
        codes = [table.code for table in self.plan.tables if table.source]
        return {code: [content for _, content in self.tables[code]] for code in codes}

    def check(self, key: Key) -> list[Finding]:
        """The system check of one department's rows beside all others."""
        return checked(key[0], self.stored[key], self.plan.schedule, self.sources, tables=self.tables)

    def check_rows(self, code: str, rows: RowsBySheet) -> list[Finding]:
        """The check of other rows of a table, without the rules over several tables."""
        content = as_parquet(self.definition(code), rows)
        return checked(code, content, self.plan.schedule, self.sources)

    def once_each(self) -> Iterator[tuple[Definition, RowsBySheet]]:
        """Each table with its first department's rows."""
        for table in self.plan.tables:
            yield self.definition(table.code), self.of(table.code)
