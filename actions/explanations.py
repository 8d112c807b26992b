"""Why warnings stand: the collector explains, the reviewer accepts or refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from actions.deciding import demand_decidable
from actions.explained import accept_unjudged, demand_read
from actions.newest import demand_newest
from actions.who import Who, demand_collector
from models import Explanation, Version
from models.errors import Conflict, NotFound, Sentence, Unusable
from models.explanation import ACCEPTED, REFUSED, explanations_of, explanations_of_version
from models.history import findings
from models.stages import COLLECTED, OPEN_TO_COLLECTOR, SAYS
from models.worklist import Line, line

LONGEST = 2000
EXPLAIN_ANEW = "请刷新页面，看过最新的检查结果后再说明；您写的内容已保留。"


@dataclass(frozen=True)
class Target:
    """Findings of a rule in a sheet's column: of one row by its key, of all rows where that is empty."""

    rule: str
    sheet: str = ""
    column: str = ""
    key: str = ""


def explain(
    session: Session,
    who: Who,
    assignment_id: int,
    version_id: int,
    target: Target,
    text: str,
    now: datetime,
) -> Explanation:
    """Say why the newest version's findings stand; what was said of the same ones before is replaced.

    Conflict (409) where the version isn't the newest or waits for review, Unusable (422) without a text or
    where the version has no such warning.
    """
    seen = _open(session, who, assignment_id)
    version = demand_newest(session, assignment_id, version_id, EXPLAIN_ANEW)
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Unusable(
            "请写明情况，为什么这里的数据没有错。",
            Sentence("说明不能为空，也不能超过 %(most)s 个字。", most=LONGEST),
        )
    _demand_found(session, version, target)
    known = [each for each in explanations_of(session, seen.id) if _target(each) == target]
    explanation = known[0] if known else Explanation(assignment_id=seen.id, **vars(target), text=text)
    return _tell(session, explanation, version, text, who, now)


def take_over(
    session: Session, who: Who, assignment_id: int, version_id: int, explanation_id: int, now: datetime
) -> Explanation:
    """Make last year's text this year's explanation of what the newest version has."""
    _open(session, who, assignment_id)
    version = demand_newest(session, assignment_id, version_id, EXPLAIN_ANEW)
    explanation = _explanation(session, assignment_id, explanation_id)
    if not explanation.offered:
        raise Conflict("这条说明已经采用了。", "如需修改，请直接编辑。")
    return _tell(session, explanation, version, explanation.text, who, now)


def judge(
    session: Session,
    who: Who,
    assignment_id: int,
    version_id: int,
    explanation_id: int,
    verdict: str,
    remark: str,
    now: datetime,
    *,
    read: str = "",
) -> Explanation:
    """Accept or refuse an explanation of the version under review; a refusal says why.

    ``read``: the stamp of what was read (empty: not told); Conflict (409) where the text is another by now.
    """
    _demand_judge(session, who, assignment_id, version_id)
    explanation = _explanation(session, assignment_id, explanation_id)
    if explanation.offered:
        raise Conflict("这是上年的说明，采集员还没有采用。", "请刷新页面后再审。")
    demand_read([explanation], read)
    if verdict not in (ACCEPTED, REFUSED):
        raise Unusable("对说明只能“接受”或“不接受”。", "请选择其中之一。")
    remark = remark.strip()
    if verdict == REFUSED and not remark:
        raise Unusable("不接受说明时必须写明原因。", "请写明还缺什么、应怎样改，采集员会看到。")
    return _judged(session, explanation, verdict, remark, who, now)


def accept_all(
    session: Session, who: Who, assignment_id: int, version_id: int, now: datetime, *, read: str = ""
) -> int:
    """Accept every explanation of the version that nobody has judged; how many they were.

    ``read`` as for one, over all of them.
    """
    _demand_judge(session, who, assignment_id, version_id)
    told = explanations_of_version(session, assignment_id, version_id)
    demand_read(told, read)
    return accept_unjudged(session, who, told, now)


def _open(session: Session, who: Who, assignment_id: int) -> Line:
    seen = line(session, assignment_id)
    demand_collector(who, seen.assignment)
    if seen.assignment.stage not in OPEN_TO_COLLECTOR:
        raise Conflict(
            Sentence("现在不能改动说明（当前状态：%(stage)s）。", stage=SAYS[seen.assignment.stage]),
            "请先撤回提交，改好说明后再提交。",
        )
    return seen


def _demand_found(session: Session, version: Version, target: Target) -> None:
    found = findings(
        session, version.id or 0, severity="warning", rule=target.rule, column=target.column or None
    )
    if not any(Explanation(assignment_id=0, text="", **vars(target)).covers(each) for each in found):
        raise Unusable(
            Sentence("第 %(number)s 版没有这样的警告，不需要说明。", number=version.number),
            "请刷新页面，看最新的检查结果。",
        )


def _demand_judge(session: Session, who: Who, assignment_id: int, version_id: int) -> None:
    demand_decidable(session, who, line(session, assignment_id), version_id, "approve", [COLLECTED])


def _explanation(session: Session, assignment_id: int, explanation_id: int) -> Explanation:
    found = session.get(Explanation, explanation_id)
    if found is None or found.assignment_id != assignment_id:
        raise NotFound("没有这条说明。", "它可能已被改动，请刷新页面。")
    return found


def _target(explanation: Explanation) -> Target:
    return Target(explanation.rule, explanation.sheet, explanation.column, explanation.key)


def _tell(
    session: Session, explanation: Explanation, version: Version, text: str, who: Who, now: datetime
) -> Explanation:
    """An edited text wants a new judgement, and explains the values of now."""
    explanation.text, explanation.offered, explanation.version_id = text, False, version.id
    explanation.made_by, explanation.made_at = who.id, now
    explanation.verdict, explanation.remark = "", ""
    explanation.judged_by, explanation.judged_at = None, None
    session.add(explanation)
    session.flush()
    return explanation


def _judged(
    session: Session, explanation: Explanation, verdict: str, remark: str, who: Who, now: datetime
) -> Explanation:
    explanation.verdict, explanation.remark = verdict, remark
    explanation.judged_by, explanation.judged_at = who.id, now
    session.add(explanation)
    session.flush()
    return explanation
