"""What every word of a reviewer on a submission demands: his table, its current version, not his own data."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session, select

from actions.who import Who, demand_reviewer
from models import Event, Version
from models.errors import Conflict, NotFound, Refused, Sentence
from models.stages import stage_conflict
from models.worklist import Line


def demand_decidable(
    session: Session, who: Who, seen: Line, version_id: int, verb: str, stages: Collection[str]
) -> Version:
    """The version that was seen, where this person may do ``verb`` with it in one of these stages."""
    demand_reviewer(who, seen.assignment, seen.table)
    if seen.version is None:
        raise stage_conflict(verb, seen.assignment.stage)
    version = demand_current(session, seen, version_id)
    if seen.assignment.stage not in stages:
        raise stage_conflict(verb, seen.assignment.stage)
    demand_not_own(session, who, version)
    return version


def demand_current(session: Session, seen: Line, version_id: int) -> Version:
    """The version that was seen; Conflict with both numbers where another is current."""
    asked = session.get(Version, version_id)
    if asked is None or asked.assignment_id != seen.id:
        raise NotFound("没有这个版本。", "请刷新页面后再审核。")
    current = seen.version
    if current is None or current.id != version_id:
        raise Conflict(
            Sentence(
                "您看到的是第 %(number)s 版，现在待审的是第 %(value)s 版。",
                number=asked.number,
                value=current.number if current else "—",
            ),
            "请刷新页面查看新版本与旧版的差别后再作决定；您写的意见已保留。",
            seen=asked.number,
            current=current.number if current else None,
        )
    return current


def demand_not_own(session: Session, who: Who, version: Version) -> None:
    """Refused for what this person made or handed in."""
    if is_own(session, who, version):
        raise Refused("不能审核自己提交的数据。", "请本部门其他审核员审核，或请质量部指定代审人。")


def is_own(session: Session, who: Who, version: Version) -> bool:
    """Whether this person made the version or handed it in: either way he doesn't decide on it."""
    submitted = session.exec(
        select(Event.actor_id).where(Event.version_id == version.id, Event.verb == "submit")
    )
    return who.id in {version.made_by, *submitted}
