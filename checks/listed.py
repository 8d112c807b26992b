"""Of very many findings of one kind in one column the first are listed, and the others told as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from checks.finding import Finding
from plans.sentence import Sentence, known

MOST = 500
"""How many of a rule and a column are listed."""
UNLISTED = "…"
"""The value of a finding that stands for several with values."""
Kind = tuple[str, str, str, str, str, bool]


def listed(found: Sequence[Finding], most: int = MOST) -> list[Finding]:
    """At most this many of each rule, severity and column, in their order; behind them, for each kind that
    has more, one finding with no cell that stands for these."""
    kinds: dict[Kind, list[Finding]] = {}
    for each in found:
        kinds.setdefault(_kind(each), []).append(each)
    if all(len(alike) <= most for alike in kinds.values()):
        return list(found)
    kept = {id(each) for alike in kinds.values() for each in _first(alike, most)}
    closing = [left for _, alike in sorted(kinds.items()) for left in _left(alike, kept)]
    return [each for each in found if id(each) in kept] + closing


def count_of(found: Iterable[Finding], severity: str) -> int:
    """How many there are of a severity, those that are not listed among them."""
    return sum(each.count for each in found if each.severity == severity)


def _kind(finding: Finding) -> Kind:
    return (
        finding.rule,
        finding.severity,
        finding.sheet,
        finding.column,
        finding.released,
        bool(finding.value),
    )


def _single(finding: Finding) -> bool:
    return finding.count == 1


def _first(alike: Sequence[Finding], most: int) -> Sequence[Finding]:
    """Those that are listed: one more than the most as well, since a finding that tells of it is no less."""
    single = [each for each in alike if _single(each)]
    return single if len(alike) == len(single) == most + 1 else single[:most]


def _left(alike: Sequence[Finding], kept: set[int]) -> Iterator[Finding]:
    """One finding for all that are not kept; none where there is nothing left to tell of."""
    count = sum(each.count for each in alike if id(each) not in kept)
    if count:
        first = next(filter(_single, alike), alike[0])
        remedy = Sentence("%(remedy)s改正后重新检查，会列出其余各处。", remedy=known(first.remedy))
        yield replace(
            first,
            message=Sentence("另有 %(count)s 处同类问题未逐一列出。", count=count),
            remedy=remedy if _single(first) else first.remedy,
            cell="",
            row=None,
            key="",
            value=UNLISTED if first.value else "",
            proposal="",
            count=count,
        )
