"""Holding a line back from the leaders (P9): by the office, until a day, with a reason that is logged."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, update

from actions.ahead import demand_end, demand_owed
from actions.remarks import remark
from actions.who import Who, demand_office
from models import Hold
from models.errors import Conflict, Sentence, Unusable
from models.hold import hold_of
from models.system import counts_from
from models.worklist import Line, line
from plans.notation import month_and_day


def hold(session: Session, who: Who, assignment_id: int, until: date, reason: str, now: datetime) -> Hold:
    """Keep leaders from being told of the assignment up to the end of the day ``until``."""
    demand_office(who)
    seen = line(session, assignment_id)
    reason = reason.strip()
    if not reason:
        raise Unusable("暂缓上报必须写明原因。", "原因会写进经过、给院领导的邮件和逾期报告。")
    end = _demand_useful(session, seen, until, now)
    made = Hold(assignment_id=assignment_id, until=end, reason=reason, held_by=who.id, held_at=now)
    session.add(made)
    session.flush()
    remark(
        session,
        seen.assignment,
        "hold",
        who,
        now,
        Sentence("至 %(end)s：%(reason)s", end=f"{end:%Y-%m-%d %H:%M}", reason=reason),
    )
    return made


def lift(session: Session, who: Who, assignment_id: int, reason: str, now: datetime) -> Hold:
    """Let leaders be told again from now on."""
    demand_office(who)
    seen, standing = line(session, assignment_id), hold_of(session, assignment_id, now)
    if standing is None:
        raise Conflict("这张表没有在暂缓上报。", "暂缓可能已到期或已由同事恢复；请刷新页面。")
    changed = session.connection().execute(
        update(Hold)
        .where(col(Hold.id) == standing.id, col(Hold.lifted_at).is_(None))
        .values(lifted_by=who.id, lifted_at=counts_from(session, now))
    )
    if changed.rowcount != 1:
        raise Conflict("暂缓上报刚刚已由同事恢复。", "请刷新页面。")
    session.refresh(standing)
    remark(session, seen.assignment, "lift-hold", who, now, reason.strip())
    return standing


def _demand_useful(session: Session, seen: Line, until: date, now: datetime) -> datetime:
    """The end of the day, where something is still owed and nothing holds it back already."""
    demand_owed(seen.assignment, Sentence("暂缓上报"))
    if hold_of(session, seen.id, now) is not None:
        raise Conflict("这张表已在暂缓上报。", "如需改日期，请先恢复上报，再重新暂缓。")
    end = demand_end(session, until, now)
    if end <= now:
        raise Unusable(Sentence("%(until)s已经过去。", until=month_and_day(until)), "请选今天或以后的日期。")
    return end
