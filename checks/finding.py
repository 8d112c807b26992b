"""What a check yields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plans.sentence import facts_of, from_document

ERROR = "error"
WARNING = "warning"
INFO = "info"
NORMALISED = "normalised"
"""The rule of cells that were read otherwise than they stood: one click undoes."""


@dataclass(frozen=True)
class Finding:
    """One thing found in a table's data: where, what is wrong, how to mend it.

    ``rule`` is a rule id of the check; ``severity`` error (blocks), warning (wants an explanation) or info.
    ``cell`` is the spreadsheet address such as F17 (empty for a finding about the whole sheet), ``row`` its
    1-based row, ``key`` the row's natural key, ``value`` what was read, as text (for `reference` what is
    missing, for `normalised` what stood there before).  ``proposal`` is what one click would write into the
    cell, where the rule knows it: for `normalised` the text as it was, so that the click undoes.
    ``released``: why the office let the finding pass (it then is an info).  ``count``: how many it stands
    for, more than one where they are not listed one by one.
    """

    rule: str
    severity: str
    message: str
    remedy: str = ""
    sheet: str = ""
    cell: str = ""
    row: int | None = None
    column: str = ""
    key: str = ""
    value: str = ""
    proposal: str = ""
    released: str = ""
    count: int = 1

    def as_dict(self) -> dict[str, Any]:
        """All of it; the count only where it stands for several."""
        found = dict(vars(self))
        return found if self.count > 1 else {name: found[name] for name in found if name != "count"}

    def as_kept(self) -> dict[str, Any]:
        """All of it as plain values, and under ``said`` the facts of its sentences, where there are any."""
        said = facts_of(message=self.message, remedy=self.remedy)
        return vars(self) | {"said": said} if said else vars(self)


def told_again(kept: Mapping[str, Any]) -> Finding:
    """The finding that `as_kept` made these of; a sentence whose facts were not kept stays as it is."""
    if "said" not in kept:
        return Finding(**kept)
    said = {name: from_document(each) for name, each in kept["said"].items()}
    return Finding(**{name: kept[name] for name in kept if name != "said"} | said)
