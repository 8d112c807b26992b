"""What a template says of itself: whose it is and which version it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PREFIX = "caiji-"
LABEL = "标识（请勿改动）"
NOTES = "说明"
APART = "|"
LONGEST_NUMBER = 9


@dataclass(frozen=True)
class TemplateStamp:
    """``assignment_id`` is None where the template was made without a campaign; ``version`` 0: no data;
    ``person``: whose sheet it is, where it is one person's part of the table."""

    campaign: str
    assignment_id: int | None
    table: str
    department: str
    version: int = 0
    person: str = ""

    def properties(self) -> dict[str, str]:
        """As custom document properties."""
        values = (self.campaign, self.assignment_id or "", self.table, self.department, self.version)
        found = {f"{PREFIX}{name}": str(value) for name, value in zip(NAMES, values, strict=True)}
        return found | ({f"{PREFIX}{PERSON}": self.person} if self.person else {})

    def line(self) -> str:
        """As one line on `说明`, for programs that drop the properties."""
        return APART.join(value.replace(APART, " ") for value in self.properties().values())


NAMES = ("campaign", "assignment", "table", "department", "version")
PERSON = "person"


def from_properties(values: Mapping[str, str]) -> TemplateStamp | None:
    """The stamp in custom document properties; None where there is none or it was tampered with."""
    found = [values[key] for name in NAMES if (key := f"{PREFIX}{name}") in values]
    if len(found) != len(NAMES):
        return None
    return _stamp([*found, values.get(f"{PREFIX}{PERSON}", "")])


def from_notes(rows: Iterable[Iterable[str | None]]) -> TemplateStamp | None:
    """The stamp in the rows of `说明`; None where there is none."""
    for row in rows:
        cells = [cell for cell in row if cell]
        if len(cells) > 1 and cells[0] == LABEL:
            return _stamp(cells[1].split(APART))
    return None


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def _stamp(values: list[str]) -> TemplateStamp | None:
    if len(values) not in (len(NAMES), len(NAMES) + 1):
        return None
    campaign, assignment, table, department, version, *person = values
    if not _number(version) or (assignment and not _number(assignment)):
        return None
    number = int(assignment) if assignment else None
    return TemplateStamp(campaign, number, table, department, int(version), "".join(person))
