"""What the office lets pass (P4): the findings stay visible, and no longer block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from checks.finding import INFO, Finding


@dataclass(frozen=True)
class Released:
    """Findings of ``rule`` pass for ``reason`` where every given thing fits; an empty one fits everything."""

    rule: str
    reason: str
    table: str = ""
    sheet: str = ""
    column: str = ""
    key: str = ""
    cell: str = ""

    def fits(self, finding: Finding, table: str) -> bool:
        """Whether it lets this finding of the table's pass."""
        asked = (self.table, self.sheet, self.column, self.key, self.cell)
        found = (table, finding.sheet, finding.column, finding.key, finding.cell)
        return self.rule == finding.rule and all(
            wanted in ("", given) for wanted, given in zip(asked, found, strict=True)
        )


def apply_releases(findings: Iterable[Finding], released: Sequence[Released], table: str) -> list[Finding]:
    """The table's findings, those let pass as infos that carry the reason of the first fitting release."""
    return [_passed(finding, released, table) for finding in findings]


def _passed(finding: Finding, released: Sequence[Released], table: str) -> Finding:
    if finding.severity == INFO:
        return finding
    fitting = next((each for each in released if each.fits(finding, table)), None)
    return finding if fitting is None else replace(finding, severity=INFO, released=fitting.reason)
