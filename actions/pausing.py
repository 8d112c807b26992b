"""Pausing everything that goes out, and letting it go again; who, when and why is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from actions.plan_in_force import rules_in_force
from actions.who import Who, demand_office
from models.errors import Conflict, Unusable
from models.outbox import waiting_now
from models.pause import Pause, standing_pause


def pause(session: Session, who: Who, reason: str, now: datetime) -> Pause:
    """Let nothing go out from now on; Conflict where it is paused already.

    A mail that is on its way to the server at this moment may still arrive.
    """
    demand_office(who)
    if not reason.strip():
        raise Unusable("请写明为什么暂停。", "原因会写在每个页面的红色横幅里，也会留在记录里。")
    if standing_pause(session) is not None:
        raise Conflict("外发已经暂停了。", "要改原因，请先恢复发送，再重新暂停。")
    made = Pause(reason=reason.strip(), begun_at=now, begun_by=who.id)
    session.add(made)
    session.flush()
    return made


def resume(session: Session, who: Who, now: datetime) -> int:
    """Let everything go out again; how many mails were waiting for it.  Conflict where nothing is paused."""
    demand_office(who)
    standing = standing_pause(session)
    went = waiting_now(session, rules_in_force(session).calendar.local(now).date().isoformat()).going
    ended = {"standing": None, "ended_at": now, "ended_by": who.id, "went": went}
    changed = session.connection().execute(
        update(Pause).where(col(Pause.standing).is_not(None)).values(**ended)
    )
    if standing is None or changed.rowcount != 1:
        raise Conflict("外发没有暂停。", "可能已有同事恢复了发送，请刷新页面查看。")
    return went
