"""What a department confirms with signature and seal, as values: made from the database, printed in Word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ConfirmedTable:
    """One table of the department: which version, how many rows, who did what when, and why the summary
    leaves it out (empty: it doesn't).

    ``print``: the first digits of the rows' SHA-256, as the summary's manifest has it; empty without rows.
    """

    table: str
    name: str
    version: int | None = None
    kind: str = ""
    rows: int = 0
    print: str = ""
    collected_by: str = ""
    collected_at: datetime | None = None
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    checked_at: datetime | None = None
    exempt: bool = False
    excluded: str = ""


@dataclass(frozen=True)
class Confirmation:
    """All that a department owes, as it stands at a moment."""

    campaign: str
    office: str
    department: str
    at: datetime
    tables: tuple[ConfirmedTable, ...]

    @property
    def owed(self) -> list[ConfirmedTable]:
        """What it is not exempt from."""
        return [each for each in self.tables if not each.exempt]

    @property
    def passed(self) -> list[ConfirmedTable]:
        """What the summary holds."""
        return [each for each in self.owed if not each.excluded]
