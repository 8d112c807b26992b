"""More time for one assignment: the collector asks with a reason, or no longer; the office grants, refuses,
revokes."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, update

from actions.ahead import day_of, demand_end, demand_owed
from actions.remarks import remark
from actions.who import Who, demand_collector, demand_office
from models import Assignment, Extension, Person
from models.errors import Conflict, NotFound, Sentence, Unusable
from models.extension import ASKED, GRANTED, REFUSED, REVOKED, WITHDRAWN, extensions_of, latest_grant
from models.facts import facts_of
from models.system import counts_from
from models.worklist import Line, line
from plans.notation import month_and_day

_WHY = {
    "answer": "没有再改动。如仍需调整，请在这张表的页面上延期，或收回延期。",
    "withdraw": "申请没有撤回，以这个答复为准。如仍有出入，请联系质量部。",
}
"""What who comes after an answer can do."""


def ask(session: Session, who: Who, assignment_id: int, until: date, reason: str, now: datetime) -> Extension:
    """Ask for more time up to the end of the day ``until``; one request waits at a time (409)."""
    seen = line(session, assignment_id)
    demand_collector(who, seen.assignment)
    _demand_reason(reason, "申请延期", Sentence("请说明为什么需要更多时间，质量部会据此决定。"))
    end = demand_later(session, seen, until, now)
    if any(request.state == ASKED for request in extensions_of(session, assignment_id)):
        raise Conflict(
            "这张表已有一份延期申请在等质量部答复。", "如需修改日期，请先撤回这份申请，再重新提出。"
        )
    request = Extension(
        assignment_id=assignment_id, until=end, reason=reason.strip(), asked_by=who.id, asked_at=now
    )
    session.add(request)
    session.flush()
    remark(session, seen.assignment, "ask-extension", who, now, _told(end, reason))
    return request


def withdraw(session: Session, who: Who, assignment_id: int, extension_id: int, now: datetime) -> Extension:
    """Ask for it no longer; where the office has answered by now, its answer stands and is told (409)."""
    seen = line(session, assignment_id)
    demand_collector(who, seen.assignment)
    asked = session.get(Extension, extension_id)
    if asked is None or asked.assignment_id != assignment_id:
        raise NotFound("这张表没有这份延期申请。", "请刷新页面后再试。")
    request = _demand_asked(session, extension_id, "withdraw")
    _decide(session, request, WITHDRAWN, who, "", now)
    remark(
        session,
        seen.assignment,
        "withdraw-extension",
        who,
        now,
        Sentence("至 %(day)s", day=day_of(session, request.until)),
    )
    return request


def grant(
    session: Session,
    who: Who,
    assignment_id: int,
    until: date,
    reason: str,
    now: datetime,
    answering: int | None = None,
) -> Extension:
    """Give more time up to the end of the day ``until``, unasked or on the waiting request.

    ``answering``: the request that was seen; where somebody else has answered it by now, that is told (409).
    """
    demand_office(who)
    if answering is not None:
        _demand_asked(session, answering, "answer")
    seen = line(session, assignment_id)
    _demand_reason(reason, "批准延期", Sentence("原因会写进经过和逾期报告。"))
    end = demand_later(session, seen, until, now)
    asked = next((r for r in extensions_of(session, assignment_id) if r.state == ASKED), None)
    extension = asked or Extension(
        assignment_id=assignment_id, until=end, reason=reason.strip(), asked_by=who.id, asked_at=now
    )
    extension.until = end
    _decide(session, extension, GRANTED, who, reason, now)
    _apply(session, assignment_id, now)
    remark(session, seen.assignment, "extend", who, now, _told(end, reason))
    return extension


def refuse(session: Session, who: Who, extension_id: int, reason: str, now: datetime) -> Extension:
    """Say no to a waiting request, with the reason."""
    demand_office(who)
    extension = _demand_asked(session, extension_id, "answer")
    _demand_reason(reason, "不同意延期", Sentence("申请人会看到原因。"))
    _decide(session, extension, REFUSED, who, reason, now)
    seen = line(session, extension.assignment_id)
    remark(session, seen.assignment, "refuse-extension", who, now, reason.strip())
    return extension


def revoke(session: Session, who: Who, extension_id: int, reason: str, now: datetime) -> Extension:
    """Take a granted extension back: the deadline is the one before it again, from now on."""
    demand_office(who)
    extension = _demand(session, extension_id, GRANTED, Sentence("这份延期没有生效，不能收回。"))
    _demand_reason(reason, "收回延期", Sentence("采集部门会看到原因。"))
    extension.state, extension.revoked_by, extension.revoked_at = REVOKED, who.id, now
    session.add(extension)
    session.flush()
    _apply(session, extension.assignment_id, now)
    seen = line(session, extension.assignment_id)
    remark(session, seen.assignment, "revoke-extension", who, now, reason.strip())
    return extension


def demand_later(session: Session, seen: Line, until: date, now: datetime) -> datetime:
    """The end of the day, where it gives more time than there is; for work that is still owed."""
    demand_owed(seen.assignment, Sentence("延期"))
    end, current = demand_end(session, until, now), facts_of(seen).effective
    if end <= current:
        due = current.astimezone(end.tzinfo)
        raise Unusable(
            Sentence(
                "%(until)s不晚于现在的截止时间 %(due)s %(at)s。",
                until=month_and_day(until),
                due=month_and_day(due),
                at=f"{due:%H:%M}",
            ),
            "请选一个更晚的日期。",
        )
    if end <= now:
        raise Unusable(Sentence("%(until)s已经过去。", until=month_and_day(until)), "请选今天或以后的日期。")
    return end


def _demand_asked(session: Session, extension_id: int, verb: str) -> Extension:
    """The request while it waits; else told with what became of it, and by whom."""
    extension = session.get(Extension, extension_id)
    if extension is None or extension.state == ASKED:
        return _demand(session, extension_id, ASKED, "")
    by = session.get(Person, extension.decided_by or 0)
    if extension.state == WITHDRAWN:
        name = by.name if by else Sentence("采集员")
        raise Conflict(Sentence("这份申请已由%(name)s撤回。", name=name), "没有改动，不需要再答复。")
    day = day_of(session, extension.until)
    said = Sentence("不同意") if extension.state == REFUSED else Sentence("同意延至 %(day)s", day=day)
    told = Sentence(
        "这份申请已有答复：%(value)s%(said)s。", value=by.name if by else Sentence("质量部"), said=said
    )
    raise Conflict(told, _WHY[verb])


def _demand(session: Session, extension_id: int, state: str, sentence: str) -> Extension:
    extension = session.get(Extension, extension_id)
    if extension is None:
        raise NotFound("没有这份延期申请。", "请刷新页面后再试。")
    if extension.state != state:
        raise Conflict(sentence, "请刷新页面，看清最新状态后再操作。")
    return extension


def _demand_reason(reason: str, verb: str, remedy: str) -> None:
    if not reason.strip():
        raise Unusable(Sentence("%(verb)s必须写明原因。", verb=Sentence(verb)), remedy)


def _decide(session: Session, extension: Extension, state: str, who: Who, answer: str, now: datetime) -> None:
    extension.state, extension.answer = state, answer.strip()
    extension.decided_by, extension.decided_at = who.id, now
    session.add(extension)
    session.flush()


def _apply(session: Session, assignment_id: int, now: datetime) -> None:
    """The assignment's one extended deadline: the latest that stands.  What it would have told before never
    fires late."""
    until = latest_grant(session, assignment_id)
    assignment = session.get_one(Assignment, assignment_id)
    session.connection().execute(
        update(Assignment)
        .where(col(Assignment.id) == assignment_id)
        .values(extended_until=until, owed_since=counts_from(session, now))
    )
    session.refresh(assignment)


def _told(end: datetime, reason: str) -> str:
    return Sentence("至 %(end)s：%(reason)s", end=f"{end:%Y-%m-%d %H:%M}", reason=reason.strip())
