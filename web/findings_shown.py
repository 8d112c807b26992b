"""A version's findings as a page shows them: rule by rule, with what can be done about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlmodel import Session

from actions.explained import EXPLAIN
from actions.mend import undoes_all, written
from checks.finding import NORMALISED, Finding
from models import Explanation, StoredFinding, Version
from models.explanation import explanations_of, outdated_explanations
from models.history import FindingGroup, finding_counts, finding_groups, findings

SHOWN = 200
UNCHANGED = "untouched-prefill"


@dataclass(frozen=True)
class Asked:
    """Which of the findings are to be shown; empty means all."""

    severity: str = ""
    rule: str = ""
    column: str = ""
    offset: int = 0


@dataclass(frozen=True)
class ShownFinding:
    """A finding with the explanation that covers it, and what one click would write into its cell."""

    finding: StoredFinding
    explanation: Explanation | None
    proposal: str | None

    @property
    def told(self) -> Finding:
        """What it says, as the check said it."""
        return self.finding.as_found()


@dataclass(frozen=True)
class Place:
    """All findings of a rule in one column: how many, how many a click mends, how they are explained.

    ``left``: how many no click mends, since they are neither listed nor kept anywhere.
    """

    group: FindingGroup
    explanation: Explanation | None
    mendable: int
    left: int


@dataclass(frozen=True)
class RuleGroup:
    """The findings of one rule and severity on this page, ``count`` of them in all; its columns."""

    severity: str
    rule: str
    count: int
    places: Sequence[Place]
    found: Sequence[ShownFinding]

    @property
    def must_explain(self) -> bool:
        return self.severity == "warning" and self.rule in EXPLAIN

    @property
    def mendable(self) -> int:
        """How many of them one click mends."""
        return sum(place.mendable for place in self.places)

    @property
    def left(self) -> int:
        """How many no click mends although it mends others like them."""
        return sum(place.left for place in self.places)


def shown_findings(session: Session, shown: Version, asked: Asked) -> dict[str, Any]:
    """What the list of findings needs."""
    version_id = shown.id or 0
    told = explanations_of(session, shown.assignment_id)
    groups = [each for each in finding_groups(session, version_id) if _fits(each, asked)]
    page = findings(
        session,
        version_id,
        severity=asked.severity or None,
        rule=asked.rule or None,
        column=asked.column or None,
        by_rule=True,
        offset=asked.offset,
        limit=SHOWN,
    )
    return {
        "groups": _grouped(page, [_place(each, told, shown) for each in groups], told),
        "outdated": outdated_explanations(session, shown.assignment_id, version_id),
        "counts": finding_counts(session, version_id),
        "columns": sorted({each.column for each in finding_groups(session, version_id) if each.column}),
        "asked": asked,
        "total": sum(each.listed for each in groups),
        "findings_shown": len(page),
        "limit": SHOWN,
    }


def _grouped(
    page: Sequence[StoredFinding], places: Sequence[Place], told: Sequence[Explanation]
) -> list[RuleGroup]:
    found = []
    for (severity, rule), part in groupby(page, key=lambda each: (each.severity, each.rule)):
        mine = [each for each in places if (each.group.severity, each.group.rule) == (severity, rule)]
        rows = [ShownFinding(each, _covering(told, each), _proposal(each)) for each in part]
        found.append(RuleGroup(severity, rule, sum(each.group.count for each in mine), mine, rows))
    return found


def _place(group: FindingGroup, told: Sequence[Explanation], shown: Version) -> Place:
    whole = group.proposals and group.proposals == group.listed - 1
    unlisted = group.count - group.listed + 1 if whole and group.count > group.listed else 0
    if group.rule == NORMALISED and not undoes_all(shown.kind):
        return Place(group, _of_group(told, group), group.proposals, unlisted)
    return Place(group, _of_group(told, group), group.proposals + unlisted, 0)


def _fits(group: FindingGroup, asked: Asked) -> bool:
    wanted = (asked.severity, asked.rule, asked.column)
    given = (group.severity, group.rule, group.column)
    return all(want in ("", have) for want, have in zip(wanted, given, strict=True))


def _of_group(told: Sequence[Explanation], group: FindingGroup) -> Explanation | None:
    wanted = (group.rule, group.sheet, group.column, "")
    return next((each for each in told if (each.rule, each.sheet, each.column, each.key) == wanted), None)


def _covering(told: Sequence[Explanation], finding: StoredFinding) -> Explanation | None:
    """The row's own explanation before the whole column's."""
    return next((each for each in told if each.covers(finding)), None)


def _proposal(finding: StoredFinding) -> str | None:
    return (
        written(finding) or None if finding.row and (finding.proposal or finding.rule == NORMALISED) else None
    )
