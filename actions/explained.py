"""What explanations are demanded: before a submission, and before an approval."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from actions.who import Who
from models import Explanation, StoredFinding, Version
from models.errors import Conflict, Sentence, Unusable
from models.explanation import (
    ACCEPTED,
    REFUSED,
    explanations_of_version,
    outdated_explanations,
    unexplained,
)
from models.worklist import Line

EXPLAIN = ("unit-suspect", "prior-year-change", "untouched-prefill")
"""The rules that compare with last year: only the collector knows why, so he must explain their warnings."""
NAMED = 5


def demand_explained(session: Session, version: Version) -> None:
    """Unusable (422) where a warning of these rules has no explanation, one of another value, or one that
    the reviewer refused."""
    count, first = unexplained(session, version.assignment_id, version.id or 0, EXPLAIN, NAMED)
    if count:
        raise Unusable(
            Sentence(
                "第 %(number)s 版还有 %(count)s 处警告没有说明：%(places)s。",
                number=version.number,
                count=count,
                places=places(first, count),
            ),
            "请在“检查结果”里逐项改正，或点“说明情况”写明原因（可以整列一起说明），再提交。",
            unexplained=count,
            cells=[place(finding) for finding in first],
        )


def judge_anew(session: Session, version: Version) -> None:
    """What was accepted of another value is to be judged again."""
    outdated = outdated_explanations(session, version.assignment_id, version.id or 0)
    for explanation in explanations_of_version(session, version.assignment_id, version.id or 0):
        if explanation.id in outdated and explanation.verdict == ACCEPTED:
            explanation.verdict, explanation.judged_by, explanation.judged_at = "", None, None
            session.add(explanation)
    session.flush()


def demand_none_refused(told: Sequence[Explanation]) -> None:
    """Conflict (409) where an explanation that was refused still covers a finding."""
    refused = [found for found in told if found.verdict == REFUSED]
    if refused:
        raise Conflict(
            Sentence("有 %(count)s 条说明您没有接受，不能通过。", count=len(refused)),
            "请退回让采集员改正或补充说明，或先改为接受这些说明。",
            refused=len(refused),
        )


def accept_unjudged(session: Session, who: Who, told: Sequence[Explanation], now: datetime) -> int:
    """Accept those of them that nobody has judged; how many they were."""
    unjudged = [each for each in told if not each.verdict]
    for explanation in unjudged:
        explanation.verdict, explanation.judged_by, explanation.judged_at = ACCEPTED, who.id, now
        session.add(explanation)
    session.flush()
    return len(unjudged)


def stamp_of(told: Sequence[Explanation]) -> str:
    """What these explanations say, in short: a decision names it, so that it is on what was read."""
    text = "\n".join(f"{each.id}:{each.text}" for each in sorted(told, key=lambda each: each.id or 0))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stamp_under_review(session: Session, seen: Line) -> str:
    """The stamp of the explanations that go with the submitted version; empty where nothing is submitted."""
    if seen.version is None:
        return ""
    return stamp_of(explanations_of_version(session, seen.id, seen.version.id or 0))


def demand_read(told: Sequence[Explanation], stamp: str) -> None:
    """Conflict (409) where these are no longer as they were read (empty: not told)."""
    if stamp and stamp != stamp_of(told):
        raise Conflict("您打开页面后，采集员改动了说明。", "请刷新页面，看过最新的说明后再作决定。")


def place(finding: StoredFinding) -> str:
    """A finding's cell, else its column or sheet, as people find it in the workbook."""
    return finding.cell or finding.column or finding.sheet


def places(first: Sequence[StoredFinding], count: int) -> str:
    """The first places in a sentence."""
    named = "、".join(place(finding) for finding in first)
    return Sentence("%(places)s 等", places=named) if count > len(first) else named
